// A whole cluster in one thread, under one seed and a clock that only a test moves: for tests that
// speak of elections, partitions and crashes.
#ifndef TIDEMARK_NODE_SERVER_TESTING_CLUSTER_H_
#define TIDEMARK_NODE_SERVER_TESTING_CLUSTER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "node/base/random.h"
#include "node/base/time.h"
#include "node/host/node_host.h"
#include "node/server/io.h"
#include "node/server/options.h"
#include "node/server/server.h"
#include "node/server/testing/disk.h"

namespace tidemark::server::testing {

class Cluster {
 public:
  struct Setup {
    std::vector<raft::NodeId> node_ids = {"n1", "n2", "n3"};
    uint64_t seed = 1;
    Duration delay = Duration::Millis(1);
    Options options;
    // What becomes of a message: how often it arrives and how much later than `delay`; the default
    // is once and at once.
    std::function<std::vector<Duration>(Random*)> fate;
  };
  // What all nodes have on disk.
  struct Copy;

  explicit Cluster(Setup setup);
  ~Cluster();

  // --- What a test does -------------------------------------------------------------------------

  void Advance(int64_t ms);
  // Runs until `done`, at most `ms`; whether it came true.
  bool AdvanceUntil(const std::function<bool()>& done, int64_t ms = 30'000);
  // Hands in a request at once; its msg_id names it.
  int64_t Send(const raft::NodeId& node, RequestBody body);
  // In a session: one that has seen `token`, or nothing yet.
  int64_t Send(const raft::NodeId& node, RequestBody body, std::optional<kv::Session> token);
  void Partition(std::vector<std::vector<raft::NodeId>> groups);
  void Heal() { group_.clear(); }
  // What the two send each other takes so much longer than the rest.
  void Slow(const raft::NodeId& a, const raft::NodeId& b, Duration extra) {
    slow_[{a, b}] = slow_[{b, a}] = extra;
  }
  void Kill(const raft::NodeId& node);
  // Its disk acknowledges nothing until Resume, or what it had not acknowledged is lost in a Kill.
  void Hang(const raft::NodeId& node) { disk(node).hangs = true; }
  void Resume(const raft::NodeId& node);
  // With what it had made durable, or (`wipe`) with nothing, as a new incarnation.
  void Restart(const raft::NodeId& id, bool wipe = false);
  // All at once: kill everybody, and start again with what was on disk when the copy was made.
  Copy CopyDisks() const;
  void RestoreDisks(const Copy& copy);
  void Deliver(const raft::NodeId& node, PeerMessage message) { Give(node, std::move(message)); }
  // All of it in one step.
  void DeliverTogether(const raft::NodeId& node, std::vector<Input> inputs) {
    Step(node, std::move(inputs));
  }

  // The client's verbs: send, run until the answer has come, return it.
  ReplyBody Ask(const raft::NodeId& node, RequestBody body, int64_t ms = 30'000);
  Reply AskInSession(const raft::NodeId& node, RequestBody body,
                     std::optional<kv::Session> token = {});
  ReplyBody Write(const raft::NodeId& node, const std::string& key, const std::string& value);
  ReplyBody Read(const raft::NodeId& node, const std::string& key);
  ReplyBody RywRead(const raft::NodeId& node, const std::string& key, uint64_t last_write_index,
                    bool prefer_follower = true);

  // --- What a test sees -------------------------------------------------------------------------

  int64_t now_ms() const { return now_.us / 1000; }
  // The answer to a request, if it has come.
  const ReplyBody* Answer(int64_t msg_id) const;
  const Reply* WholeAnswer(int64_t msg_id) const;
  const Server& node(const raft::NodeId& id) const { return *nodes_.at(id).server; }
  // What it has on disk. Changed while the node is down, or it is not told.
  Disk& disk(const raft::NodeId& id) { return nodes_.at(id).disk; }
  bool alive(const raft::NodeId& id) const { return nodes_.at(id).server != nullptr; }
  // The one that leads in the highest term; empty: none.
  raft::NodeId leader() const;
  // A node that does not lead.
  raft::NodeId follower() const;
  int64_t messages_sent() const { return messages_sent_; }
  Random& random() { return random_; }
  // Called for every reply and for every message before it is sent.
  std::function<void(int64_t msg_id, const ReplyBody&)> on_reply;
  std::function<void(const PeerMessage&)> on_send;
  // Called for what each step says, before it is carried out.
  std::function<void(const Output&)> on_output;
  // Instead of Setup::fate, for a test that looks at the message: how often it arrives (not at all:
  // lost, or kept for Deliver) and how much later than Setup::delay.
  std::function<std::vector<Duration>(const PeerMessage&)> route;
  // Messages for which it is true never arrive.
  std::function<bool(const PeerMessage&)> lose;

 private:
  class NodePorts;
  struct Node {
    std::unique_ptr<host::Ports> ports;
    std::unique_ptr<host::NodeHost> host;
    const Server* server = nullptr;  // host's
    Disk disk{raft::Incarnation()};
    std::vector<Input> settled;  // what its disk has done
  };
  struct Delivery {
    raft::NodeId to;
    PeerMessage message;
  };

  void Start(const raft::NodeId& id);
  void Give(const raft::NodeId& id, Input input);
  void Step(const raft::NodeId& id, std::vector<Input> inputs);
  void NoteReply(const Reply& reply);
  void Post(const raft::NodeId& from, PeerMessage message);
  bool Cut(const raft::NodeId& a, const raft::NodeId& b) const;
  Time NextEvent() const;
  void RunEvent(Time at);

  int64_t Hand(const raft::NodeId& node, ClientRequest request);
  bool AwaitAnswer(int64_t msg_id, int64_t ms);

  const Setup setup_;
  Random random_;
  Time now_;
  std::map<raft::NodeId, Node> nodes_;
  std::multimap<Time, Delivery> network_;
  std::map<raft::NodeId, size_t> group_;  // empty: all are together
  std::map<std::pair<raft::NodeId, raft::NodeId>, Duration> slow_;
  std::map<int64_t, Reply> answers_;
  int64_t next_msg_id_ = 1;
  int64_t messages_sent_ = 0;
};

struct Cluster::Copy {
  std::map<raft::NodeId, Disk> disks;
};

}  // namespace tidemark::server::testing

#endif  // TIDEMARK_NODE_SERVER_TESTING_CLUSTER_H_
