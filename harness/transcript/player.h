// Plays a transcript against a world and notes what came.
#ifndef TIDEMARK_HARNESS_TRANSCRIPT_PLAYER_H_
#define TIDEMARK_HARNESS_TRANSCRIPT_PLAYER_H_

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "harness/cluster/world.h"
#include "harness/transcript/match.h"
#include "harness/transcript/script.h"
#include "node/base/time.h"

namespace tidemark::transcript {

struct PlayOptions {
  std::vector<std::string> command;  // the node's program
  std::string dir;                   // for the nodes' data and stderr; exists
  MatchMode match = MatchMode::kJson;
  bool real_clock = false;
  // How long an expected line is waited for: virtual time, or real time.
  Duration wait = Duration::Millis(60'000);
  // Learn what all the lines should be: go on behind a mismatch, and behind the last line let time
  // run on until each request that the script does not call unanswered is answered, nothing more
  // can happen, or a peer that the transcript plays is spoken to (only its author knows how it goes
  // on from there).
  bool tolerant = false;
};

// Something said or heard, for the report.
struct Exchange {
  Time at;
  bool to_node = false;
  std::string text;
};

// A request that a script makes.
struct Request {
  size_t line = 0;
  RequestName name;
  bool lost = false;  // its node has ended since: no answer can come any more
};

struct Mismatch {
  enum class Kind {
    kDiffers,     // `came` instead of the line
    kNothing,     // nothing came
    kUnexpected,  // `came` before the line (or at the end) with nobody expecting it
    kCannot,      // the line cannot be done, or what it says is not so: `came` says why
    kUnanswered,  // `unanswered` has requests, the first is at the line
  };
  Kind kind = Kind::kDiffers;
  size_t line = 0;  // which of the script's lines; their number: the end of the file
  std::string came;
  std::string node;              // whom it concerns; may be empty
  Time at;                       // when it came, or else when that was seen
  std::vector<Exchange> before;  // the last five
  std::vector<Request> unanswered = {};
};

// A message (or an exit) as a line of a transcript.
struct Came {
  std::string text;
  size_t arrived = 0;  // at which of the script's lines
};

// Expected lines that follow each other, and what came in their place: in the end the two should
// be the same. Silent lines may stand between.
struct Block {
  size_t anchor = 0;  // the last line before the block that does something
  std::vector<size_t> expected;
  std::vector<Came> came;
};

struct Played {
  absl::Status run;                  // not ok: a node could not be run
  std::optional<Mismatch> mismatch;  // the first
  std::vector<Block> blocks;
  bool follows_clock = false;  // under virtual time: some node has advanced as it was told
};

// Reads nothing and prints nothing; nodes it started have ended when it returns.
Played Play(const Script& script, const PlayOptions& options);

// Where the nodes' stderr is, for the report.
std::string StderrFile(const PlayOptions& options, const std::string& node);

}  // namespace tidemark::transcript

#endif  // TIDEMARK_HARNESS_TRANSCRIPT_PLAYER_H_
