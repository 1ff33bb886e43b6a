// One real node whose disk fails, at the first sync, at the second, and so on: it stops with its
// exit status, and has acknowledged nothing that is not there at the next start.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "harness/cluster/real_world.h"
#include "harness/cluster/temp_dir.h"
#include "harness/crash/dialogue.h"
#include "harness/crash/strace_log.h"
#include "harness/node_program.h"

namespace tidemark::crash {
namespace {

constexpr int kOperations = 500;
constexpr int kKeys = 40;
constexpr size_t kValueBytes = 400;  // so that segments fill up and snapshots are taken
constexpr Duration kPatience = Duration::Millis(60'000);
constexpr int kCannotOpen = 3;
constexpr int kDiskFailed = 4;

std::string KeyOf(int operation) { return absl::StrCat("k", operation % kKeys); }
std::string ValueOf(int operation) {
  return absl::StrCat(operation, ":", std::string(kValueBytes, 'v'));
}
int OperationOf(const std::string& value) { return std::atoi(value.c_str()); }

std::string StraceLog(const std::string& dir) { return dir + "/strace"; }

cluster::WorldOptions HowToRun(const std::string& program, const std::string& dir, int failing) {
  cluster::WorldOptions options;
  options.names = {"n1"};
  if (failing > 0) {
    options.command = {"strace", "-f",
                       "-y",     "--seccomp-bpf",
                       "-o",     StraceLog(dir),
                       "-e",     "trace=fdatasync,fsync,write",
                       "-e",     absl::StrCat("inject=fdatasync,fsync:error=EIO:when=", failing)};
  }
  for (const char* word : {program.c_str(), "--segment-bytes=65536", "--max-line-bytes=16384",
                           "--snapshot-log-bytes=65536"}) {
    options.command.emplace_back(word);
  }
  options.data_dir = dir;
  options.stderr_dir = dir;
  options.patience = kPatience;
  return options;
}

std::string Contents(const std::string& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

struct Outcome {
  bool started = false;
  cluster::ExitStatus end;
  std::map<int, bool> acknowledged;  // those that were
};

// `window` requests are under way at a time.
absl::StatusOr<Outcome> RunFailing(cluster::RealWorld* world, int window) {
  Outcome outcome;
  if (absl::Status started = world->Start("n1"); !started.ok()) return started;
  Dialogue dialogue(world, kPatience);
  outcome.started = world->Init("n1").ok();
  std::map<int64_t, int> under_way;  // operations, by msg_id
  int next = 1;
  while (outcome.started && world->Running("n1") && (next <= kOperations || !under_way.empty())) {
    while (next <= kOperations && under_way.size() < static_cast<size_t>(window)) {
      under_way[dialogue.Send("n1", Write(KeyOf(next), ValueOf(next)))] = next;
      ++next;
    }
    dialogue.Listen(kPatience);
    for (auto it = under_way.begin(); it != under_way.end();) {
      const auto answer = dialogue.Answered(it->first);
      if (answer && TypeOf(*answer) == "write_ok") outcome.acknowledged[it->second] = true;
      it = answer ? under_way.erase(it) : std::next(it);
    }
  }
  if (world->Running("n1")) {
    if (absl::Status closed = world->CloseStdin("n1"); !closed.ok()) return closed;
  }
  absl::StatusOr<cluster::ExitStatus> end = dialogue.AwaitEnd("n1");
  if (!end.ok()) return end.status();
  outcome.end = *end;
  for (const auto& [msg_id, operation] : under_way) {
    const auto answer = dialogue.Answered(msg_id);
    if (answer && TypeOf(*answer) == "write_ok") outcome.acknowledged[operation] = true;
  }
  return outcome;
}

// Each key has the last value that was acknowledged for it, or one that was written later.
absl::Status CheckWhatIsThere(cluster::RealWorld* world, const Outcome& outcome) {
  if (absl::Status started = world->StartAndInit({"n1"}); !started.ok()) return started;
  Dialogue dialogue(world, kPatience);
  std::map<std::string, int> last;
  for (const auto& [operation, yes] : outcome.acknowledged) last[KeyOf(operation)] = operation;
  for (const auto& [key, operation] : last) {
    absl::StatusOr<wire::Json> body = dialogue.Ask("n1", Read(key));
    if (!body.ok()) return body.status();
    const int found = OperationOf(Text(*body, "value"));
    if (found < operation || KeyOf(found) != key) {
      return absl::DataLossError(absl::StrCat("write ", operation, " of ", key,
                                              " was acknowledged, and there is ", found, " now"));
    }
  }
  return absl::OkStatus();
}

absl::Status JudgeEnd(const Outcome& outcome, const std::string& dir, int window) {
  const int expected = outcome.started ? kDiskFailed : kCannotOpen;
  const std::string said = Contents(absl::StrCat(dir, "/n1.stderr"));
  if (outcome.end != cluster::ExitStatus{expected, 0} || said.find(dir) == std::string::npos ||
      said.find("Input/output error") == std::string::npos) {
    return absl::InternalError(
        absl::StrCat(outcome.end.ToString(), ", expected status ", expected, "; it said: ", said));
  }
  if (window > 1) return absl::OkStatus();  // answers to earlier ones may be on their way
  const std::string spoken = SpokenAfterFailedSync(Contents(StraceLog(dir)));
  if (spoken.empty()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("it spoke after its disk had failed: ", spoken));
}

// True: there was a failure. False: the run has no so many syncs.
absl::StatusOr<bool> FailAt(const std::string& program, int failing, int window) {
  absl::StatusOr<cluster::TempDir> dir = cluster::TempDir::Create();
  if (!dir.ok()) return dir.status();
  cluster::RealWorld failing_world(HowToRun(program, dir->path(), failing));
  absl::StatusOr<Outcome> outcome = RunFailing(&failing_world, window);
  if (!outcome.ok()) return outcome.status();
  const bool failed = outcome->end != cluster::ExitStatus{};
  if (!failed && outcome->acknowledged.size() != kOperations) {
    return absl::InternalError("it ended well, and not all was acknowledged");
  }
  if (absl::Status end = failed ? JudgeEnd(*outcome, dir->path(), window) : absl::OkStatus();
      !end.ok()) {
    return end;
  }
  cluster::RealWorld world(HowToRun(program, dir->path(), 0));
  if (absl::Status there = CheckWhatIsThere(&world, *outcome); !there.ok()) return there;
  return failed;
}

int Main(int argc, char** argv) {
  CLI::App app("fails each sync of a run of 500 operations in turn");
  int window = 8;
  int step = 1;
  std::string given;
  app.add_option("--window", window, "how many writes are under way at once")->take_last();
  app.add_option("--step", step, "leave out syncs: fail each so many'th only")->take_last();
  app.add_option("--node", given, "the node's program");
  CLI11_PARSE(app, argc, argv);
  const absl::StatusOr<std::string> program = FindNodeProgram(given);
  if (!program.ok()) {
    std::printf("%s\n", std::string(program.status().message()).c_str());
    return 1;
  }
  int failing = 1;
  absl::StatusOr<bool> failed = true;
  for (; failed.ok() && *failed; failing += step) failed = FailAt(*program, failing, window);
  if (!failed.ok()) {
    std::printf("at sync %d: %s\n", failing - step, std::string(failed.status().message()).c_str());
    return 1;
  }
  std::printf("syncs up to %d failed once each\n", failing - 2 * step);
  if (failing > 50) return 0;
  std::printf("a run of %d operations has more: is this strace's injection?\n", kOperations);
  return 1;
}

}  // namespace
}  // namespace tidemark::crash

int main(int argc, char** argv) { return tidemark::crash::Main(argc, argv); }
