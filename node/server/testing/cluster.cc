#include "node/server/testing/cluster.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/types/span.h"
#include "node/base/assert.h"

namespace tidemark::server::testing {

// What is written is done at once, but where the disk hangs.
class Cluster::NodePorts final : public host::Ports {
 public:
  NodePorts(Cluster* cluster, raft::NodeId id) : cluster_(cluster), id_(std::move(id)) {}

  void AfterStep(const Output& out) override {
    if (cluster_->on_output) cluster_->on_output(out);
  }
  void Tell(const raft::Notice& /*notice*/) override {}
  void Submit(Output* out) override {
    Node& node = cluster_->nodes_.at(id_);
    for (Input& news : node.disk.Perform(*out)) node.settled.push_back(std::move(news));
  }
  std::vector<Input> Settled() override {
    return std::exchange(cluster_->nodes_.at(id_).settled, {});
  }
  void Send(PeerMessage message) override { cluster_->Post(id_, std::move(message)); }
  void Answer(Reply reply) override { cluster_->NoteReply(reply); }

 private:
  Cluster* const cluster_;
  const raft::NodeId id_;
};

Cluster::Cluster(Setup setup) : setup_(std::move(setup)), random_(setup_.seed) {
  for (const raft::NodeId& id : setup_.node_ids) {
    nodes_[id].disk = Disk(raft::Incarnation(random_.NextIdentity()));
  }
  for (const raft::NodeId& id : setup_.node_ids) Start(id);
}

Cluster::~Cluster() = default;

void Cluster::Start(const raft::NodeId& id) {
  Node& node = nodes_[id];
  std::vector<raft::NodeId> ids = setup_.node_ids;
  std::sort(ids.begin(), ids.end());
  Birth birth;
  birth.identity = {{id, node.disk.incarnation()}, std::move(ids), {}};
  birth.identity.life = raft::Life(random_.NextIdentity());
  birth.seed = random_.Next();
  node.ports = std::make_unique<NodePorts>(this, id);
  node.host = std::make_unique<host::NodeHost>(setup_.options, birth, node.disk.Recover(), now_,
                                               node.ports.get());
  node.server = &node.host->server();
  Step(id, {});
}

void Cluster::Advance(int64_t ms) {
  const Time end = now_ + Duration::Millis(ms);
  while (NextEvent() <= end) RunEvent(NextEvent());
  now_ = end;
}

bool Cluster::AdvanceUntil(const std::function<bool()>& done, int64_t ms) {
  const Time end = now_ + Duration::Millis(ms);
  while (!done()) {
    if (NextEvent() > end) return false;
    RunEvent(NextEvent());
  }
  return true;
}

Time Cluster::NextEvent() const {
  Time next = network_.empty() ? Time::Never() : network_.begin()->first;
  for (const auto& [id, node] : nodes_) {
    if (node.server != nullptr) next = std::min(next, node.host->deadline());
  }
  return next;
}

void Cluster::RunEvent(Time at) {
  now_ = std::max(now_, at);
  if (!network_.empty() && network_.begin()->first <= now_) {
    Delivery delivery = std::move(network_.begin()->second);
    network_.erase(network_.begin());
    if (Cut(delivery.message.header.from.id, delivery.to)) return;
    return Give(delivery.to, std::move(delivery.message));
  }
  for (auto& [id, node] : nodes_) {
    if (node.server != nullptr && node.host->deadline() <= now_) return Give(id, DeadlinePassed{});
  }
}

int64_t Cluster::Send(const raft::NodeId& node, RequestBody body) {
  return Hand(node, {{"c1", next_msg_id_++, false}, std::move(body), {}});
}

int64_t Cluster::Send(const raft::NodeId& node, RequestBody body,
                      std::optional<kv::Session> token) {
  return Hand(node, {{"c1", next_msg_id_++, true}, std::move(body), token});
}

int64_t Cluster::Hand(const raft::NodeId& node, ClientRequest request) {
  const int64_t msg_id = request.from.msg_id;
  Give(node, std::move(request));
  return msg_id;
}

void Cluster::Partition(std::vector<std::vector<raft::NodeId>> groups) {
  group_.clear();
  for (size_t i = 0; i < groups.size(); ++i) {
    for (const raft::NodeId& id : groups[i]) group_[id] = i + 1;
  }
}

bool Cluster::Cut(const raft::NodeId& a, const raft::NodeId& b) const {
  const auto group = [this](const raft::NodeId& id) {
    auto it = group_.find(id);
    return it == group_.end() ? size_t{0} : it->second;
  };
  return !group_.empty() && group(a) != group(b);
}

void Cluster::Kill(const raft::NodeId& node) {
  Node& killed = nodes_.at(node);
  killed.server = nullptr;
  killed.host.reset();
  killed.settled.clear();
  killed.disk.Crash();
}

void Cluster::Resume(const raft::NodeId& node) {
  std::vector<Input> news = nodes_.at(node).disk.Resume();
  if (!news.empty()) Step(node, std::move(news));
}

void Cluster::Restart(const raft::NodeId& id, bool wipe) {
  Kill(id);
  if (wipe) nodes_[id].disk = Disk(raft::Incarnation(random_.NextIdentity()));
  Start(id);
}

Cluster::Copy Cluster::CopyDisks() const {
  Copy copy;
  for (const auto& [id, node] : nodes_) copy.disks.emplace(id, node.disk);
  return copy;
}

void Cluster::RestoreDisks(const Copy& copy) {
  for (const auto& [id, disk] : copy.disks) Kill(id);
  network_.clear();
  for (const auto& [id, disk] : copy.disks) nodes_[id].disk = disk;
  for (const auto& [id, disk] : copy.disks) Start(id);
}

bool Cluster::AwaitAnswer(int64_t msg_id, int64_t ms) {
  return AdvanceUntil([&] { return Answer(msg_id) != nullptr; }, ms);
}

ReplyBody Cluster::Ask(const raft::NodeId& node, RequestBody body, int64_t ms) {
  const int64_t msg_id = Send(node, std::move(body));
  if (AwaitAnswer(msg_id, ms)) return *Answer(msg_id);
  return Error{.code = ErrorCode::kUnavailable, .text = "the test gave up waiting"};
}

Reply Cluster::AskInSession(const raft::NodeId& node, RequestBody body,
                            std::optional<kv::Session> token) {
  const int64_t msg_id = Send(node, std::move(body), token);
  TM_ASSERT(AwaitAnswer(msg_id, 30'000));
  return *WholeAnswer(msg_id);
}

ReplyBody Cluster::Write(const raft::NodeId& node, const std::string& key,
                         const std::string& value) {
  return Ask(node, WriteRequest{kv::Write{key, value}});
}

ReplyBody Cluster::Read(const raft::NodeId& node, const std::string& key) {
  return Ask(node, ReadRequest{key});
}

ReplyBody Cluster::RywRead(const raft::NodeId& node, const std::string& key,
                           uint64_t last_write_index, bool prefer_follower) {
  return Ask(node, RywReadRequest{key, raft::Index(last_write_index), prefer_follower, {}});
}

const ReplyBody* Cluster::Answer(int64_t msg_id) const {
  auto it = answers_.find(msg_id);
  return it == answers_.end() ? nullptr : &it->second.body;
}

const Reply* Cluster::WholeAnswer(int64_t msg_id) const {
  auto it = answers_.find(msg_id);
  return it == answers_.end() ? nullptr : &it->second;
}

raft::NodeId Cluster::leader() const {
  raft::NodeId best;
  raft::Term term;
  for (const auto& [id, node] : nodes_) {
    if (node.server == nullptr || !node.server->raft().leads()) continue;
    if (node.server->raft().term() > term) best = id;
    term = std::max(term, node.server->raft().term());
  }
  return best;
}

raft::NodeId Cluster::follower() const {
  for (const auto& [id, node] : nodes_) {
    if (node.server != nullptr && !node.server->raft().leads()) return id;
  }
  return "";
}

void Cluster::Give(const raft::NodeId& id, Input input) {
  if (nodes_.at(id).server == nullptr) return;
  std::vector<Input> inputs;
  inputs.push_back(std::move(input));
  Step(id, std::move(inputs));
}

void Cluster::Step(const raft::NodeId& id, std::vector<Input> inputs) {
  nodes_[id].host->Step(now_, absl::MakeSpan(inputs));
}

void Cluster::NoteReply(const Reply& reply) {
  answers_[reply.to.msg_id] = reply;
  if (on_reply) on_reply(reply.to.msg_id, reply.body);
}

void Cluster::Post(const raft::NodeId& from, PeerMessage message) {
  TM_ASSERT(message.header.from.id == from);
  ++messages_sent_;
  if (on_send) on_send(message);
  if (lose && lose(message)) return;
  const raft::NodeId to = message.header.to.id;
  const auto slow = slow_.find({from, to});
  const Duration delay{setup_.delay.us + (slow == slow_.end() ? 0 : slow->second.us)};
  if (route) {
    for (const Duration extra : route(message)) {
      network_.emplace(now_ + delay + extra, Delivery{to, message});
    }
    return;
  }
  if (!setup_.fate) {
    network_.emplace(now_ + delay, Delivery{to, std::move(message)});
    return;
  }
  for (const Duration extra : setup_.fate(&random_)) {
    network_.emplace(now_ + delay + extra, Delivery{to, message});
  }
}

}  // namespace tidemark::server::testing
