#include "harness/explore/node.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>
#include <variant>

#include "node/base/assert.h"
#include "node/base/concat.h"

namespace tidemark::explore {
namespace {

class Write final : public raft::Command {
 public:
  explicit Write(uint64_t number) : number_(number) {}
  uint64_t number() const { return number_; }
  size_t SizeBytes() const override { return 8; }
  bool Same(const raft::Command& other) const override {
    return static_cast<const Write&>(other).number_ == number_;
  }

 private:
  uint64_t number_;
};

raft::Options RaftOptions(const WorldOptions& options) {
  raft::Options out;
  out.max_entries_per_message = options.entries_per_message;
  return out;
}

uint64_t SeedOf(size_t number, Lives lives) {
  return number + 1 + 16 * (lives.restarts + 16 * lives.wipes);
}

raft::Identity IdentityOf(size_t number, Lives lives, size_t nodes, const raft::Rebirth& rebirth) {
  raft::Identity identity{MemberOf(number, lives.wipes), {}, raft::Life(SeedOf(number, lives))};
  if (rebirth.incarnation) identity.self.incarnation = rebirth.incarnation;
  for (size_t i = 0; i < nodes; ++i) identity.node_ids.push_back(NameOf(i));
  return identity;
}

template <typename T>
void MoveAppend(std::vector<T>* from, std::vector<T>* to) {
  to->insert(to->end(), std::make_move_iterator(from->begin()),
             std::make_move_iterator(from->end()));
  from->clear();
}

}  // namespace

raft::NodeId NameOf(size_t node) { return Concat("n", node + 1); }
raft::Member MemberOf(size_t node) { return MemberOf(node, 0); }
raft::Member MemberOf(size_t node, size_t wipes) {
  return {NameOf(node), raft::Incarnation(11 * (node + 1) + 100 * wipes)};
}
uint64_t DigestOf(const raft::Command& command) {
  return static_cast<const Write&>(command).number();
}

Node::Node(size_t number, const WorldOptions& options, Disk disk, Lives lives)
    : number_(number),
      lives_(lives),
      disk_kind_(options.disk),
      options_(RaftOptions(options)),
      random_(SeedOf(number, lives)),
      raft_(IdentityOf(number, lives, options.nodes, disk.rebirth), options_,
            raft::Restored{disk.hard_state, {}, {}, disk.log}, &random_, now_),
      disk_(std::move(disk)) {}

Node::Node(const Node& other)
    : number_(other.number_),
      lives_(other.lives_),
      disk_kind_(other.disk_kind_),
      options_(other.options_),
      random_(other.random_),
      now_(other.now_),
      raft_(other.raft_, &random_),
      disk_(other.disk_),
      pending_(other.pending_) {}

void Node::Reseed() { random_ = Random(SeedOf(number_, lives_)); }

void Node::Bootstrap(Departures* out) {
  Reseed();
  raft_.Bootstrap(now_);
  Finish(out);
}

void Node::Deliver(const raft::Message& message, Departures* out) {
  Reseed();
  if (raft_.Admit(now_, message.header, &message.body) == raft::Admission::kTaken) {
    raft_.Receive(now_, message.header, message.body);
  }
  Finish(out);
}

void Node::DeliverAfterSilence(const raft::Message& message, Departures* out) {
  now_ = now_ + options_.election_timeout_min;
  Deliver(message, out);
}

void Node::DeliverTooLate(const raft::Message& message, Departures* out) {
  now_ = now_ + options_.election_timeout_max;
  Deliver(message, out);
  raft_.PassDeadlines(now_);
  Finish(out);
}

void Node::TimeOut(Departures* out) {
  Reseed();
  now_ = raft_.leads() ? now_ + options_.election_timeout_max : std::max(now_, raft_.deadline());
  raft_.PassDeadlines(now_);
  Finish(out);
}

void Node::Stand(Departures* out) {
  if (raft_.leads()) TimeOut(out);
  Departures asked;
  TimeOut(&asked);
  for (const raft::Message& message : asked.messages) GrantPreVote(message);
  Finish(out);
}

// To this node, in the name of whom it has asked.
void Node::GrantPreVote(const raft::Message& request) {
  const auto* asked = std::get_if<raft::RequestVote>(&request.body);
  const bool stands = raft_.role() == raft::Raft::Role::kCandidate;
  if (!stands || asked == nullptr || asked->ballot != raft::Ballot::kPreVote) return;
  const raft::Header header{request.header.to, request.header.from, request.header.cluster};
  const raft::Body vote = raft::Vote{raft_.term(), asked->ballot, asked->term, true};
  if (raft_.Admit(now_, header, &vote) != raft::Admission::kTaken) return;
  raft_.Receive(now_, header, vote);
}

void Node::Heartbeat(Departures* out) {
  Reseed();
  now_ = std::max(now_, raft_.deadline());
  raft_.PassDeadlines(now_);
  Finish(out);
}

void Node::Propose(uint64_t number, Departures* out) {
  Reseed();
  raft_.Propose(std::make_shared<const Write>(number));
  Finish(out);
}

void Node::Read(Departures* out) {
  Reseed();
  raft_.StartRead(now_);
  Finish(out);
}

void Node::Sync(Departures* out) {
  TM_ASSERT(!pending_.empty());
  Reseed();
  Pending step = std::move(pending_.front());
  pending_.erase(pending_.begin());
  for (const Record& record : step.records) disk_.Write(record);
  if (disk_kind_ == DiskKind::kAnswersTooSoon) return;
  Depart(&step.promises, out);
  raft_.Persisted(now_, raft_.persisted_sequence() + 1);
  Finish(out);
}

Disk Node::AfterCrash(size_t surviving) const {
  Disk disk = disk_;
  for (const Pending& step : pending_) {
    for (const Record& record : step.records) {
      if (surviving-- == 0) {
        disk.Crash(disk_kind_);
        return disk;
      }
      disk.Write(record);
    }
  }
  disk.Crash(disk_kind_);
  return disk;
}

size_t Node::pending_records() const {
  size_t count = 0;
  for (const Pending& step : pending_) count += step.records.size();
  return count;
}

uint64_t Node::Fingerprint() const {
  raft::Digest digest(DigestOf);
  digest.Add(raft_.Fingerprint(now_, DigestOf)).Add(disk_.rebirth).Add(disk_.hard_state);
  digest.Add(disk_.log);
  digest.Add(uint64_t{lives_.restarts}).Add(uint64_t{lives_.wipes});
  digest.Add(uint64_t{pending_.size()});
  for (const Pending& step : pending_) {
    digest.Add(uint64_t{step.records.size()}).Add(step.promises);
    for (const Record& record : step.records) {
      digest.Add(uint64_t{record.index()});
      std::visit([&digest](const auto& one) { digest.Add(one); }, record);
    }
  }
  return digest.value();
}

void Node::Finish(Departures* out) {
  for (bool more = true; more;) {
    raft::Ready ready;
    raft_.Take(raft_.persisted_sequence() + pending_.size() + 1, &ready);
    more = !ready.empty();
    Hold(std::move(ready), out);
  }
}

void Node::Hold(raft::Ready ready, Departures* out) {
  Depart(&ready.send_now, out);
  for (const raft::ConfirmedRead& read : ready.confirmed_reads) {
    out->confirmed_reads.push_back(read.read_index);
  }
  if (!ready.records.empty()) pending_.push_back({std::move(ready.records), {}});
  const bool at_once = pending_.empty() || disk_kind_ == DiskKind::kAnswersTooSoon;
  if (at_once) {
    Depart(&ready.send_durable, out);
  } else {
    MoveAppend(&ready.send_durable, &pending_.back().promises);
  }
  if (disk_kind_ == DiskKind::kAnswersTooSoon && !pending_.empty()) {
    raft_.Persisted(now_, raft_.persisted_sequence() + pending_.size());
  }
}

void Node::Depart(std::vector<raft::Message>* messages, Departures* out) {
  if (disk_kind_ == DiskKind::kHonest) {
    for (const raft::Message& message : *messages) {
      if (!out->broken_promise) out->broken_promise = BrokenPromise(message, disk_);
    }
  }
  MoveAppend(messages, &out->messages);
}

}  // namespace tidemark::explore
