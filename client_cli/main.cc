// The client: a cluster on this machine, and a session with it.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "client_cli/connection.h"
#include "client_cli/input.h"
#include "client_cli/node_log.h"
#include "client_cli/pump.h"
#include "client_cli/shell.h"
#include "client_cli/signals.h"
#include "client_cli/terminal_input.h"
#include "client_cli/timing.h"
#include "harness/base/status_text.h"
#include "harness/cluster/real_world.h"
#include "harness/cluster/temp_dir.h"
#include "harness/node_program.h"
#include "harness/workspace_path.h"
#include "node/base/concat.h"
#include "node/process/program.h"
#include "node/process/standard_streams.h"

namespace tidemark::client {
namespace {

enum ExitStatus : int { kOk = 0, kFailed = 1, kUsage = 2, kCannotStart = 3, kSignal = 128 };

struct Flags {
  int nodes = 3;
  int64_t delay_ms = 1;
  std::optional<int64_t> timeout_ms;
  std::string node;
  std::string log;
  bool json = false;
};

void Describe(CLI::App* app, Flags* flags) {
  app->add_option("--nodes", flags->nodes, "How many nodes to start: n1, n2, …")
      ->check(CLI::Range(1, 7))
      ->capture_default_str();
  app->add_option("--delay-ms", flags->delay_ms,
                  "How long a message takes from node to node; the nodes' time-outs grow with it")
      ->check(CLI::Range(int64_t{0}, int64_t{60'000}))
      ->capture_default_str();
  app->add_option(
         "--timeout-ms", flags->timeout_ms,
         "How long to wait for an answer; of a write that no node has answered by then, its "
         "fate is asked for as long again [12000; more where messages take long]")
      ->check(CLI::Range(int64_t{1}, int64_t{86'400'000}));
  app->add_option("--node", flags->node, "The node's program [the one built with this]")
      ->type_name("PATH");
  app->add_option("--log", flags->log,
                  "Keep what the nodes log in DIR/<node>.stderr [gone at the end]")
      ->type_name("DIR");
  app->add_flag("--json", flags->json,
                "One JSON object a line: nodes' replies as they are, and {\"type\": \"use_ok\", …} "
                "for the client's own");
  app->footer(
      "Commands come from stdin: at a terminal with a prompt, where `help` explains them; from a\n"
      "pipe or a file one a line. Exit status: 0 every command succeeded, 1 one did not, 2 the\n"
      "flags are wrong, 3 the cluster does not start, 8 the system gives no memory or descriptor.");
}

int CannotStart(std::string_view what) {
  std::fprintf(stderr, "client_cli: %.*s\n", static_cast<int>(what.size()), what.data());
  return kCannotStart;
}

std::vector<std::string> NodeNames(int count) {
  std::vector<std::string> names;
  names.reserve(static_cast<size_t>(count));
  for (int i = 1; i <= count; ++i) names.push_back(Concat("n", i));
  return names;
}

// Also says why the nodes that did start gave up.
std::string DescribeFailure(const absl::Status& status, const cluster::WorldOptions& options) {
  std::string text = Concat("the cluster does not start: ", MessageOf(status));
  for (const std::string& node : options.names) {
    const std::string words = LastWords(options.stderr_dir, node);
    if (!words.empty()) ConcatTo(&text, "\n  ", node, " said: ", words);
  }
  return text;
}

void Greet(const cluster::WorldOptions& options, bool keeps_log) {
  const size_t count = options.names.size();
  std::printf("Tidemark: %s, running on this machine until you leave.\n",
              count == 1 ? "a cluster of one node, n1"
                         : Concat("a cluster of ", count, " nodes, n1 to n", count).c_str());
  if (keeps_log) std::printf("What they log is in %s.\n", options.stderr_dir.c_str());
  std::printf("Try: write x new, use n%d, get x. `help` lists all commands.\n", count > 1 ? 2 : 1);
  std::fflush(stdout);
}

void Converse(LineSource* input, Shell* shell, const Pump& pump) {
  while (!pump.ending_signal()) {
    const Input next = input->Next(shell);
    if (next.kind == Input::Kind::kEnd) return;
    if (next.kind == Input::Kind::kLine && !shell->Execute(next.line)) return;
    if (std::ferror(stdout) != 0) return;  // nobody reads us any more
  }
}

int RunSession(const Flags& flags, const cluster::WorldOptions& options, const Timing& timing) {
  const bool terminal = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
  Signals signals;
  cluster::RealWorld world(options);
  if (absl::Status status = world.StartAndInit(options.names); !status.ok()) {
    return CannotStart(DescribeFailure(status, options));
  }
  Pump pump(&world, &signals, /*interrupt_ends=*/!terminal);
  const Duration patience =
      flags.timeout_ms ? Duration::Millis(*flags.timeout_ms) : timing.patience;
  Connection connection(&world, &pump, patience);
  Shell shell({options.names, flags.json, terminal && !flags.json, options.stderr_dir, patience,
               timing.request_timeout},
              &world, &connection);
  std::unique_ptr<LineSource> input;
  if (terminal) {
    if (!flags.json) Greet(options, !flags.log.empty());
    input = std::make_unique<TerminalInput>(&pump, HistoryFile());
  } else {
    input = std::make_unique<PlainInput>(&pump);
  }
  shell.AwaitLeader();
  Converse(input.get(), &shell, pump);
  if (pump.ending_signal()) return kSignal + *pump.ending_signal();
  if (const std::string why = input->failure(); !why.empty()) {
    std::fprintf(stderr, "client_cli: stdin cannot be read: %s\n", why.c_str());
    return kFailed;
  }
  return shell.failed() ? kFailed : kOk;
}

int Run(const Flags& flags) {
  absl::StatusOr<std::string> program = FindNodeProgram(flags.node);
  if (!program.ok()) return CannotStart(MessageOf(program.status()));
  absl::StatusOr<cluster::TempDir> dir = cluster::TempDir::Create();
  if (!dir.ok()) return CannotStart(MessageOf(dir.status()));
  cluster::WorldOptions options;
  options.names = NodeNames(flags.nodes);
  const Timing timing = TimingFor(Duration::Millis(flags.delay_ms));
  options.command = {*program};
  options.command.insert(options.command.end(), timing.flags.begin(), timing.flags.end());
  options.delay = Duration::Millis(flags.delay_ms);
  options.data_dir = Concat(dir->path(), "/data");
  options.stderr_dir = flags.log.empty() ? dir->path() : flags.log;
  std::error_code error;
  for (const std::string& folder : {options.data_dir, options.stderr_dir}) {
    std::filesystem::create_directories(folder, error);
    if (error) return CannotStart(Concat("cannot make ", folder, ": ", error.message()));
  }
  return RunSession(flags, options, timing);
}

}  // namespace
}  // namespace tidemark::client

int main(int argc, char** argv) {
  using namespace tidemark::client;
  tidemark::BeginProgram("client_cli");
  tidemark::ReturnToTypingFolder();
  CLI::App app("A Tidemark cluster on this machine, and a session that reads what it has written");
  Flags flags;
  Describe(&app, &flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return tidemark::FinishStdout("client_cli", app.exit(error) == 0 ? kOk : kUsage);
  }
  return tidemark::FinishStdout("client_cli", Run(flags));
}
