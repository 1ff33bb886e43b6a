// A cluster in virtual time: a discrete-event simulation of which the nodes are real processes.
//
// Nodes run with --clock=virtual and get time only by `advance` messages from "harness". The next
// event is the earliest of: the next delivery, any node's next deadline, the end of the span that
// the caller asked for. At one moment deliveries come first, in the order of sending, then
// deadlines in the order of names. After each event a barrier (`advance` by 0) says that the node
// has said everything. Everything that happens is a function of the options, the program and what
// the caller does.
#ifndef TIDEMARK_HARNESS_CLUSTER_VIRTUAL_WORLD_H_
#define TIDEMARK_HARNESS_CLUSTER_VIRTUAL_WORLD_H_

#include <string>
#include <string_view>
#include <vector>

#include "harness/cluster/world.h"

namespace tidemark::cluster {

class VirtualWorld final : public World {
 public:
  explicit VirtualWorld(WorldOptions options);

  absl::Status CloseStdin(const std::string& name) override;
  absl::Status Send(const std::string& name, std::string_view line) override;
  Time Now() const override { return now_; }
  bool follows_clock() const override { return follows_clock_; }

 private:
  absl::StatusOr<bool> Step(Time limit) override;
  std::vector<std::string> ClockArguments(const Node& node) const override;

  Time NextEvent() const;
  Time DeadlineOf(const Node& node) const;
  absl::Status AdvanceDueNode();
  // Brings the node's clock to now, then hands it `line` (null: nothing), and collects what it
  // says.
  absl::Status Deliver(Node& node, const std::string_view* line);
  absl::Status CollectUntilBarrier(Node& node);
  absl::StatusOr<bool> TakeLine(Node& node, std::string_view line);

  Time now_;
  bool follows_clock_ = false;
  std::string batch_;  // kept for its capacity
};

}  // namespace tidemark::cluster

#endif  // TIDEMARK_HARNESS_CLUSTER_VIRTUAL_WORLD_H_
