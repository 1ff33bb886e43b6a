// Every mutant's main: hunts it through seeds and says in one line by what it was caught.
//
// Ends with 0 if it was caught by a check that was expected (any, where none is named); with
// --never: if it was not caught at all.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "harness/check/violation.h"
#include "harness/simulation/fault_names.h"
#include "harness/simulation/isolated.h"
#include "harness/simulation/settings.h"

namespace tidemark {
namespace {

struct Flags {
  std::string name = "mutant";
  std::vector<std::string> expected;
  bool never = false;
  bool calm = false;
  std::string faults = "all";
  simulation::Batch batch{.settings = {.sim_seconds = 20, .max_events = 2'000'000}, .seeds = 1'000};
};

void Define(CLI::App* app, Flags* flags) {
  simulation::Settings& settings = flags->batch.settings;
  app->add_option("--name", flags->name, "what to call the mutant");
  app->add_option("--expect", flags->expected, "a check that may catch it; any number of times");
  app->add_flag("--never", flags->never, "nothing may catch it: this is the product as it is");
  app->add_option("--first-seed", flags->batch.first_seed, "the first seed");
  app->add_option("--seeds", flags->batch.seeds, "how many seeds to try at most");
  app->add_option("--sim-seconds", settings.sim_seconds, "how long faults go on");
  app->add_option("--nodes", settings.nodes, "how many nodes; 0: drawn from the seed");
  app->add_option("--rate", settings.operations_per_second, "clients' operations a second");
  app->add_option("--faults", flags->faults, simulation::FaultNames());
  app->add_flag("--storm", settings.storm, "faults come as thick as elections in each seed");
  app->add_flag("--calm", flags->calm, "nothing fails: answers must come");
}

void Finish(Flags* flags) {
  const auto faults = simulation::ParseFaults(flags->calm ? "none" : flags->faults);
  if (!faults.ok()) throw CLI::ValidationError("--faults", std::string(faults.status().message()));
  flags->batch.settings.faults = *faults;
  flags->batch.settings.liveness = !flags->calm;
}

struct Quarry {
  std::optional<check::Violation> violation;
  uint64_t seed = 0;   // under which it was caught, or the last one tried
  uint64_t tried = 0;  // seeds, that one included
};

Quarry Hunt(const simulation::Batch& batch) {
  Quarry quarry;
  const absl::Status status = RunBatch(batch, [&](const simulation::SeedRun& run) {
    quarry = {run.result.violation, run.seed, quarry.tried + 1};
    return !quarry.violation;
  });
  if (!status.ok()) quarry.violation = {"no hunt", std::string(status.message())};
  return quarry;
}

std::string Say(const Flags& flags, const Quarry& quarry, int64_t ms) {
  if (!quarry.violation) {
    return absl::StrCat(flags.name, ": not caught in ", quarry.tried, " seeds, ", ms, " ms");
  }
  const std::string& text = quarry.violation->text;
  return absl::StrCat(flags.name, ": caught by ", quarry.violation->check, " at seed ", quarry.seed,
                      " (the ", quarry.tried, ". tried), ", ms,
                      " ms: ", text.substr(0, text.find('\n')));
}

bool Satisfied(const Flags& flags, const Quarry& quarry) {
  if (flags.never || !quarry.violation) return flags.never && !quarry.violation;
  const auto& expected = flags.expected;
  return expected.empty() ||
         std::find(expected.begin(), expected.end(), quarry.violation->check) != expected.end();
}

int Main(const Flags& flags) {
  const auto began = std::chrono::steady_clock::now();
  const Quarry quarry = Hunt(flags.batch);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - began);
  std::cout << Say(flags, quarry, took.count()) << std::endl;
  if (Satisfied(flags, quarry)) return 0;
  std::cout << "expected: "
            << (flags.never ? "not to be caught" : absl::StrJoin(flags.expected, " or "))
            << std::endl;
  return 1;
}

}  // namespace
}  // namespace tidemark

int main(int argc, char** argv) {
  constexpr int kUsage = 2;
  tidemark::Flags flags;
  CLI::App app("Hunts a mutant of Tidemark");
  tidemark::Define(&app, &flags);
  try {
    app.parse(argc, argv);
    tidemark::Finish(&flags);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  return tidemark::Main(flags);
}
