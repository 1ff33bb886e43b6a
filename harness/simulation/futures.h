// Where a run reaches a landmark that few have reached, it goes on in more than one future: the
// process forks, and each child lets chance take another course from that moment on.
#ifndef TIDEMARK_HARNESS_SIMULATION_FUTURES_H_
#define TIDEMARK_HARNESS_SIMULATION_FUTURES_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "harness/simulation/reached.h"
#include "harness/simulation/settings.h"
#include "harness/simulation/simulation.h"

namespace tidemark::simulation {

// How often the runs of a campaign have reached each landmark, in memory that its processes share.
class SharedTally {
 public:
  SharedTally();
  ~SharedTally();
  SharedTally(const SharedTally&) = delete;
  SharedTally& operator=(const SharedTally&) = delete;

  // A seed begins.
  void CountSeed();
  // Returns how many runs had reached the landmark before this one.
  uint64_t Count(size_t landmark);
  uint64_t seeds() const;

 private:
  struct Counts;
  Counts* counts_;
};

class Futures final : public Crossroads {
 public:
  // At each landmark that is worth it, `each` futures. `report` is given what came of one that
  // ended by a signal or an assertion; the others go on in their own process, until whoever called
  // Simulation::Run sees in_future() there, and ends it. `tally` outlives this object.
  Futures(int each, SharedTally* tally, std::function<void(const Result&)> report)
      : each_(each), tally_(tally), report_(std::move(report)) {}

  std::optional<uint64_t> At(const Settings& settings, int64_t now_us,
                             const LandmarkSet& landmarks) override;
  bool in_future() const { return depth_ > 0; }

 private:
  bool Worth(const LandmarkSet& landmarks, const Settings& settings, int64_t now_us) const;
  bool Enter(const Reseed& reseed, const Settings& settings);

  const int each_;
  SharedTally* const tally_;
  const std::function<void(const Result&)> report_;
  int depth_ = 0;
};

// The last of what was written to `fd`, until its other end is closed.
std::string ReadLastWords(int fd);
// "words (signal 6)", of a process that ended with `status`.
check::Violation AssertionIn(const std::string& last_words, int status);

// Ends this process at once, but writes down first what an instrumented build has counted.
[[noreturn]] void EndProcess();

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_FUTURES_H_
