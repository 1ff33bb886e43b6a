#include "node/inspect/commands.h"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/one_line.h"
#include "node/inspect/check.h"
#include "node/inspect/node_directories.h"

namespace tidemark::inspect {
namespace {

void Print(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
}

void Complain(std::string_view line) {
  std::fprintf(stderr, "tidemark error: %s\n", OneLine(line).c_str());
}

void Warn(std::string_view line) {
  std::fprintf(stderr, "tidemark warning: %s\n", OneLine(line).c_str());
}

Verdict Check(storage::FileSystem* file_system, const std::string& directory) {
  const CheckResult result = CheckNode(file_system, directory);
  if (!result.summary.empty()) Print(OneLine(result.summary));
  for (const std::string& note : result.notes) Warn(note);
  for (const std::string& problem : result.problems) Complain(problem);
  return result.verdict;
}

int ExitStatusOf(bool damaged, bool in_use) {
  if (damaged) return kExitDamaged;
  return in_use ? kExitInUse : kExitWell;
}

}  // namespace

Commands::Commands(CLI::App* app)
    : check_(app->add_subcommand("check",
                                 "verify the memory of nodes that are stopped, without changing "
                                 "it: one line for each that "
                                 "is well; exit status 3 if one is damaged, 5 if one is running")),
      dump_(app->add_subcommand(
          "dump",
          "print the memory of nodes that are stopped as lines of JSON: who it is, its "
          "snapshot, each record of its log")) {
  for (CLI::App* command : {check_, dump_}) {
    command->add_option("DIR", dir_, "what --data-dir said, or one node's directory in it")
        ->required()
        ->check([](const std::string& dir) {
          return std::string(dir.empty() ? "DIR is empty: say which directory" : "");
        });
  }
  dump_->add_flag("--keys", dump_options_.keys, "print the snapshot's keys and values, too");
}

std::optional<int> Commands::Run(storage::FileSystem* file_system) const {
  if (!check_->parsed() && !dump_->parsed()) return std::nullopt;
  absl::StatusOr<FoundDirectories> directories = NodeDirectories(*file_system, dir_);
  if (!directories.ok()) {
    Complain(std::string(directories.status().message()));
    return kExitDamaged;
  }
  bool damaged = false;
  bool in_use = false;
  for (const std::string& note : directories->notes) Warn(note);
  for (const std::string& directory : directories->nodes) {
    const Verdict verdict = check_->parsed()
                                ? Check(file_system, directory)
                                : DumpNode(file_system, directory, dump_options_, Print);
    damaged = damaged || verdict == Verdict::kDamaged;
    in_use = in_use || verdict == Verdict::kInUse;
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) return kExitOutputGone;
  return ExitStatusOf(damaged, in_use);
}

}  // namespace tidemark::inspect
