#include "harness/node_program.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#include "harness/workspace_path.h"
#include "node/base/concat.h"

namespace tidemark {
namespace {

namespace fs = std::filesystem;

bool IsProgram(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0;
}

std::vector<std::string> Candidates() {
  std::vector<std::string> candidates;
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    candidates.push_back(self.parent_path().parent_path() / "node" / "node");
    candidates.push_back(self.string() + ".runfiles/tidemark/node/node");
  }
  if (const char* runfiles = std::getenv("RUNFILES_DIR")) {
    candidates.push_back(Concat(runfiles, "/tidemark/node/node"));
  }
  return candidates;
}

}  // namespace

absl::StatusOr<std::string> FindNodeProgram(const std::string& given) {
  // A bare name is looked up in PATH, as in a shell.
  if (!given.empty()) {
    return given.find('/') == std::string::npos ? given : WorkspacePath(given);
  }
  for (const std::string& candidate : Candidates()) {
    if (IsProgram(candidate)) return candidate;
  }
  return absl::NotFoundError(
      "the node's program is not where it is built: bazel build //node, or name a program with "
      "--node PATH");
}

}  // namespace tidemark
