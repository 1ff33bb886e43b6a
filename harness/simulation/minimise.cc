#include "harness/simulation/minimise.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "harness/simulation/ranges.h"

namespace tidemark::simulation {
namespace {

class Minimiser {
 public:
  using Runner = std::function<absl::StatusOr<Result>(const Settings&)>;

  Minimiser(const Settings& settings, const Result& result, int max_runs, const Runner& run)
      : best_{settings, result, 0}, max_runs_(max_runs), run_(run) {}

  Minimised Run() {
    CutTime();
    // With less going on a run may fail later, among operations that it had not come to before.
    for (int runs = -1; runs != best_.runs && best_.runs < max_runs_;) {
      runs = best_.runs;
      const size_t before = Size();
      Thin(&Settings::without_faults, best_.result.faults);
      Thin(&Settings::without_operations, best_.result.operations);
      CutTime();
      if (Size() >= before) break;
    }
    return best_;
  }

 private:
  // How much there is of it.
  size_t Size() const {
    return CountLeft(best_.result.faults, best_.settings.without_faults) +
           CountLeft(best_.result.operations, best_.settings.without_operations);
  }

  bool Try(Settings settings) {
    if (best_.runs >= max_runs_) return false;
    ++best_.runs;
    absl::StatusOr<Result> result = run_(settings);
    const bool same = result.ok() && result->violation &&
                      result->violation->check == best_.result.violation->check;
    if (!same) return false;
    best_.settings = std::move(settings);
    best_.result = *std::move(result);
    return true;
  }

  // Nothing behind the failure has caused it; a failure of liveness comes after the faults.
  void CutTime() {
    for (int64_t seconds = 1; seconds < best_.settings.sim_seconds; seconds *= 2) {
      Settings shorter = best_.settings;
      shorter.sim_seconds = seconds;
      if (Try(std::move(shorter))) return;
    }
  }

  // Tries to do without chunks of what is still there: halves, quarters, … single ones.
  void Thin(std::vector<bool> Settings::*without, size_t count) {
    (best_.settings.*without).resize(std::max(count, (best_.settings.*without).size()));
    for (size_t chunk = count / 2; chunk > 0; chunk /= 2) {
      for (size_t from = 0; from < count; from += chunk) {
        Settings thinner = best_.settings;
        std::vector<bool>& left_out = thinner.*without;
        const auto begin = left_out.begin() + static_cast<std::ptrdiff_t>(from);
        const auto end =
            left_out.begin() + static_cast<std::ptrdiff_t>(std::min(from + chunk, count));
        if (std::find(begin, end, false) == end) continue;
        std::fill(begin, end, true);
        if (best_.runs >= max_runs_) return;
        Try(std::move(thinner));
      }
    }
  }

  Minimised best_;
  const int max_runs_;
  const Runner& run_;
};

}  // namespace

Minimised Minimise(const Settings& settings, const Result& result, int max_runs,
                   const std::function<absl::StatusOr<Result>(const Settings&)>& run) {
  return Minimiser(settings, result, max_runs, run).Run();
}

}  // namespace tidemark::simulation
