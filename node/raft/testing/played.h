// One real node, n1 of n1, n2 and n3, whose peers a test plays message by message.
#ifndef TIDEMARK_NODE_RAFT_TESTING_PLAYED_H_
#define TIDEMARK_NODE_RAFT_TESTING_PLAYED_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "node/base/assert.h"
#include "node/base/random.h"
#include "node/raft/raft.h"

namespace tidemark::raft {

inline constexpr ClusterId kCluster(0xabc);
inline const Member kN1{"n1", Incarnation(11)};
inline const Member kN2{"n2", Incarnation(22)};
inline const Member kN3{"n3", Incarnation(33)};

// Of n1's start.
inline constexpr Life kLife(0x1fe);

inline EntryRef Bootstrap() {
  ConfigurationEntry entry{{kCluster, {kN1, kN2, kN3}}, Stamp(1)};
  return std::make_shared<const Entry>(Entry{{Term(1), Index(1)}, entry});
}
inline EntryRef Noop(uint64_t term, uint64_t index) {
  return std::make_shared<const Entry>(
      Entry{{Term(term), Index(index)}, TermStart{Stamp(static_cast<uint32_t>(term))}});
}
// What a peer answers, in `term`, to what n1 sent in that term and in `round`.
template <typename Result>
AppendReply Replied(Term term, uint64_t round, Result result) {
  return {term, {kLife, term, round}, result};
}
inline LogPosition At(uint64_t term, uint64_t index) { return {Term(term), Index(index)}; }
// What a leader says in its first round.
inline AppendEntries Append(uint64_t term, LogPosition prev, std::vector<EntryRef> entries,
                            uint64_t commit = 0) {
  return {Term(term), prev, std::move(entries), Index(commit), 1, kLife};
}

class Played {
 public:
  // n1, with this log and in this term.
  Played(uint64_t term, std::vector<EntryRef> log)
      : Played(HardState{Term(term), {}}, std::move(log)) {}
  Played(HardState hard_state, std::vector<EntryRef> log, Member self = kN1)
      : Played(Restored{std::move(hard_state), {}, {}, std::move(log)}, Options(),
               std::move(self)) {}
  explicit Played(Restored restored, const Options& options = {}, Member self = kN1)
      : self_(std::move(self)),
        random_(1),
        raft_({self_, {"n1", "n2", "n3"}, kLife}, options, std::move(restored), &random_, now_) {
    Take();
  }

  void Hear(const Member& from, Body body) {
    // Who bootstraps belongs to no cluster yet.
    const bool bootstraps = std::holds_alternative<RequestBootstrap>(body);
    Hear(from, std::move(body), bootstraps ? ClusterId() : kCluster);
  }
  void Hear(const Member& from, Body body, ClusterId cluster) {
    const Header header{from, self_, cluster};
    if (raft_.Admit(now_, header, &body) == Admission::kTaken) {
      raft_.Receive(now_, header, std::move(body));
    }
    Take();
  }
  // Everything that was to be made durable is; what waited for that is sent.
  void Persist() {
    raft_.Persisted(now_, sequence_);
    Append(std::exchange(held_, {}), &sent_);
    Take();
  }
  void Advance(int64_t ms) {
    now_ = now_ + Duration::Millis(ms);
    if (raft_.deadline() <= now_) raft_.PassDeadlines(now_);
    Take();
  }
  // `what` tells the node of something else.
  template <typename What>
  void Do(What what) {
    what(&raft_, now_);
    Take();
  }
  void Propose() {
    raft_.Propose(std::make_shared<const Nothing>());
    Take();
  }
  uint64_t StartRead() {
    const uint64_t id = raft_.StartRead(now_);
    Take();
    return id;
  }
  // Stands, with n2's pre-vote, in the next term.
  void Stand() {
    Advance(1'000);
    Hear(kN2, Vote{raft_.term(), Ballot::kPreVote, raft_.term().Next(), true});
  }
  // Elected in the next term by n2; the term's first entry is not on disk yet.
  void Elect() {
    Stand();
    Persist();
    Hear(kN2, Vote{raft_.term(), Ballot::kElection, raft_.term(), true});
    TM_ASSERT(raft_.leads());
  }

  // The last message of this kind that has gone out, or nullptr.
  template <typename T>
  const T* Sent() const {
    return LastOf<T>(sent_);
  }
  // The same, whether or not it still waits for the disk.
  template <typename T>
  const T* Last() const {
    return LastOf<T>(said_);
  }
  // How many of this kind there have been since Forget.
  template <typename T>
  size_t Count() const {
    size_t count = 0;
    for (const Message& message : said_) count += std::holds_alternative<T>(message.body);
    return count;
  }
  // How many messages there have been since Forget, those that wait for the disk included.
  size_t said() const { return said_.size(); }
  void Forget() { said_.clear(); }
  // What the last step gave.
  const Ready& last() const { return last_; }
  // The snapshots that storage is to keep.
  const std::vector<Snapshot>& kept() const { return kept_; }
  bool Confirmed(uint64_t read) const {
    for (const ConfirmedRead& confirmed : confirmed_) {
      if (confirmed.id == read) return true;
    }
    return false;
  }
  Raft& raft() { return raft_; }

 private:
  class Nothing final : public Command {
    size_t SizeBytes() const override { return 8; }
    bool Same(const Command& /*other*/) const override { return true; }
  };

  template <typename T>
  static const T* LastOf(const std::vector<Message>& messages) {
    for (auto it = messages.rbegin(); it != messages.rend(); ++it) {
      if (const auto* body = std::get_if<T>(&it->body)) return body;
    }
    return nullptr;
  }

  template <typename T>
  static void Append(const std::vector<T>& more, std::vector<T>* to) {
    to->insert(to->end(), more.begin(), more.end());
  }

  void Take() {
    last_ = Ready();
    raft_.Take(sequence_ + 1, &last_);
    if (!last_.records.empty()) ++sequence_;
    Append(last_.send_now, &said_);
    Append(last_.send_durable, &said_);
    Append(last_.send_now, &sent_);
    Append(last_.send_durable, &held_);
    Append(last_.confirmed_reads, &confirmed_);
    if (last_.kept_snapshots) kept_ = *last_.kept_snapshots;
  }

  const Member self_;
  Random random_;
  Time now_;
  uint64_t sequence_ = 0;
  Raft raft_;
  Ready last_;
  std::vector<Message> said_;
  std::vector<Message> sent_;
  std::vector<Message> held_;
  std::vector<ConfirmedRead> confirmed_;
  std::vector<Snapshot> kept_;
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_TESTING_PLAYED_H_
