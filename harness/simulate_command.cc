#include "harness/simulate_command.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "harness/base/counts.h"
#include "harness/base/processors.h"
#include "harness/base/status_text.h"
#include "harness/simulation/fault_names.h"
#include "harness/simulation/isolated.h"
#include "harness/simulation/landscape.h"
#include "harness/simulation/minimise.h"
#include "harness/simulation/ranges.h"
#include "harness/simulation/repeat.h"
#include "harness/simulation/reseeds.h"
#include "harness/simulation/result_line.h"
#include "harness/simulation/transcript.h"
#include "node/base/concat.h"

namespace tidemark {
namespace {

using simulation::Batch;
using simulation::Minimised;
using simulation::Result;
using simulation::SeedRun;
using simulation::Settings;

constexpr int kViolation = 1;
constexpr int kUsage = 2;
constexpr int kCannotRun = 3;
constexpr size_t kShown = 20;  // failing seeds that are told one by one
// Fewer reach too little to tell of it unasked.
constexpr uint64_t kSeedsWithReached = 100;

struct Arguments {
  Settings settings;
  uint64_t seeds = 1;
  std::string faults = "all";
  std::string without_faults;
  std::string without_operations;
  std::string reseed;
  int jobs = 0;
  int futures = 2;
  bool reached = false;
  std::string reached_json;  // empty: none
  int minimise_runs = 300;
  bool no_liveness = false;
  bool keep_going = false;
  std::string history;     // empty: none
  std::string transcript;  // empty: simulate-<seed>.jsonl for a failing seed
};

int Fail(int status, std::string_view what) {
  std::fprintf(stderr, "harness simulate: %.*s\n", static_cast<int>(what.size()), what.data());
  return status;
}

class Progress {
 public:
  explicit Progress(uint64_t seeds) : seeds_(seeds) {}

  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  }

  void Show(uint64_t done, size_t failed) {
    if (!terminal_ || (Seconds() - shown_ < 0.2 && done < seeds_)) return;
    shown_ = Seconds();
    const double rate = static_cast<double>(done) / std::max(Seconds(), 1e-3);
    const double left = static_cast<double>(seeds_ - done) / std::max(rate, 1e-3);
    const std::string text = absl::StrFormat(
        "%d of %d seeds, %.0f a second, %.0f s left, %d failed", done, seeds_, rate, left, failed);
    std::fprintf(stderr, "\r%s\x1b[K", text.c_str());
  }
  void Clear() const {
    if (terminal_) std::fprintf(stderr, "\r\x1b[K");
  }

 private:
  const uint64_t seeds_;
  const bool terminal_ = isatty(STDERR_FILENO) != 0;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  double shown_ = 0;
};

class Campaign {
 public:
  explicit Campaign(const Arguments& arguments)
      : arguments_(arguments), progress_(arguments.seeds) {}

  int Run() {
    Batch batch;
    batch.settings = arguments_.settings;
    batch.first_seed = arguments_.settings.seed;
    batch.seeds = arguments_.seeds;
    batch.jobs = arguments_.jobs > 0 ? arguments_.jobs : static_cast<int>(UsableProcessors());
    batch.jobs =
        static_cast<int>(std::min<uint64_t>(static_cast<uint64_t>(batch.jobs), batch.seeds));
    // Of one seed there is no telling what is rare.
    batch.futures = batch.seeds > 1 ? arguments_.futures : 0;
    absl::Status status = simulation::RunBatch(batch, [this](const SeedRun& run) {
      Take(run);
      return failed_.empty() || arguments_.keep_going;
    });
    progress_.Clear();
    if (!status.ok()) return Fail(kCannotRun, MessageOf(status));
    const double seconds = progress_.Seconds();
    PrintSums(seconds, batch.jobs);
    status = TellReached();
    if (!status.ok()) return Fail(kCannotRun, MessageOf(status));
    if (!arguments_.history.empty()) {
      status = simulation::WriteHistory(arguments_.settings, arguments_.history);
      if (!status.ok()) return Fail(kCannotRun, MessageOf(status));
      std::printf("what the clients of the first seed saw: %s\n", arguments_.history.c_str());
    }
    if (failed_.empty() && !ReachedEnough()) return kViolation;
    if (failed_.empty()) return WriteWanted();
    return Explain(failed_.begin()->first, failed_.begin()->second);
  }

 private:
  void Take(const SeedRun& run) {
    ++(run.is_future ? futures_ : done_);
    landscape_.Take(run.result.reached, run.is_future);
    ended_us_ += simulation::SimulatedUs(run);
    simulation::AddCounts(run.result, &sums_);
    if (arguments_.seeds == 1) last_ = run.result;
    const bool is_new = run.result.violation && failed_.emplace(run.seed, run.result).second;
    if (is_new && failed_.size() <= kShown) {
      progress_.Clear();
      std::printf("seed %llu%s: %s: %s\n", static_cast<unsigned long long>(run.seed),
                  run.is_future ? ", in a future" : "", run.result.violation->check.c_str(),
                  run.result.violation->text.c_str());
      std::fflush(stdout);
    }
    progress_.Show(done_, failed_.size());
  }

  absl::Status TellReached() const {
    if (arguments_.reached || done_ >= kSeedsWithReached) {
      std::printf("%s%s", landscape_.DescribeLandmarks().c_str(),
                  landscape_.DescribeRest(arguments_.reached).c_str());
    }
    if (arguments_.reached_json.empty()) return absl::OkStatus();
    return landscape_.WriteJson(arguments_.reached_json);
  }

  bool ReachedEnough() const {
    if (!simulation::MustReachAll(arguments_.settings, done_)) return true;
    if (landscape_.MissingLandmarks().empty()) return true;
    std::printf(
        "\nNothing failed, and not every landmark was reached: these runs were not where "
        "bugs live.\n");
    return false;
  }

  void PrintSums(double seconds, int jobs) const {
    const double simulated = static_cast<double>(ended_us_) / 1e6;
    std::printf(
        "%s",
        absl::StrFormat(
            "%d seeds and %d futures, %d failed, %d undecided, %d lost; %.0f simulated seconds in "
            "%.1f s: %.0f times real "
            "time, %d processes\n"
            "%d events, %d messages, %d elections, %d entries committed, %d faults\n"
            "%d operations: %d ok, %d failed, %d open\n"
            "checked: %d session reads (%d at followers, %d of them proved), %d linearizable "
            "reads, %d tokens (%d made-up ones sent)\n"
            "%d writes under clients' own ids, %d repetitions; %d fates told, %d of "
            "them cancellations\nplayed: %s\n",
            done_, futures_, failed_.size(), sums_.undecided, sums_.lost, simulated, seconds,
            simulated / seconds, jobs, sums_.events, sums_.messages, sums_.elections,
            sums_.committed, sums_.faults, sums_.clients.invoked, sums_.clients.ok,
            sums_.clients.failed, sums_.clients.indeterminate, sums_.clients.session_reads,
            sums_.clients.follower_reads, sums_.clients.proved_reads,
            sums_.clients.linearizable_reads, sums_.clients.tokens, sums_.clients.forged,
            sums_.clients.once_writes, sums_.clients.repetitions, sums_.clients.fates,
            sums_.clients.cancellations, simulation::PlayedText(sums_.played))
            .c_str());
    if (arguments_.seeds == 1) {
      std::printf("trace hash %016llx\n", static_cast<unsigned long long>(last_.trace_hash));
    }
  }

  // A transcript of a run that is well, if one was asked for.
  int WriteWanted() const {
    if (arguments_.transcript.empty()) return 0;
    return Write(arguments_.settings, "A run without a violation.", arguments_.transcript);
  }

  int Explain(uint64_t seed, const Result& result) const {
    Settings settings = arguments_.settings;
    settings.seed = seed;
    settings.reseeds = result.reseeds;
    std::printf("\nTo repeat it:\n  %s\n", simulation::RepeatCommand(settings).c_str());
    std::printf("making it smaller …\n");
    std::fflush(stdout);
    const Minimised small =
        simulation::Minimise(settings, result, arguments_.minimise_runs, simulation::RunIsolated);
    std::printf(
        "after %d runs: %lld simulated seconds, %zu of %llu faults, %zu of %u operations\n"
        "To repeat the smaller one:\n  %s\n",
        small.runs, static_cast<long long>(small.settings.sim_seconds),
        simulation::CountLeft(result.faults, small.settings.without_faults),
        static_cast<unsigned long long>(result.faults),
        simulation::CountLeft(result.operations, small.settings.without_operations),
        result.operations, simulation::RepeatCommand(small.settings).c_str());
    const std::string path =
        arguments_.transcript.empty() ? Concat("simulate-", seed, ".jsonl") : arguments_.transcript;
    Write(small.settings, Concat(result.violation->check, ": ", result.violation->text), path);
    return kViolation;
  }

  static int Write(const Settings& settings, const std::string& title, const std::string& path) {
    absl::Status status = simulation::WriteTranscript(settings, title, path);
    if (!status.ok()) return Fail(kCannotRun, MessageOf(status));
    std::printf("what happened, line by line: %s\n", path.c_str());
    return 0;
  }

  const Arguments& arguments_;
  Progress progress_;
  simulation::Landscape landscape_;
  uint64_t done_ = 0;     // seeds
  uint64_t futures_ = 0;  // of theirs
  int64_t ended_us_ = 0;
  Result sums_;
  Result last_;
  std::map<uint64_t, Result> failed_;
};

int Simulate(Arguments* arguments) {
  Settings& settings = arguments->settings;
  absl::StatusOr<uint32_t> faults = simulation::ParseFaults(arguments->faults);
  if (!faults.ok()) return Fail(kUsage, Concat("--faults: ", MessageOf(faults.status())));
  settings.faults = *faults;
  settings.liveness = !arguments->no_liveness;
  auto without_faults = simulation::ParseRanges(arguments->without_faults);
  if (!without_faults.ok()) {
    return Fail(kUsage, Concat("--without-faults: ", MessageOf(without_faults.status())));
  }
  settings.without_faults = *without_faults;
  auto without_operations = simulation::ParseRanges(arguments->without_operations);
  if (!without_operations.ok()) {
    return Fail(kUsage, Concat("--without-operations: ", MessageOf(without_operations.status())));
  }
  settings.without_operations = *without_operations;
  auto reseeds = simulation::ParseReseeds(arguments->reseed);
  if (!reseeds.ok()) return Fail(kUsage, Concat("--reseed: ", MessageOf(reseeds.status())));
  settings.reseeds = *reseeds;
  return Campaign(*arguments).Run();
}

}  // namespace

void AddSimulateCommand(CLI::App* app, int* exit_status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* simulate = app->add_subcommand(
      "simulate", "Run whole clusters with faults, deterministically, and check what they promise");
  Settings* settings = &arguments->settings;
  simulate->add_option("--seed", settings->seed, "The first seed [1]");
  simulate->add_option("--seeds", arguments->seeds, "How many, from there on [1]")
      ->check(AtLeast(1));
  simulate->add_option("--sim-seconds", settings->sim_seconds, "Simulated time with faults [60]")
      ->check(CLI::Range(1, 1'000'000));
  simulate->add_option("--nodes", settings->nodes, "1 to 7 [drawn from the seed]")
      ->check(CLI::Range(0, 7));
  simulate->add_option("--faults", arguments->faults,
                       Concat("all, none, or some of: ", simulation::FaultNames(), " [all]"));
  simulate
      ->add_option("--operations-per-second", settings->operations_per_second,
                   "Of all clients together [100]")
      ->check(CLI::Range(1, 100'000));
  simulate
      ->add_option("--sessions", settings->sessions, "How many clients' sessions [3 to 120, drawn]")
      ->check(CLI::Range(1, 100'000));
  simulate
      ->add_option("--operations", settings->operations,
                   "Faults end when so many operations have begun, not by --sim-seconds")
      ->check(AtLeast(1));
  simulate->add_option("--jobs", arguments->jobs, "Processes at a time [one a processor]")
      ->check(AtLeast(1));
  simulate->add_flag("--storm", settings->storm,
                     "Short faults one after the other in every seed, not only in some");
  simulate->add_flag("--no-liveness", arguments->no_liveness,
                     "End with the faults; do not ask a healed majority to serve again");
  simulate->add_flag("--keep-going", arguments->keep_going, "Go on after a seed has failed");
  simulate->add_option("--minimise-runs", arguments->minimise_runs,
                       "How many runs making a failing seed smaller may take [300]");
  simulate->add_option("--transcript", arguments->transcript,
                       "Write down what happens [a failing seed: simulate-SEED.jsonl]");
  simulate->add_option("--history", arguments->history,
                       "Write down what the clients of the first seed saw, for harness check");
  simulate
      ->add_option("--futures", arguments->futures,
                   "At each rare place, go on in so many futures; 0: in none [2]")
      ->check(CLI::Range(0, 100));
  simulate->add_option("--reseed", arguments->reseed,
                       "Repeat a future: MOMENT:NUMBER, in microseconds, any number of times");
  simulate->add_flag("--reached", arguments->reached,
                     "Say all that was reached and was not; without it, less, from 100 seeds on");
  simulate->add_option("--reached-json", arguments->reached_json,
                       "Write that to a file, as one line of JSON");
  simulate->add_option("--without-faults", arguments->without_faults,
                       "Leave out these of the seed's faults, by number: 3-7,9");
  simulate->add_option("--without-operations", arguments->without_operations,
                       "Leave out these of the clients' operations");
  simulate->callback([arguments, exit_status] { *exit_status = Simulate(arguments.get()); });
}

}  // namespace tidemark
