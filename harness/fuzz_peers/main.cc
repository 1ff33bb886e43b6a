// bazel run --config=opt //harness/fuzz_peers -- --steps=1000000
#include <signal.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "harness/fuzz_peers/fuzzer.h"

namespace tidemark::fuzz {
namespace {

// What a signal handler says.
uint64_t running_seed = 0;
uint64_t running_step = 0;

constexpr unsigned kLongestSteps = 60;    // seconds for a thousand steps
constexpr uint64_t kLongRun = 1'000'000;  // steps, in which all must be reached
constexpr uint64_t kMostKilobytes = uint64_t{256} << 10;

void Died(int signal) {
  char text[256];
  const int size = std::snprintf(
      text, sizeof text,
      "%s in step %llu of seed %llu. To repeat it:\n  bazel run //harness/fuzz_peers -- "
      "--seed=%llu --steps=%llu\n",
      signal == SIGALRM ? "no end" : "died", static_cast<unsigned long long>(running_step),
      static_cast<unsigned long long>(running_seed), static_cast<unsigned long long>(running_seed),
      static_cast<unsigned long long>(running_step));
  if (write(STDERR_FILENO, text, static_cast<size_t>(size)) < 0) _exit(3);
  _exit(1);
}

uint64_t PeakKilobytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  uint64_t kilobytes = 0;
  while (status >> word) {
    if (word == "VmHWM:") status >> kilobytes;
  }
  return kilobytes;
}

// Whether all was reached that a long run must reach.
bool Print(const Counts& counts, bool complete) {
  bool reached = true;
  const auto print = [&](const char* name, uint64_t count, bool wanted) {
    const bool missing = complete && wanted && count == 0;
    std::printf("%-24s %llu%s\n", name, static_cast<unsigned long long>(count),
                missing ? "   MISSING" : "");
    reached = reached && !missing;
  };
  print("steps", counts.steps, true);
  print("clusters", counts.clusters, true);
  print("bootstrapped by the node", counts.bootstrapped, true);
  print("led", counts.led, true);
  print("deposed", counts.deposed, true);
  print("committed while leading", counts.committed_as_leader, true);
  print("snapshots taken", counts.taken, true);
  print("snapshots installed", counts.installed, true);
  print("snapshots sent whole", counts.sent, true);
  print("learned", counts.learned, true);
  print("doubted", counts.doubted, true);
  print("quarantined", counts.quarantined, true);
  print("gave up", counts.gone_back, false);
  print("restarts", counts.restarts, true);
  print("lies", counts.lies, true);
  print("not well formed, kept", counts.refused, false);
  print("answered well", counts.answered_ok, true);
  print("answered with an error", counts.answered_error, true);
  print("messages of the node", counts.messages, true);
  print("longest output", counts.longest_output, true);
  return reached;
}

int Run(uint64_t seed, uint64_t steps) {
  running_seed = seed;
  signal(SIGABRT, Died);
  signal(SIGSEGV, Died);
  signal(SIGALRM, Died);
  Fuzzer fuzzer(seed);
  for (uint64_t i = 0; i < steps; ++i) {
    if (i % 1'000 == 0) alarm(kLongestSteps);
    running_step = i + 1;
    fuzzer.Step();
  }
  alarm(0);
  const bool reached = Print(fuzzer.counts(), steps >= kLongRun);
  const uint64_t kilobytes = PeakKilobytes();
  std::printf("%-24s %llu KiB\nseed %llu\n", "memory, at most",
              static_cast<unsigned long long>(kilobytes), static_cast<unsigned long long>(seed));
  if (kilobytes > kMostKilobytes) std::printf("that is more than 256 MiB\n");
  return reached && kilobytes <= kMostKilobytes ? 0 : 1;
}

}  // namespace
}  // namespace tidemark::fuzz

int main(int argc, char** argv) {
  uint64_t seed = 1;
  uint64_t steps = 1'000'000;
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    const bool good =
        absl::ConsumePrefix(&argument, "--seed=")
            ? absl::SimpleAtoi(argument, &seed) && seed > 0
            : absl::ConsumePrefix(&argument, "--steps=") && absl::SimpleAtoi(argument, &steps);
    if (good) continue;
    const bool asks = absl::string_view(argv[i]) == "--help";
    std::fprintf(asks ? stdout : stderr, "usage: fuzz_peers [--seed=N] [--steps=N], N from 1 on\n");
    return asks ? 0 : 2;
  }
  return tidemark::fuzz::Run(seed, steps);
}
