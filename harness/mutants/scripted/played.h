// One real node, n1 of n1, n2 and n3, whose peers a test plays message by message.
#ifndef TIDEMARK_HARNESS_MUTANTS_SCRIPTED_PLAYED_H_
#define TIDEMARK_HARNESS_MUTANTS_SCRIPTED_PLAYED_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "node/base/random.h"
#include "node/raft/raft.h"

namespace tidemark::raft {

inline constexpr ClusterId kCluster(0xabc);
inline const Member kN1{"n1", Incarnation(11)};
inline const Member kN2{"n2", Incarnation(22)};
inline const Member kN3{"n3", Incarnation(33)};

inline EntryRef Founding() {
  ConfigurationEntry entry{{kCluster, {kN1, kN2, kN3}}, Stamp(1)};
  return std::make_shared<const Entry>(Entry{{Term(1), Index(1)}, entry});
}
inline EntryRef Noop(uint64_t term, uint64_t index) {
  return std::make_shared<const Entry>(
      Entry{{Term(term), Index(index)}, TermStart{Stamp(static_cast<uint32_t>(term))}});
}
inline LogPosition At(uint64_t term, uint64_t index) { return {Term(term), Index(index)}; }

class Played {
 public:
  Played(HardState hard_state, std::vector<EntryRef> log, Member self = kN1)
      : self_(std::move(self)),
        random_(1),
        raft_({self_, {"n1", "n2", "n3"}}, Options(), std::move(hard_state), std::move(log),
              &random_, now_) {
    Take();
  }

  void Hear(const Member& from, Body body) {
    // Who founds belongs to no cluster yet.
    const bool founds = std::holds_alternative<RequestFounding>(body);
    const Header header{from, self_, founds ? ClusterId() : kCluster};
    if (raft_.Admit(now_, header, true) == Admission::kTaken) {
      raft_.Receive(now_, header, std::move(body));
    }
    Take();
  }
  // Everything that was to be made durable is; what waited for that is sent.
  void Persist() {
    raft_.Persisted(now_, sequence_);
    sent_.insert(sent_.end(), held_.begin(), held_.end());
    held_.clear();
    Take();
  }
  void Advance(int64_t ms) {
    now_ = now_ + Duration::Millis(ms);
    if (raft_.deadline() <= now_) raft_.PassDeadlines(now_);
    Take();
  }
  void Propose() {
    raft_.Propose(std::make_shared<const Nothing>());
    Take();
  }
  uint64_t StartRead() {
    const uint64_t id = raft_.StartRead();
    Take();
    return id;
  }
  // Stands, with n2's pre-vote, in the next term.
  void Stand() {
    Advance(1'000);
    Hear(kN2, Vote{raft_.term(), Ballot::kPreVote, raft_.term().Next(), true});
  }
  void Elect() {
    Stand();
    Persist();
    Hear(kN2, Vote{raft_.term(), Ballot::kElection, raft_.term(), true});
    Persist();
  }

  // The last message of this kind that has gone out, or nullptr.
  template <typename T>
  const T* Sent() const {
    for (auto it = sent_.rbegin(); it != sent_.rend(); ++it) {
      if (const auto* body = std::get_if<T>(&it->body)) return body;
    }
    return nullptr;
  }
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
  };

  void Take() {
    Ready ready;
    raft_.Take(sequence_ + 1, &ready);
    if (!ready.records.empty()) ++sequence_;
    sent_.insert(sent_.end(), ready.send_now.begin(), ready.send_now.end());
    held_.insert(held_.end(), ready.send_durable.begin(), ready.send_durable.end());
    confirmed_.insert(confirmed_.end(), ready.confirmed_reads.begin(), ready.confirmed_reads.end());
  }

  const Member self_;
  Random random_;
  Time now_;
  uint64_t sequence_ = 0;
  Raft raft_;
  std::vector<Message> sent_;
  std::vector<Message> held_;
  std::vector<ConfirmedRead> confirmed_;
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_HARNESS_MUTANTS_SCRIPTED_PLAYED_H_
