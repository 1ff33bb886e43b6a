// `harness check`.
#ifndef TIDEMARK_HARNESS_CHECK_COMMAND_H_
#define TIDEMARK_HARNESS_CHECK_COMMAND_H_

#include <CLI/CLI.hpp>

namespace tidemark {

// Adds the subcommand; when it was chosen and has run, `*exit_status` is the program's: 0, all
// histories keep all promises; 1, one does not, or that could not be found out; 2, one could not be
// read.
void AddCheckCommand(CLI::App* app, int* exit_status);

}  // namespace tidemark

#endif  // TIDEMARK_HARNESS_CHECK_COMMAND_H_
