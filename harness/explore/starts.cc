#include "harness/explore/starts.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <iterator>
#include <memory>
#include <utility>
#include <variant>

#include "node/base/assert.h"

namespace tidemark::explore {
namespace {

using raft::Index;
using raft::Stamp;
using raft::Term;

// A cluster to which nothing unusual happens: all arrives, in order, and disks finish at once.
class Calm {
 public:
  Calm(const WorldOptions& options, const std::vector<Disk>& disks) {
    for (size_t n = 0; n < options.nodes; ++n) {
      nodes_.emplace_back(n, options, disks[n]);
      Do(n, [](Node* node, Departures* out) { node->Start(out); });
    }
  }

  template <typename What>
  void Do(size_t n, What what) {
    Departures out;
    what(&nodes_[n], &out);
    while (nodes_[n].pending_steps() > 0) nodes_[n].Sync(&out);
    for (raft::Message& message : out.messages) queue_.push_back(std::move(message));
  }

  void DeliverOne() {
    TM_ASSERT(!queue_.empty());
    const raft::Message message = std::move(queue_.front());
    queue_.pop_front();
    const bool asks = std::holds_alternative<raft::RequestVote>(message.body);
    for (size_t n = 0; n < nodes_.size(); ++n) {
      if (NameOf(n) != message.header.to.id) continue;
      Do(n, [&](Node* node, Departures* out) {
        asks ? node->DeliverAfterSilence(message, out) : node->Deliver(message, out);
      });
    }
  }

  void DeliverAll() {
    while (!queue_.empty()) DeliverOne();
  }

  // What is under way is lost.
  void LoseAll() { queue_.clear(); }

  // The node gets this disk, and restarts.
  void PutBack(size_t n, const WorldOptions& options, const Disk& disk) {
    const Lives lives = nodes_[n].lives().Restarted();
    std::vector<Node> nodes;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      if (i == n) {
        nodes.emplace_back(n, options, disk, lives);
      } else {
        nodes.push_back(nodes_[i]);
      }
    }
    nodes_.swap(nodes);
    Do(n, [](Node* node, Departures* out) { node->Start(out); });
  }

  const std::vector<Node>& nodes() const { return nodes_; }
  const std::deque<raft::Message>& queue() const { return queue_; }

 private:
  std::vector<Node> nodes_;
  std::deque<raft::Message> queue_;
};

Calm Bootstrapped(const WorldOptions& options) {
  Calm calm(options, std::vector<Disk>(options.nodes));
  calm.Do(0, [](Node* node, Departures* out) { node->Bootstrap(out); });
  calm.DeliverAll();
  TM_ASSERT(calm.nodes()[0].raft().leads());
  return calm;
}

std::vector<Disk> DisksOf(const Calm& calm) {
  std::vector<Disk> disks;
  for (const Node& node : calm.nodes()) disks.push_back(node.disk());
  return disks;
}

raft::EntryRef EntryOf(uint64_t term, uint64_t index) {
  return std::make_shared<const raft::Entry>(
      raft::Entry{{Term(term), Index(index)}, raft::TermStart{Stamp(static_cast<uint32_t>(term))}});
}

World Figure8(const WorldOptions& options, Universe* universe) {
  TM_ASSERT(options.nodes == 3);
  std::vector<Disk> disks = DisksOf(Bootstrapped(options));
  disks[0].log.push_back(EntryOf(2, 2));
  disks[2].log.push_back(EntryOf(3, 2));
  for (Disk& disk : disks) disk.hard_state = {Term(3), MemberOf(2)};
  disks[0].hard_state.voted_for = {};
  Calm calm(options, disks);
  calm.Do(0, [](Node* node, Departures* out) { node->TimeOut(out); });
  while (!calm.nodes()[0].raft().leads()) calm.DeliverOne();
  std::vector<raft::Message> under_way;
  for (const raft::Message& message : calm.queue()) {
    const bool append = std::holds_alternative<raft::AppendEntries>(message.body);
    if (append) under_way.push_back(message);
  }
  return universe->Begin(calm.nodes(), under_way);
}

World UnderWay(const Calm& calm, Universe* universe) {
  return universe->Begin(calm.nodes(), {calm.queue().begin(), calm.queue().end()});
}

// n1 leads, and one goes to each other: the first beat behind entries that were acknowledged is
// spared.
void SendHeartbeats(Calm* calm) {
  while (calm->queue().empty()) {
    calm->Do(0, [](Node* node, Departures* out) { node->Heartbeat(out); });
  }
}

World Heartbeats(const WorldOptions& options, Universe* universe) {
  Calm calm = Bootstrapped(options);
  SendHeartbeats(&calm);
  return UnderWay(calm, universe);
}

World RestartedLeader(const WorldOptions& options, Universe* universe) {
  Calm calm = Bootstrapped(options);
  SendHeartbeats(&calm);
  calm.PutBack(0, options, calm.nodes()[0].disk());
  return UnderWay(calm, universe);
}

World PutBack(const WorldOptions& options, Universe* universe) {
  Calm calm = Bootstrapped(options);
  const Disk before = calm.nodes()[0].disk();
  calm.Do(0, [](Node* node, Departures* out) { node->Stand(out); });
  // Everybody votes, before the first message of the new leader is looked at.
  for (size_t n = 1; n < options.nodes; ++n) calm.DeliverOne();
  for (size_t n = 1; n < options.nodes; ++n) calm.DeliverOne();
  TM_ASSERT(calm.nodes()[0].raft().leads());
  calm.LoseAll();
  SendHeartbeats(&calm);
  calm.PutBack(0, options, before);
  return UnderWay(calm, universe);
}

World Unbootstrapped(const WorldOptions& options, Universe* universe) {
  return universe->Begin(Calm(options, std::vector<Disk>(options.nodes)).nodes(), {});
}

World BootstrappedWorld(const WorldOptions& options, Universe* universe) {
  return universe->Begin(Bootstrapped(options).nodes(), {});
}

World Restarted(const WorldOptions& options, Universe* universe) {
  return universe->Begin(Calm(options, DisksOf(Bootstrapped(options))).nodes(), {});
}

struct Start {
  const char* name;
  World (*make)(const WorldOptions& options, Universe* universe);
};

constexpr Start kStarts[] = {
    {"bootstrapped", BootstrappedWorld},
    {"restarted", Restarted},
    {"figure8", Figure8},
    {"heartbeats", Heartbeats},
    {"restarted_leader", RestartedLeader},
    {"put_back", PutBack},
    {"unbootstrapped", Unbootstrapped},
};

}  // namespace

std::vector<std::string> StartNames() {
  std::vector<std::string> names;
  for (const Start& start : kStarts) names.emplace_back(start.name);
  return names;
}

World StartOf(Universe* universe) {
  const WorldOptions& options = universe->model().options();
  TM_ASSERT(options.nodes >= 1 && options.nodes <= kMostNodes);
  const auto* start = std::find_if(std::begin(kStarts), std::end(kStarts),
                                   [&](const Start& one) { return options.start == one.name; });
  TM_ASSERT(start != std::end(kStarts));
  return start->make(options, universe);
}

}  // namespace tidemark::explore
