// `harness simulate`.
#ifndef TIDEMARK_HARNESS_SIMULATE_COMMAND_H_
#define TIDEMARK_HARNESS_SIMULATE_COMMAND_H_

#include <CLI/CLI.hpp>

namespace tidemark {

// Adds the subcommand; when it was chosen and has run, `*exit_status` is the program's.
void AddSimulateCommand(CLI::App* app, int* exit_status);

}  // namespace tidemark

#endif  // TIDEMARK_HARNESS_SIMULATE_COMMAND_H_
