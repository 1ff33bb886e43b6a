// Paths as somebody typed them who ran us by `bazel run`, which starts programs elsewhere.
#ifndef TIDEMARK_HARNESS_WORKSPACE_PATH_H_
#define TIDEMARK_HARNESS_WORKSPACE_PATH_H_

#include <string>

namespace tidemark {

// Under `bazel run`: goes back to where the command was typed, so that relative paths mean what
// they meant there. Otherwise nothing.
void ReturnToTypingFolder();

// `path` if something is there; else, under `bazel run`, as seen from the top of the source tree.
std::string WorkspacePath(const std::string& path);

}  // namespace tidemark

#endif  // TIDEMARK_HARNESS_WORKSPACE_PATH_H_
