#include "harness/explore_command.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/base/counts.h"
#include "harness/base/processors.h"
#include "harness/explore/explorer.h"
#include "harness/explore/options.h"
#include "harness/explore/report.h"
#include "harness/explore/searches.h"
#include "harness/explore/starts.h"

namespace tidemark {
namespace {

using explore::Budget;
using explore::Report;

constexpr int kUsage = 2;

struct Arguments {
  std::string search;
  explore::WorldOptions world;
  explore::SearchLimits limits;
  int jobs = 0;
};

void TellProgress(const explore::SoFar& so_far) {
  std::fprintf(stderr, "\rdepth %d, %.1f million states, %.0f s ", so_far.depth,
               static_cast<double>(so_far.states) / 1e6, so_far.seconds);
}

std::vector<std::string> SearchNames() {
  std::vector<std::string> names;
  for (const explore::Search& search : explore::Searches()) names.emplace_back(search.name);
  return names;
}

int Run(Arguments arguments) {
  if (!arguments.search.empty()) {
    const explore::Search search = *explore::SearchNamed(arguments.search);
    arguments.world = search.world;
    arguments.limits.depth = std::min(arguments.limits.depth, search.depth);
  }
  if (arguments.world.start == "figure8" && arguments.world.nodes != 3) {
    std::fputs("harness explore: --start=figure8 is about three nodes\n", stderr);
    return kUsage;
  }
  arguments.limits.jobs =
      arguments.jobs > 0 ? arguments.jobs : static_cast<int>(UsableProcessors());
  const bool terminal = isatty(STDERR_FILENO) != 0;
  std::function<void(const explore::SoFar&)> progress;
  if (terminal) progress = TellProgress;
  const Report report = explore::Explore(arguments.world, arguments.limits, progress);
  if (terminal) std::fprintf(stderr, "\r\033[K");
  std::fputs(TextOf(report).c_str(), stdout);
  return report.end == Report::End::kViolation ? 1 : 0;
}

void AddBudget(CLI::App* explore, Arguments* arguments, const char* flag, Budget budget,
               int standard, int most, const char* what) {
  arguments->world.budgets.Set(budget, static_cast<uint8_t>(standard));
  explore
      ->add_option_function<int>(
          flag,
          [arguments, budget](int value) {
            arguments->world.budgets.Set(budget, static_cast<uint8_t>(value));
          },
          what)
      ->check(CLI::Range(0, most));
}

void AddBudgets(CLI::App* explore, Arguments* arguments) {
  AddBudget(explore, arguments, "--writes", Budget::kWrites, 2, 9, "Writes [2]");
  AddBudget(explore, arguments, "--reads", Budget::kReads, 0, 1, "Linearizable reads [0]");
  AddBudget(explore, arguments, "--timeouts", Budget::kTimeouts, 1, 9,
            "Time-outs: of an election, or of a leader that hears no majority [1]");
  AddBudget(explore, arguments, "--heartbeats", Budget::kHeartbeats, 0, 9, "Heartbeats [0]");
  AddBudget(explore, arguments, "--crashes", Budget::kCrashes, 1, 9,
            "Crashes, with any part of what was not yet durable lost [1]");
  AddBudget(explore, arguments, "--drops", Budget::kDrops, 1, 9, "Messages that are lost [1]");
  AddBudget(explore, arguments, "--duplicates", Budget::kDuplicates, 0, 9,
            "Messages that arrive twice [0]");
  AddBudget(explore, arguments, "--elections", Budget::kElections, 0, 9,
            "Elections that take one step [0]");
  AddBudget(explore, arguments, "--requests", Budget::kRequests, 0, 9,
            "Requests at a node without a log, which ask for a bootstrap [0]");
  AddBudget(explore, arguments, "--late-answers", Budget::kLateAnswers, 0, 9,
            "Answers that come to a leader when its time is up [0]");
  AddBudget(explore, arguments, "--wipes", Budget::kWipes, 0, 9,
            "Crashes from which a node comes back with an empty disk [0]");
}

}  // namespace

void AddExploreCommand(CLI::App* app, int* exit_status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* explore = app->add_subcommand(
      "explore", "Follow every execution of a small cluster of real consensus cores");
  explore
      ->add_option("--search", arguments->search,
                   "One that has a name, in place of all flags that say what may happen")
      ->check(CLI::IsMember(SearchNames()));
  explore->add_option("--start", arguments->world.start, "Where to begin [bootstrapped]")
      ->check(CLI::IsMember(explore::StartNames()));
  explore->add_option("--nodes", arguments->world.nodes, "Nodes [3]")
      ->check(CLI::Range(size_t{1}, explore::kMostNodes));
  AddBudgets(explore, arguments.get());
  explore
      ->add_option("--batch", arguments->world.entries_per_message,
                   "Entries in one AppendEntries at most [1]")
      ->check(AtLeast(1));
  explore->add_flag("--instant-disks", arguments->world.instant_disks,
                    "Disks finish within the step that writes");
  explore->add_flag("--must-recover", arguments->world.must_recover,
                    "From each world, somebody leads in the end");
  explore->add_option("--depth", arguments->limits.depth, "Steps from the start [no limit]")
      ->check(AtLeast(0));
  explore->add_option("--max-states", arguments->limits.states, "Stop after so many [no limit]");
  explore->add_option("--max-seconds", arguments->limits.seconds, "Stop after so long [no limit]")
      ->check(AtLeast(1));
  explore->add_option("--jobs", arguments->jobs, "Threads [one a processor]")->check(AtLeast(1));
  explore->callback([arguments, exit_status] { *exit_status = Run(*arguments); });
}

}  // namespace tidemark
