// The harness: plays transcripts against real nodes, simulates whole clusters, follows every
// execution of small ones, checks histories of clients.
#include <CLI/CLI.hpp>

#include "harness/check_command.h"
#include "harness/explore_command.h"
#include "harness/replay_command.h"
#include "harness/simulate_command.h"
#include "harness/workspace_path.h"
#include "node/process/program.h"
#include "node/process/standard_streams.h"

int main(int argc, char** argv) {
  constexpr int kUsage = 2;
  tidemark::BeginProgram("harness");
  tidemark::ReturnToTypingFolder();
  CLI::App app("Tidemark's test harness");
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "The help of all commands");
  int exit_status = 0;
  tidemark::AddCheckCommand(&app, &exit_status);
  tidemark::AddExploreCommand(&app, &exit_status);
  tidemark::AddReplayCommand(&app, &exit_status);
  tidemark::AddSimulateCommand(&app, &exit_status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_status = app.exit(error) == 0 ? 0 : kUsage;
  }
  return tidemark::FinishStdout("harness", exit_status);
}
