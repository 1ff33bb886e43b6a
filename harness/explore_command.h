// `harness explore`.
#ifndef TIDEMARK_HARNESS_EXPLORE_COMMAND_H_
#define TIDEMARK_HARNESS_EXPLORE_COMMAND_H_

#include <CLI/CLI.hpp>

namespace tidemark {

// Adds the subcommand; when it was chosen and has run, `*exit_status` is the program's: 0 for no
// violation, 1 for one, 2 for arguments that do not go together.
void AddExploreCommand(CLI::App* app, int* exit_status);

}  // namespace tidemark

#endif  // TIDEMARK_HARNESS_EXPLORE_COMMAND_H_
