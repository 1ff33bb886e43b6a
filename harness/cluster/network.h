// The network between the nodes: delays, partitions, losses. It holds messages and knows no clock
// and no process, so that a virtual world and a real one drive the same object.
//
// - Each directed link is first in, first out, whatever happens to its delay meanwhile.
// - A message is lost if its link is cut when it is sent, or cut when it would arrive. What is in
//   flight when a partition begins and would arrive after it has healed does arrive.
#ifndef TIDEMARK_HARNESS_CLUSTER_NETWORK_H_
#define TIDEMARK_HARNESS_CLUSTER_NETWORK_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "node/base/time.h"

namespace tidemark::cluster {

class Network {
 public:
  struct Delivery {
    std::string from;
    std::string to;
    std::string line;
  };

  explicit Network(Duration delay) : delay_(delay) {}

  // For messages sent from now on: on every link (forgetting what was said of single ones), or on
  // one.
  void SetDelay(Duration delay);
  void SetDelay(const std::string& from, const std::string& to, Duration delay);

  // Only members of one group reach each other. Names in no group form one more group together, so
  // that {{"n1"}} cuts n1 off from all others. Replaces an earlier partition.
  void Partition(const std::vector<std::vector<std::string>>& groups);
  // Loses everything in this one direction.
  void Drop(const std::string& from, const std::string& to);
  // Ends partitions and drops; delays stay.
  void Heal();

  void Send(std::string_view from, std::string_view to, std::string_view line, Time now);

  // When the next message is due; Never: nothing is in flight.
  Time NextDelivery() const;
  // Takes the next message that is due by `now` and is not lost: by time, then in the order of
  // sending.
  std::optional<Delivery> TakeDue(Time now);

 private:
  using Link = std::pair<std::string, std::string>;  // from, to

  bool IsCut(const Link& link) const;
  size_t GroupOf(const std::string& name) const;
  Duration DelayOf(const Link& link) const;

  Duration delay_;
  std::map<Link, Duration> link_delays_;
  std::map<std::string, size_t> groups_;  // empty: no partition
  std::set<Link> dropped_;
  std::map<Link, Time> last_arrival_;
  uint64_t sent_ = 0;
  std::map<std::pair<Time, uint64_t>, Delivery> in_flight_;
};

}  // namespace tidemark::cluster

#endif  // TIDEMARK_HARNESS_CLUSTER_NETWORK_H_
