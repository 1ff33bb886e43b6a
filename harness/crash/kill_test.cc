// kill -9 under load, by the thousand: bazel run //harness/crash:kill_test -- --cycles=100000
#include <cstdio>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/cluster/temp_dir.h"
#include "harness/crash/kill_run.h"
#include "harness/node_program.h"

namespace tidemark::crash {
namespace {

void Print(const KillReport& report, uint64_t seed) {
  const double seconds = static_cast<double>(report.took.us) / 1e6;
  std::printf("seed %llu: %lld cycles (%.1f a second), %lld kills, %llu acknowledged writes\n",
              static_cast<unsigned long long>(seed), static_cast<long long>(report.cycles),
              static_cast<double>(report.cycles) / seconds, static_cast<long long>(report.kills),
              static_cast<unsigned long long>(report.acknowledged));
}

absl::Status Run(KillOptions options) {
  absl::StatusOr<std::string> program = FindNodeProgram(options.node_program);
  if (!program.ok()) return program.status();
  options.node_program = *program;
  absl::StatusOr<cluster::TempDir> dir = cluster::TempDir::Create();
  if (!dir.ok()) return dir.status();
  if (options.dir.empty()) options.dir = dir->path();
  KillRun run(options);
  absl::Status status = run.Run();
  Print(run.report(), options.seed);
  return status;
}

int Main(int argc, char** argv) {
  CLI::App app("kills real nodes under load and looks for what they have lost");
  KillOptions options;
  app.add_option("--cycles", options.cycles, "how often to kill")->take_last();
  app.add_option("--seed", options.seed, "what is drawn; the rest is the machine's")->take_last();
  app.add_option("--nodes", options.nodes, "how many")->take_last();
  app.add_option("--clients", options.clients, "how many, each in a session")->take_last();
  app.add_option("--node", options.node_program, "the node's program");
  app.add_option("--dir", options.dir,
                 "keep what the nodes write to disk and to stderr here (default: a temporary one)");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = Run(options);
  if (status.ok()) return 0;
  std::printf("%s\n", std::string(status.message()).c_str());
  return 1;
}

}  // namespace
}  // namespace tidemark::crash

int main(int argc, char** argv) { return tidemark::crash::Main(argc, argv); }
