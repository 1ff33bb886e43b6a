// Transcripts on disk.
#ifndef TIDEMARK_HARNESS_TRANSCRIPT_FILES_H_
#define TIDEMARK_HARNESS_TRANSCRIPT_FILES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tidemark::transcript {

// The files themselves, and of folders all *.jsonl at any depth, by name. Errors: NotFound.
absl::StatusOr<std::vector<std::string>> FindTranscripts(const std::vector<std::string>& paths);

absl::StatusOr<std::string> ReadFile(const std::string& path);

// The last lines, at most `lines`; empty where there is no such file.
std::string TailOf(const std::string& path, int lines);

// All or nothing: a new file takes the old one's place, with its permissions. A symbolic link is
// followed.
absl::Status WriteFileAtomically(const std::string& path, std::string_view text);

}  // namespace tidemark::transcript

#endif  // TIDEMARK_HARNESS_TRANSCRIPT_FILES_H_
