// A mismatch, told to a person.
#ifndef TIDEMARK_HARNESS_TRANSCRIPT_REPORT_H_
#define TIDEMARK_HARNESS_TRANSCRIPT_REPORT_H_

#include <string>
#include <string_view>

#include "harness/transcript/player.h"
#include "harness/transcript/script.h"

namespace tidemark::transcript {

struct ReportOptions {
  std::string path;            // of the transcript, as the reader knows it
  std::string update_command;  // what rewrites it
  bool colour = false;
};

// Several lines, each with its newline. `stderr_tail`: the last lines of the node it concerns.
std::string Report(const Script& script, const Mismatch& mismatch, std::string_view stderr_tail,
                   const ReportOptions& options);

}  // namespace tidemark::transcript

#endif  // TIDEMARK_HARNESS_TRANSCRIPT_REPORT_H_
