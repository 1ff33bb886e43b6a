// A test of many seeds: seeds N SECONDS [FIRST]. Shards (Bazel's, or of a remote execution cluster)
// and repetitions (--runs_per_test) each take their own.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "harness/simulation/fault_names.h"
#include "harness/simulation/isolated.h"
#include "harness/simulation/repeat.h"
#include "harness/simulation/result_line.h"

namespace tidemark::simulation {
namespace {

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Shard i of n takes the i-th of n equal parts; repetition r begins where r - 1 others have ended.
Batch ShardOf(uint64_t seeds, uint64_t first) {
  const uint64_t shards = FromEnvironment("TEST_TOTAL_SHARDS", 1);
  const uint64_t shard = FromEnvironment("TEST_SHARD_INDEX", 0);
  const uint64_t repetition = FromEnvironment("TEST_RUN_NUMBER", 1);
  if (const char* file = std::getenv("TEST_SHARD_STATUS_FILE")) std::ofstream(file).flush();
  Batch batch;
  const uint64_t from = seeds * shard / shards;
  batch.first_seed = first + (repetition - 1) * seeds + from;
  batch.seeds = seeds * (shard + 1) / shards - from;
  return batch;
}

int RunSeeds(const Batch& batch) {
  Result sums;
  uint64_t failed = 0;
  const absl::Status status = RunBatch(batch, [&](const SeedRun& run) {
    AddCounts(run.result, &sums);
    if (!run.result.violation) return true;
    ++failed;
    Settings settings = batch.settings;
    settings.seed = run.seed;
    std::printf("seed %llu: %s: %s\nTo repeat it:\n  %s\n",
                static_cast<unsigned long long>(run.seed), run.result.violation->check.c_str(),
                run.result.violation->text.c_str(), RepeatCommand(settings).c_str());
    return true;
  });
  if (!status.ok()) std::printf("%s\n", std::string(status.message()).c_str());
  std::printf("seeds %llu to %llu: %llu failed; %llu session reads, %llu elections\n",
              static_cast<unsigned long long>(batch.first_seed),
              static_cast<unsigned long long>(batch.first_seed + batch.seeds - 1),
              static_cast<unsigned long long>(failed),
              static_cast<unsigned long long>(sums.clients.session_reads),
              static_cast<unsigned long long>(sums.elections));
  const Clients::Counters& did = sums.clients;
  std::printf(
      "%llu tokens, %llu proved reads, %llu made-up tokens, %llu writes under clients' own "
      "ids, %llu repetitions, %llu fates, %llu cancellations\n",
      static_cast<unsigned long long>(did.tokens),
      static_cast<unsigned long long>(did.proved_reads),
      static_cast<unsigned long long>(did.forged), static_cast<unsigned long long>(did.once_writes),
      static_cast<unsigned long long>(did.repetitions), static_cast<unsigned long long>(did.fates),
      static_cast<unsigned long long>(did.cancellations));
  std::printf("played: %s\n", PlayedText(sums.played).c_str());
  // A run in which nothing happens proves nothing.
  const bool idle = did.session_reads < batch.seeds || sums.elections < batch.seeds ||
                    did.tokens < batch.seeds || did.once_writes < batch.seeds;
  return status.ok() && failed == 0 && !idle ? 0 : 1;
}

}  // namespace
}  // namespace tidemark::simulation

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: seeds COUNT SIMULATED_SECONDS [FIRST]\n");
    return 2;
  }
  const uint64_t first = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  auto batch = tidemark::simulation::ShardOf(std::strtoull(argv[1], nullptr, 10), first);
  batch.settings.sim_seconds = std::strtoll(argv[2], nullptr, 10);
  return tidemark::simulation::RunSeeds(batch);
}
