// Many transcripts at a time, each in a process of its own.
#ifndef TIDEMARK_HARNESS_TRANSCRIPT_JOBS_H_
#define TIDEMARK_HARNESS_TRANSCRIPT_JOBS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "harness/transcript/replay.h"

namespace tidemark::transcript {

struct Finished {
  size_t file = 0;  // which of `files`
  Replayed replayed;
  double ms = 0;
};

// Replays all `files`, at most `jobs` at a time, in forked workers: nodes end with the thread that
// started them, and what goes wrong in one file does not touch another. `options.play.dir` is the
// workers' own. `report` is called in the order of the files. Errors: Cancelled on SIGINT, SIGTERM
// or SIGHUP (everything started has ended by then), Internal for what the system refuses.
absl::Status ReplayAll(const std::vector<std::string>& files, const ReplayOptions& options,
                       int jobs, const std::function<void(const Finished&)>& report);

}  // namespace tidemark::transcript

#endif  // TIDEMARK_HARNESS_TRANSCRIPT_JOBS_H_
