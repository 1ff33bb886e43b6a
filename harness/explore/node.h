// One node of an explored cluster: the core itself, its disk, and what waits between the two. A
// value: a search copies it and lets each copy live a future of its own.
#ifndef TIDEMARK_HARNESS_EXPLORE_NODE_H_
#define TIDEMARK_HARNESS_EXPLORE_NODE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/explore/disk.h"
#include "harness/explore/options.h"
#include "node/base/random.h"
#include "node/base/time.h"
#include "node/raft/raft.h"

namespace tidemark::explore {

// "n1" for 0.
raft::NodeId NameOf(size_t node);
raft::Member MemberOf(size_t node);
// After so many losses of all that it had.
raft::Member MemberOf(size_t node, size_t wipes);
uint64_t DigestOf(const raft::Command& command);

// What leaves a node in one step.
struct Departures {
  std::vector<raft::Message> messages;
  std::vector<raft::Index> confirmed_reads;
  std::optional<std::string> broken_promise;
};

// How often a node has been started anew. A start draws other chance than the one before it.
struct Lives {
  uint8_t restarts = 0;
  uint8_t wipes = 0;

  Lives Restarted() const { return {static_cast<uint8_t>(restarts + 1), wipes}; }
  Lives Wiped() const { return {restarts, static_cast<uint8_t>(wipes + 1)}; }
};

class Node {
 public:
  // With what `disk` has; Start comes first.
  Node(size_t number, const WorldOptions& options, Disk disk, Lives lives = {});
  Node(const Node& other);
  Node& operator=(const Node&) = delete;

  // --- What happens. Each is one step of the node; what leaves is added to `out` ----------------

  void Start(Departures* out) { Finish(out); }
  void Bootstrap(Departures* out);
  void Deliver(const raft::Message& message, Departures* out);
  // As above, after so long a silence of its leader that the node would vote for another.
  void DeliverAfterSilence(const raft::Message& message, Departures* out);
  // An answer to what a leader said an election time-out ago, just before it looks whether anybody
  // has followed it since. Requires raft().leads().
  void DeliverTooLate(const raft::Message& message, Departures* out);
  // Requires has_deadline(). A leader that hears nothing from a majority steps down.
  void TimeOut(Departures* out);
  // Times out, a leader twice, and is granted every pre-vote at once: they promise nothing, so no
  // rule hangs on who has granted them.
  void Stand(Departures* out);
  // The next two require raft().leads().
  void Heartbeat(Departures* out);
  void Propose(uint64_t number, Departures* out);
  void Read(Departures* out);
  // The disk finishes the oldest step that is not yet on it; requires pending_steps().
  void Sync(Departures* out);
  // What a crash leaves, of the records that wait for the disk the first `surviving`.
  Disk AfterCrash(size_t surviving) const;

  // --- What is so -------------------------------------------------------------------------------

  size_t number() const { return number_; }
  Lives lives() const { return lives_; }
  const raft::Raft& raft() const { return raft_; }
  const Disk& disk() const { return disk_; }
  size_t pending_steps() const { return pending_.size(); }
  size_t pending_records() const;
  bool has_deadline() const { return raft_.deadline() != Time::Never(); }
  bool Loyal() const { return raft_.Loyal(now_); }
  // Equal for nodes that behave alike from now on.
  uint64_t Fingerprint() const;

 private:
  // A step that is not on disk yet, and what may leave once it is.
  struct Pending {
    std::vector<Record> records;
    std::vector<raft::Message> promises;
  };

  // Chance begins anew with each step: what a node draws depends on nothing but
  // its name and its life.
  void Reseed();
  // What the owner of a core does after it has told it something.
  void Finish(Departures* out);
  void GrantPreVote(const raft::Message& request);
  void Hold(raft::Ready ready, Departures* out);
  void Depart(std::vector<raft::Message>* messages, Departures* out);

  size_t number_;
  Lives lives_;
  DiskKind disk_kind_;
  raft::Options options_;
  Random random_;
  Time now_;  // its own clock: it only moves where a step says so
  raft::Raft raft_;
  Disk disk_;
  std::vector<Pending> pending_;
};

}  // namespace tidemark::explore

#endif  // TIDEMARK_HARNESS_EXPLORE_NODE_H_
