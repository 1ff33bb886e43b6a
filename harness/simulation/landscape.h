// What the runs of a campaign have reached together, and what none has.
#ifndef TIDEMARK_HARNESS_SIMULATION_LANDSCAPE_H_
#define TIDEMARK_HARNESS_SIMULATION_LANDSCAPE_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "harness/simulation/reached.h"
#include "harness/simulation/settings.h"

namespace tidemark::simulation {

class Landscape {
 public:
  // A seed's run has ended, or (`is_future`) one of its futures.
  void Take(const Reached& reached, bool is_future);

  // "57 of 60 landmarks reached", which were not, how often each was.
  std::string DescribeLandmarks() const;
  // Which rows, errors and reasons were not reached, of those that can be; how many expected steps
  // were not, and (`each`) which.
  std::string DescribeRest(bool each) const;
  // One line of JSON: each landmark with how many runs reached it and the seed at which the first
  // did, and the names of all else that was not reached.
  std::string Json() const;
  // Errors: Internal, if the file cannot be written.
  absl::Status WriteJson(const std::string& path) const;
  std::vector<std::string> MissingLandmarks() const;

 private:
  struct Count {
    uint64_t runs = 0;
    uint64_t first_seed = 0;  // how many seeds had begun
  };

  std::array<Count, kMostLandmarks> counts_{};
  Reached reached_;
  uint64_t seeds_ = 0;
  uint64_t futures_ = 0;
};

// Whether campaigns under `settings` are asked to reach every landmark: the default mix, and enough
// of it.
bool MustReachAll(const Settings& settings, uint64_t seeds);

// Whether a message of this kind and term may itself make this of a node in this role. All else is
// no doing of that message: it was refused at the door, or a deadline passed in the same step.
bool IsExpected(const StepPlace& place);
// Whether only what stands before the simulated node tells it to clients.
bool IsToldByFrontEnd(size_t told);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_LANDSCAPE_H_
