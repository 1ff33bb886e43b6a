// A transcript, read: a conversation with nodes, line by line. docs/transcripts.md is the format.
#ifndef TIDEMARK_HARNESS_TRANSCRIPT_SCRIPT_H_
#define TIDEMARK_HARNESS_TRANSCRIPT_SCRIPT_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "node/wire/json.h"

namespace tidemark::transcript {

// A blank line or a note: nothing happens.
struct Silent {};
// A line that must come: a message from a node of the run, or an `exit`.
struct Expected {
  wire::Json json;
};
// A message that wants an answer: whose it is, whom it asks, its number.
struct RequestName {
  std::string src;
  std::string dest;
  int64_t msg_id = 0;
  auto operator<=>(const RequestName&) const = default;
};
// `bytes` go to `node` as they are: a message to it, or what `raw` says.
struct Input {
  std::string node;
  std::string bytes;
  std::optional<RequestName> request = std::nullopt;  // a message with a msg_id; not of `raw`
};
// A claim about the whole transcript: at its end, these have not been answered.
struct Unanswered {
  std::vector<RequestName> requests;
};
struct Start {
  std::vector<std::string> start;
  std::vector<std::string> nodes;
  std::vector<std::string> args;
  int64_t seed = 1;
  bool init = true;
};
struct AdvanceMs {
  int64_t ms = 0;
};
struct DelayMs {
  int64_t ms = 0;
  std::vector<std::string> link;  // {from, to}; empty: all links
};
struct Partition {
  std::vector<std::vector<std::string>> groups;
};
struct Drop {
  std::string from;
  std::string to;
};
struct Heal {};
struct Kill {
  std::string node;
};
struct Restart {
  std::string node;
  bool wipe = false;
};
struct Show {
  bool raft = false;
};
struct CloseStdin {
  std::string node;
};

using Step = std::variant<Silent, Expected, Input, Start, AdvanceMs, DelayMs, Partition, Drop, Heal,
                          Kill, Restart, Show, CloseStdin, Unanswered>;

struct ScriptLine {
  int number = 0;    // from 1
  std::string text;  // as it stands in the file, without its newline
  Step step;
};

struct Script {
  std::vector<ScriptLine> lines;
  bool ends_with_newline = true;
  std::set<std::string> run;   // the nodes that are really started
  bool starts_itself = false;  // there is a `start`
  bool restarts_with_data = false;
  bool expects = false;  // something: there is a line that can fail to be so
};

// Errors: InvalidArgument, "LINE: what is wrong".
absl::StatusOr<Script> ParseScript(std::string_view text);

// One line on its own, in a run of these nodes: what ParseScript makes of it.
absl::StatusOr<Step> ParseStep(std::string_view text, const std::set<std::string>& run);

}  // namespace tidemark::transcript

#endif  // TIDEMARK_HARNESS_TRANSCRIPT_SCRIPT_H_
