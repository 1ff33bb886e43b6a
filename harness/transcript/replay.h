// One transcript from its file to its verdict.
#ifndef TIDEMARK_HARNESS_TRANSCRIPT_REPLAY_H_
#define TIDEMARK_HARNESS_TRANSCRIPT_REPLAY_H_

#include <string>
#include <vector>

#include "harness/transcript/match.h"
#include "harness/transcript/player.h"

namespace tidemark::transcript {

// In the order of how bad they are; the numbers are the program's exit status.
enum class Verdict : int { kPassed = 0, kMismatch = 1, kUnreadable = 2, kCannotRun = 3 };

struct ReplayOptions {
  PlayOptions play;
  bool update = false;
  std::string update_command;  // without the path
  bool colour = false;
};

struct Replayed {
  Verdict verdict = Verdict::kPassed;
  std::string text;  // for the reader: what is wrong, or what was updated; may be empty
};

Replayed ReplayFile(const std::string& path, const ReplayOptions& options);

}  // namespace tidemark::transcript

#endif  // TIDEMARK_HARNESS_TRANSCRIPT_REPLAY_H_
