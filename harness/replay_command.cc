#include "harness/replay_command.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "harness/base/counts.h"
#include "harness/base/processors.h"
#include "harness/base/status_text.h"
#include "harness/node_program.h"
#include "harness/transcript/files.h"
#include "harness/transcript/jobs.h"
#include "harness/transcript/replay.h"
#include "harness/workspace_path.h"
#include "node/base/concat.h"
#include "node/base/one_line.h"

namespace tidemark {
namespace {

using transcript::MatchMode;
using transcript::Verdict;

constexpr int kInterrupted = 130;  // as shells have it

struct Arguments {
  std::vector<std::string> paths;
  bool update = false;
  std::string node;
  int jobs = 0;
  std::string match;  // empty: bytes for an update, else json
  std::string clock = "virtual";
  int timeout_ms = 5000;
};

int Fail(Verdict verdict, std::string_view what) {
  std::fprintf(stderr, "harness replay: %s\n", OneLine(what).c_str());
  return static_cast<int>(verdict);
}

// What a reader types to accept what came.
std::string UpdateCommand(const Arguments& arguments) {
  std::string command = "bazel run //harness -- replay --update";
  if (arguments.clock != "virtual") ConcatTo(&command, " --clock=", arguments.clock);
  const bool in_test = std::getenv("TEST_SRCDIR") != nullptr;
  if (!arguments.node.empty() && !in_test) ConcatTo(&command, " --node=", arguments.node);
  return command;
}

transcript::ReplayOptions Options(const Arguments& arguments, const std::string& node) {
  transcript::ReplayOptions options;
  options.play.command = {node};
  // What an update writes passes in either mode.
  const bool bytes = arguments.match.empty() ? arguments.update : arguments.match == "bytes";
  options.play.match = bytes ? MatchMode::kBytes : MatchMode::kJson;
  options.play.real_clock = arguments.clock == "real";
  if (options.play.real_clock) options.play.wait = Duration::Millis(arguments.timeout_ms);
  options.update = arguments.update;
  options.update_command = UpdateCommand(arguments);
  options.colour = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  return options;
}

class Summary {
 public:
  void Add(const std::string& path, const transcript::Finished& finished) {
    const bool passed = finished.replayed.verdict == Verdict::kPassed;
    ++(passed ? passed_ : failed_);
    worst_ = std::max(worst_, finished.replayed.verdict);
    std::printf("%s  %s  %.0f ms\n%s", passed ? "ok    " : "FAILED", path.c_str(), finished.ms,
                finished.replayed.text.c_str());
    if (!passed) std::printf("\n");
    std::fflush(stdout);
  }
  int Finish() const {
    std::printf("%d passed, %d failed\n", passed_, failed_);
    return static_cast<int>(worst_);
  }

 private:
  int passed_ = 0;
  int failed_ = 0;
  Verdict worst_ = Verdict::kPassed;
};

int Replay(const Arguments& arguments) {
  std::vector<std::string> paths;
  for (const std::string& path : arguments.paths) paths.push_back(WorkspacePath(path));
  absl::StatusOr<std::vector<std::string>> files = transcript::FindTranscripts(paths);
  if (!files.ok()) return Fail(Verdict::kUnreadable, MessageOf(files.status()));
  if (files->empty()) return Fail(Verdict::kUnreadable, "there are no *.jsonl files there");
  absl::StatusOr<std::string> node = FindNodeProgram(arguments.node);
  if (!node.ok()) return Fail(Verdict::kCannotRun, MessageOf(node.status()));

  Summary summary;
  const int jobs = arguments.jobs > 0 ? arguments.jobs : static_cast<int>(UsableProcessors());
  absl::Status status = transcript::ReplayAll(*files, Options(arguments, *node), jobs,
                                              [&](const transcript::Finished& finished) {
                                                summary.Add((*files)[finished.file], finished);
                                              });
  if (absl::IsCancelled(status)) return kInterrupted;
  if (!status.ok()) return Fail(Verdict::kCannotRun, MessageOf(status));
  return summary.Finish();
}

}  // namespace

void AddReplayCommand(CLI::App* app, int* exit_status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* replay = app->add_subcommand("replay", "Play transcripts against nodes and compare");
  replay->add_option("path", arguments->paths, "Transcripts, or folders of *.jsonl")
      ->required()
      ->type_name("FILE|DIR");
  replay->add_flag("--update", arguments->update,
                   "Rewrite the expected lines that differ from what came");
  replay->add_option("--node", arguments->node, "The node's program [the one built with this]");
  replay->add_option("--jobs", arguments->jobs, "Transcripts at a time [one a processor]")
      ->check(AtLeast(1));
  replay
      ->add_option("--match", arguments->match,
                   "Compare as json or byte for byte [json; bytes with --update]")
      ->check(CLI::IsMember({"json", "bytes"}));
  replay
      ->add_option("--clock", arguments->clock,
                   "virtual, or real: for any node that speaks Maelstrom's protocol [virtual]")
      ->check(CLI::IsMember({"virtual", "real"}));
  replay
      ->add_option("--timeout-ms", arguments->timeout_ms,
                   "How long an expected line may take under the real clock [5000]")
      ->check(AtLeast(1));
  replay->callback([arguments, exit_status] { *exit_status = Replay(*arguments); });
}

}  // namespace tidemark
