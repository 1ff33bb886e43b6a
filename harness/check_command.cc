#include "harness/check_command.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/counts.h"
#include "harness/base/status_text.h"
#include "harness/check/describe.h"
#include "harness/check/files.h"
#include "harness/check/report.h"
#include "harness/workspace_path.h"
#include "node/base/concat.h"

namespace tidemark {
namespace {

// In the order of how bad they are; the numbers are the program's exit status.
enum class Verdict : int { kKept = 0, kBroken = 1, kUnreadable = 2 };

constexpr std::string_view kChecks[] = {"indexes", "values", "lists", "witness", "search"};

struct Arguments {
  std::vector<std::string> paths;
  std::vector<std::string> checks;  // empty: all
  uint64_t budget = check::CheckOptions().steps;
};

check::CheckOptions Options(const Arguments& arguments) {
  check::CheckOptions options;
  options.steps = arguments.budget;
  bool* const switches[] = {&options.indexes, &options.values, &options.lists, &options.witness,
                            &options.search};
  for (size_t i = 0; i < std::size(kChecks); ++i) {
    const auto& chosen = arguments.checks;
    *switches[i] =
        chosen.empty() || std::find(chosen.begin(), chosen.end(), kChecks[i]) != chosen.end();
  }
  return options;
}

// A line for each function that occurs: "    read: 12 ok, 1 failed".
std::string CountsText(const check::History& history) {
  size_t counts[6][3] = {};
  for (const check::Operation& op : history.operations()) {
    ++counts[static_cast<size_t>(op.function)][static_cast<size_t>(op.outcome)];
  }
  std::string text;
  for (size_t f = 0; f < 6; ++f) {
    std::string line;
    for (size_t o = 0; o < 3; ++o) {
      if (counts[f][o] == 0) continue;
      ConcatTo(&line, line.empty() ? "" : ", ", counts[f][o], " ",
               check::OutcomeName(static_cast<check::Outcome>(o)));
    }
    if (line.empty()) continue;
    ConcatTo(&text, "    ", check::FunctionName(static_cast<check::Function>(f)), ": ", line, "\n");
  }
  return text;
}

// Who is no session, and how often it appears: nothing goes unchecked in silence.
std::string LeftOutText(const check::History& history) {
  std::string text;
  for (const auto& [process, events] : history.left_out()) {
    ConcatTo(&text, "    left out: ", events, events == 1 ? " event" : " events", " of process ",
             process, process == ":nemesis" ? "\n" : ", which is no whole number from 0\n");
  }
  return text;
}

std::string CheckedText(const std::vector<std::string_view>& ran) {
  std::string text = "    checked:";
  for (std::string_view name : ran) ConcatTo(&text, " ", name);
  return text + (ran.empty() ? " nothing of what was asked for applies\n" : "\n");
}

Verdict CheckFile(const std::string& path, const check::CheckOptions& options) {
  const absl::StatusOr<check::History> history = check::ReadHistory(path);
  if (!history.ok()) {
    std::fprintf(stderr, "harness check: %s\n", MessageOf(history.status()).c_str());
    return Verdict::kUnreadable;
  }
  std::vector<std::string_view> ran;
  const auto begin = std::chrono::steady_clock::now();
  const std::vector<check::Violation> violations = CheckHistory(*history, options, &ran);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  std::printf("%s  %s  %zu operations, %.0f ms\n%s%s%s", violations.empty() ? "ok    " : "FAILED",
              path.c_str(), history->operations().size(), took.count(),
              CountsText(*history).c_str(), LeftOutText(*history).c_str(),
              CheckedText(ran).c_str());
  for (const check::Violation& violation : violations) {
    std::printf("  %s: %s\n", violation.check.c_str(), violation.text.c_str());
  }
  std::fflush(stdout);
  return violations.empty() ? Verdict::kKept : Verdict::kBroken;
}

int Check(const Arguments& arguments) {
  Verdict worst = Verdict::kKept;
  for (const std::string& path : arguments.paths) {
    worst = std::max(worst, CheckFile(WorkspacePath(path), Options(arguments)));
  }
  return static_cast<int>(worst);
}

}  // namespace

void AddCheckCommand(CLI::App* app, int* exit_status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* check = app->add_subcommand("check", "Check histories of clients");
  check
      ->add_option("path", arguments->paths,
                   "Histories: *.edn of Jepsen, Maelstrom or Knossos, others as JSON Lines")
      ->required()
      ->type_name("FILE");
  check
      ->add_option("--budget", arguments->budget,
                   "Steps of the search, some 5,000,000 a second [10000000]")
      ->check(AtLeast(1));
  check
      ->add_option("--checks", arguments->checks,
                   "Of indexes, values, lists, witness, search [those that apply]")
      ->delimiter(',')
      ->allow_extra_args(false)  // what stands behind it is a file
      ->check(CLI::IsMember({"indexes", "values", "lists", "witness", "search"}));
  check->callback([arguments, exit_status] { *exit_status = Check(*arguments); });
}

}  // namespace tidemark
