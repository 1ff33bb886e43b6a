// A cluster in real time: the steady clock and poll().
#ifndef TIDEMARK_HARNESS_CLUSTER_REAL_WORLD_H_
#define TIDEMARK_HARNESS_CLUSTER_REAL_WORLD_H_

#include <string>
#include <string_view>
#include <vector>

#include "harness/cluster/world.h"

namespace tidemark::cluster {

// Nodes get no argument but the command's, those of Start, and --data-dir where there is one: any
// Maelstrom node will do. Nothing moves except inside Poll and Pass (and Init): call them often.
class RealWorld final : public World {
 public:
  explicit RealWorld(WorldOptions options);

  absl::Status CloseStdin(const std::string& name) override;
  absl::Status Send(const std::string& name, std::string_view line) override;
  Time Now() const override;

  // SIGSTOP and SIGCONT: a node that is alive and silent. Errors: FailedPrecondition if it does not
  // run.
  absl::Status Pause(const std::string& name);
  absl::Status Resume(const std::string& name);

  // For a caller that waits for other things as well (a terminal): poll these, then Poll(0).
  // Wake up no later than NextDelivery().
  void AddTo(std::vector<pollfd>* fds) const;
  Time NextDelivery() const { return network_.NextDelivery(); }

 private:
  absl::StatusOr<bool> Step(Time limit) override;
  std::vector<std::string> ClockArguments(const Node& node) const override;

  void DeliverDue();
  void WaitForIo(Time limit);
  void Collect(Node& node);

  const Time epoch_;
};

}  // namespace tidemark::cluster

#endif  // TIDEMARK_HARNESS_CLUSTER_REAL_WORLD_H_
