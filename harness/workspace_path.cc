#include "harness/workspace_path.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace tidemark {

namespace fs = std::filesystem;

void ReturnToTypingFolder() {
  std::error_code ignored;
  if (const char* folder = std::getenv("BUILD_WORKING_DIRECTORY")) {
    fs::current_path(folder, ignored);
  }
}

std::string WorkspacePath(const std::string& path) {
  std::error_code error;
  const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  if (workspace == nullptr || fs::exists(path, error)) return path;
  return fs::path(workspace) / path;
}

}  // namespace tidemark
