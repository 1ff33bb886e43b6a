#include "harness/simulation/futures.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <new>

#include "harness/simulation/chance.h"
#include "harness/simulation/plan.h"
#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/base/last_words.h"
#include "node/process/program.h"

// Of gcov's library, where that is linked.
extern "C" void __gcov_dump() __attribute__((weak));

namespace tidemark::simulation {
namespace {

constexpr size_t kLastWords = 2'000;
// Futures of futures; more would all be of the seed that happened to be there first.
constexpr int kDeepest = 2;
// How many times a seed goes on in futures, on average, once every landmark was reached often: each
// landmark has an equal share of it.
constexpr double kForksASeed = 1.0;
constexpr uint64_t kMostReseed = uint64_t{1} << 32;  // numbers that people can type

}  // namespace

struct SharedTally::Counts {
  std::atomic<uint64_t> seeds{0};
  std::array<std::atomic<uint64_t>, kMostLandmarks> landmarks{};
};

SharedTally::SharedTally() {
  void* const memory =
      mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  TM_ASSERT(memory != MAP_FAILED);
  counts_ = new (memory) Counts;
}

SharedTally::~SharedTally() { munmap(counts_, sizeof(Counts)); }

void SharedTally::CountSeed() { ++counts_->seeds; }

uint64_t SharedTally::Count(size_t landmark) {
  TM_ASSERT(landmark < kMostLandmarks);
  return counts_->landmarks[landmark]++;
}

uint64_t SharedTally::seeds() const { return counts_->seeds; }

std::optional<uint64_t> Futures::At(const Settings& settings, int64_t now_us,
                                    const LandmarkSet& landmarks) {
  if (!Worth(landmarks, settings, now_us) || depth_ >= kDeepest) return std::nullopt;
  Random random = Chance(settings.seed, 13, static_cast<uint64_t>(now_us));
  for (int i = 0; i < each_; ++i) {
    const Reseed reseed{now_us, random.Next() % kMostReseed};
    if (Enter(reseed, settings)) return reseed.number;
  }
  return std::nullopt;
}

// The first time always; then the less often, the more often it is reached in a seed.
bool Futures::Worth(const LandmarkSet& landmarks, const Settings& settings, int64_t now_us) const {
  Random random = Chance(settings.seed, 14, static_cast<uint64_t>(now_us));
  bool worth = false;
  for (size_t i = 0; i < landmarks.size(); ++i) {
    if (!landmarks[i]) continue;
    const double before = static_cast<double>(tally_->Count(i));
    const double seeds = static_cast<double>(tally_->seeds());
    const double share = kForksASeed / kMostLandmarks * 1'000'000;
    const bool drawn = static_cast<double>(Draw(&random, 0, 999'999)) * before < share * seeds;
    worth = worth || before == 0 || drawn;
  }
  return worth;
}

// True in the child. In the parent once the child has ended: one process at a time.
bool Futures::Enter(const Reseed& reseed, const Settings& settings) {
  int errors[2];
  if (pipe(errors) != 0) return false;
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) EndProcess();
    dup2(errors[1], STDERR_FILENO);
    for (const int fd : errors) close(fd);
    ++depth_;
    return true;
  }
  close(errors[1]);
  const std::string last_words = child < 0 ? "" : ReadLastWords(errors[0]);
  close(errors[0]);
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || status == 0) return false;
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNoResources) {
    SayLast(last_words + "\n");
    _exit(kNoResources);
  }
  Result result;
  result.reseeds = settings.reseeds;
  result.reseeds.push_back(reseed);
  result.violation = AssertionIn(last_words, status);
  report_(result);
  return false;
}

std::string ReadLastWords(int fd) {
  std::string text;
  char buffer[4096];
  for (ssize_t got; (got = read(fd, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<size_t>(got));
    if (text.size() > kLastWords) text.erase(0, text.size() - kLastWords);
  }
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

check::Violation AssertionIn(const std::string& last_words, int status) {
  const std::string how = WIFSIGNALED(status) ? Concat("signal ", WTERMSIG(status))
                                              : Concat("status ", WEXITSTATUS(status));
  return {"assertion", Concat(last_words, " (", how, ")")};
}

void EndProcess() {
  if (__gcov_dump != nullptr) __gcov_dump();
  _exit(0);
}

}  // namespace tidemark::simulation
