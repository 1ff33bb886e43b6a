// Hunts mutants, one after the other, and says in a line by what each was caught.
//
// Ends with 0 if each was caught by a check or the test that its row expects; with --control: if
// the product as it is was not caught.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "harness/mutants/active.h"
#include "harness/mutants/explored.h"
#include "harness/mutants/found.h"
#include "harness/mutants/mutant.h"
#include "harness/mutants/report.h"
#include "harness/mutants/script.h"
#include "harness/mutants/seeds.h"
#include "harness/simulation/fault_names.h"
#include "harness/simulation/isolated.h"

namespace tidemark::mutants {
namespace {

// More than any seed takes that is honest.
constexpr uint64_t kMaxEvents = 2'000'000;

struct Flags {
  std::vector<std::string> names;
  std::string area;
  bool control = false;
  bool by_seeds = false;
  bool report = false;
  uint64_t first_seed = 1;
  uint64_t seeds = 0;
  int futures = 0;
  // Where they are given, they go before what the row says.
  std::string faults;
  int nodes = 0;
  int64_t seconds = 0;
  int64_t rate = 0;
  bool storm = false;
  bool calm = false;
};

void Define(CLI::App* app, Flags* flags) {
  app->add_option("--name", flags->names, "a mutant; any number of times. Default: all");
  app->add_option("--area", flags->area, "the mutants of one table");
  app->add_flag("--control", flags->control,
                "no mutant: all scripts must pass, and seeds find nothing");
  app->add_flag("--by-seeds", flags->by_seeds,
                "hunt those through seeds too that have a script or a search");
  app->add_flag("--report", flags->report, "print a table when all are done");
  app->add_option("--first-seed", flags->first_seed, "the first seed");
  app->add_option("--seeds", flags->seeds,
                  "how many seeds to try at most; default: 1,000, with --control 60");
  app->add_option("--futures", flags->futures,
                  "at each rare place, go on in so many futures; default: in none");
  app->add_option("--sim-seconds", flags->seconds, "how long faults go on");
  app->add_option("--nodes", flags->nodes, "how many nodes; 0: as the row says or drawn");
  app->add_option("--rate", flags->rate, "clients' operations a second");
  app->add_option("--faults", flags->faults, simulation::FaultNames());
  app->add_flag("--storm", flags->storm, "faults come as thick as elections in each seed");
  app->add_flag("--calm", flags->calm, "nothing fails: answers must come");
}

simulation::Batch BatchFor(const Mutant& mutant, const Flags& flags) {
  constexpr uint64_t kSeeds = 1'000;
  constexpr uint64_t kControlSeeds = 60;
  constexpr int64_t kSeconds = 20;
  const uint64_t by_default = flags.control ? kControlSeeds : kSeeds;
  simulation::Batch batch;
  batch.first_seed = flags.first_seed;
  batch.seeds = flags.seeds > 0 ? flags.seeds : by_default;
  batch.futures = flags.futures;
  const auto given = [](auto flag, auto row, auto otherwise) {
    if (flag != 0) return flag;
    return row != 0 ? row : otherwise;
  };
  simulation::Settings& settings = batch.settings;
  settings.sim_seconds = given(flags.seconds, mutant.seconds, kSeconds);
  settings.nodes = given(flags.nodes, mutant.nodes, 0);
  const auto rate = static_cast<int64_t>(settings.operations_per_second);
  settings.operations_per_second = static_cast<int>(given(flags.rate, mutant.rate, rate));
  settings.storm = flags.storm || mutant.storm;
  settings.max_events = kMaxEvents;
  const bool calm = flags.calm || mutant.calm;
  settings.liveness = !calm;
  const std::string& faults = flags.faults.empty() ? mutant.faults : flags.faults;
  const auto parsed = simulation::ParseFaults(calm ? "none" : faults.empty() ? "all" : faults);
  if (!parsed.ok()) throw CLI::ValidationError("--faults", std::string(parsed.status().message()));
  settings.faults = *parsed;
  return batch;
}

bool Expected(const Mutant& mutant, const Found& found) {
  if (found.by.empty()) return false;
  if (found.by == mutant.script || found.by == mutant.search) return true;
  const auto& checks = mutant.expect;
  return std::find(checks.begin(), checks.end(), found.by) != checks.end();
}

std::string Expectation(const Mutant& mutant) {
  if (!mutant.script.empty()) return mutant.script;
  return mutant.search.empty() ? absl::StrJoin(mutant.expect, " or ") : mutant.search;
}

std::string Say(const std::string& name, const Found& found, int64_t ms) {
  const std::string tried =
      found.seed > 0 ? absl::StrCat(" at seed ", found.seed, " (the ", found.tried, ". tried; ",
                                    std::lround(found.simulated_seconds), " simulated seconds)")
                     : std::string();
  if (found.by.empty()) return absl::StrCat(name, ": not caught", tried, ", ", ms, " ms");
  return absl::StrCat(name, ": caught by ", found.by, tried, ", ", ms,
                      " ms: ", found.what.substr(0, found.what.find('\n')));
}

Found Find(const Mutant& mutant, const Flags& flags) {
  if (!mutant.script.empty() && !flags.by_seeds) return PlayScript(mutant.script);
  if (!mutant.search.empty() && !flags.by_seeds) return FindBySearch(mutant.search);
  return HuntThroughSeeds(BatchFor(mutant, flags));
}

// The node under test is `mutant` from here on.
Caught Hunt(const Mutant& mutant, const Flags& flags) {
  const auto began = std::chrono::steady_clock::now();
  active = mutant.number;
  Caught caught{mutant, Find(mutant, flags)};
  caught.ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                  std::chrono::steady_clock::now() - began)
                  .count();
  std::cout << Say(mutant.name, caught.found, caught.ms) << std::endl;
  return caught;
}

bool Controls(const Flags& flags) {
  std::set<std::string> scripts;
  for (const Mutant& mutant : AllMutants()) {
    if (!mutant.script.empty()) scripts.insert(mutant.script);
  }
  bool sound = true;
  for (const std::string& script : scripts) {
    const std::string name = absl::StrCat("control of ", script);
    sound &= Hunt({.name = name, .script = script}, flags).found.by.empty();
  }
  return Hunt({.name = "control"}, flags).found.by.empty() && sound;
}

// Which of `count` this process has to hunt, if Bazel divides them among several.
bool Ours(size_t number) {
  const char* const shards = getenv("TEST_TOTAL_SHARDS");
  const char* const shard = getenv("TEST_SHARD_INDEX");
  size_t all = 1;
  size_t ours = 0;
  if (shards == nullptr || shard == nullptr) return true;
  if (!absl::SimpleAtoi(shards, &all) || !absl::SimpleAtoi(shard, &ours)) return true;
  return number % all == ours;
}

// Bazel wants to see that a test knows of shards.
void TellBazel() {
  if (const char* const file = getenv("TEST_SHARD_STATUS_FILE")) std::ofstream(file).flush();
}

std::vector<Mutant> Chosen(const Flags& flags) {
  std::vector<Mutant> chosen;
  for (const Mutant& mutant : AllMutants()) {
    const auto& names = flags.names;
    const bool named =
        names.empty() || std::find(names.begin(), names.end(), mutant.name) != names.end();
    if (named && (flags.area.empty() || mutant.area == flags.area)) chosen.push_back(mutant);
  }
  return chosen;
}

bool HasCatcher(const Mutant& mutant) {
  if (!mutant.script.empty()) return HasScript(mutant.script);
  return mutant.search.empty() || HasSearch(mutant.search);
}

bool HuntAll(const Flags& flags) {
  std::vector<Caught> all;
  const std::vector<Mutant> chosen = Chosen(flags);
  if (chosen.empty()) throw CLI::ValidationError("--name", "there is no such mutant");
  bool sound = true;
  for (size_t i = 0; i < chosen.size(); ++i) {
    const Mutant& mutant = chosen[i];
    if (!Ours(i)) continue;
    if (!HasCatcher(mutant)) {
      std::cout << mutant.name << ": there is no " << Expectation(mutant) << std::endl;
      sound = false;
      continue;
    }
    all.push_back(Hunt(mutant, flags));
    all.back().expected = Expected(mutant, all.back().found);
    if (all.back().expected) continue;
    std::cout << mutant.name << ": expected: " << Expectation(mutant) << std::endl;
    sound = false;
  }
  if (flags.report) std::cout << "\n" << Report(all);
  return sound;
}

}  // namespace
}  // namespace tidemark::mutants

int main(int argc, char** argv) {
  constexpr int kUsage = 2;
  namespace mutants = tidemark::mutants;
  mutants::Flags flags;
  CLI::App app("Hunts mutants of Tidemark");
  mutants::Define(&app, &flags);
  int gtest_argc = 1;
  testing::InitGoogleTest(&gtest_argc, argv);
  mutants::TellBazel();
  try {
    app.parse(argc, argv);
    return (flags.control ? mutants::Controls(flags) : mutants::HuntAll(flags)) ? 0 : 1;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
}
