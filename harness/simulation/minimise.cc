#include "harness/simulation/minimise.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "harness/simulation/isolated.h"

namespace tidemark::simulation {
namespace {

class Minimiser {
 public:
  Minimiser(const Settings& settings, const Result& result, int max_runs)
      : best_{settings, result, 0}, max_runs_(max_runs) {}

  Minimised Run() {
    CutTime();
    Thin(&Settings::without_faults, best_.result.faults);
    Thin(&Settings::without_operations, best_.result.operations);
    Thin(&Settings::without_faults, best_.result.faults);
    CutTime();
    return best_;
  }

 private:
  bool Try(Settings settings) {
    if (best_.runs >= max_runs_) return false;
    ++best_.runs;
    absl::StatusOr<Result> result = RunIsolated(settings);
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
  void Thin(std::vector<bool> Settings::* without, size_t count) {
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
};

}  // namespace

Minimised Minimise(const Settings& settings, const Result& result, int max_runs) {
  return Minimiser(settings, result, max_runs).Run();
}

}  // namespace tidemark::simulation
