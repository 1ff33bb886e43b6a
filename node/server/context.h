// What the parts of a server share during one step: the node they stand in, and the way out.
#ifndef TIDEMARK_NODE_SERVER_CONTEXT_H_
#define TIDEMARK_NODE_SERVER_CONTEXT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "node/base/siphash.h"
#include "node/base/time.h"
#include "node/kv/state_machine.h"
#include "node/raft/raft.h"
#include "node/server/io.h"
#include "node/server/options.h"
#include "node/server/peer_messages.h"
#include "node/server/requests.h"
#include "node/server/sizes.h"

namespace tidemark::server {

class Context {
 public:
  Context(const Options& options, uint64_t secret, int64_t first_msg_id, raft::Raft* raft,
          kv::StateMachine* machine)
      : options_(options),
        secret_(secret),
        next_msg_id_(first_msg_id),
        raft_(raft),
        machine_(machine) {}

  const Options& options() const { return options_; }
  raft::Raft& raft() const { return *raft_; }
  kv::StateMachine& machine() const { return *machine_; }

  Time now() const { return now_; }
  raft::Index applied() const { return applied_; }
  bool leads() const { return raft_->leads(); }
  const raft::NodeId& self() const { return raft_->self().id; }
  uint64_t life() const { return raft_->identity().life.value(); }
  // How long an unanswered question is given before it is asked again.
  Duration retry_interval() const { return options_.raft.election_timeout_min; }

  // `sequence`: what the records of this step will be counted as.
  void BeginStep(Time now, uint64_t sequence, Output* out) {
    now_ = now;
    sequence_ = sequence;
    out_ = out;
    answered_bytes_ = 0;
  }
  void set_applied(raft::Index applied) { applied_ = applied; }
  // The state is another object's from now on.
  void set_machine(kv::StateMachine* machine) { machine_ = machine; }

  // There is no room, and none is being made.
  bool disk_full() const { return disk_full_; }
  void set_disk_full(bool full) { disk_full_ = full; }
  // Whether an entry with `command` can be appended: a leader asks before it proposes.
  bool HasRoomFor(const raft::CommandRef& command) const {
    return DiskHasRoomFor(command) && raft_->TailTakes(command->SizeBytes());
  }
  // Why it cannot; nullopt: it can, or as soon as more room is made or the term has begun, which is
  // under way.
  std::optional<Shortage> ShortageOf(const raft::CommandRef& command) const {
    if (disk_full_ && !DiskHasRoomFor(command)) return Shortage::kDisk;
    // What is inherited may be committed: a round trip will show.
    const bool tail = !raft_->TailTakes(command->SizeBytes()) && raft_->term_has_begun();
    return tail ? std::optional(Shortage::kTail) : std::nullopt;
  }

  // Names a pending request, and every question asked on its behalf, for the whole of this life.
  uint64_t NewNumber() { return next_number_++; }

  // The bits of an opening: no other has them, in any history, and they cannot be guessed from
  // those of others.
  uint64_t NewBits() { return SipHash24({secret_, life()}, next_bits_++); }

  // What one has seen who has seen all that is applied here; nullopt: nothing is.
  std::optional<kv::Session> session() const {
    if (machine_->history().empty()) return std::nullopt;
    return machine_->history().At(applied_.value());
  }

  // That of the last configuration that is applied here.
  raft::ClusterId cluster() const { return raft::ClusterId(machine_->history().cluster()); }

  // This step has said enough: what carries a value is to wait for the next one.
  bool said_enough() const { return answered_bytes_ >= options_.answer_bytes_per_step; }

  // `session`: what the answer lets its receiver claim to have seen; it is left out where the
  // request was in no session. A refusal must have none.
  void Reply(const ClientRef& to, ReplyBody body, std::optional<kv::Session> session = {},
             std::optional<Explanation> explanation = {}) {
    if (!to.in_session) session.reset();
    answered_bytes_ += AnswerBytes(body);
    out_->replies.push_back({to, next_msg_id_++, std::move(body), session, explanation});
  }
  void Tell(raft::Notice::Level level, std::string text) {
    out_->notices.push_back({level, std::move(text)});
  }
  // Returns the sequence with which the server will be told that it is on disk.
  uint64_t Persist(Record record) {
    out_->records.push_back(std::move(record));
    return sequence_;
  }

  template <typename Ask>
  void AskPeer(const raft::NodeId& peer, uint64_t number, Ask ask) {
    out_->send_now.push_back({raft_->HeaderFor(peer), Question{life(), number, std::move(ask)}});
  }
  void TellPeer(const raft::NodeId& peer, const StateHash& hash) {
    out_->send_now.push_back({raft_->HeaderFor(peer), hash});
  }
  template <typename Result>
  void AnswerPeer(const raft::NodeId& peer, uint64_t life, uint64_t number, Result result) {
    answered_bytes_ += AnswerBytes(result);
    out_->send_now.push_back({raft_->HeaderFor(peer), Answer{life, number, std::move(result)}});
  }

 private:
  bool DiskHasRoomFor(const raft::CommandRef& command) const {
    return raft_->HasRoomFor(raft::RoomFor(raft::Entry{{}, command}));
  }

  const Options& options_;
  const uint64_t secret_;
  int64_t next_msg_id_;
  uint64_t next_number_ = 1;
  uint64_t next_bits_ = 1;
  raft::Raft* const raft_;
  kv::StateMachine* machine_;
  raft::Index applied_;
  Time now_;
  bool disk_full_ = false;
  uint64_t sequence_ = 0;
  size_t answered_bytes_ = 0;  // in this step
  Output* out_ = nullptr;
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_CONTEXT_H_
