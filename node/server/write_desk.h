// The writes that clients asked this node for: each gets an id of this node's writer, is handed to
// the leader as often as it takes, and happens at most once (dissertation §6.3).
#ifndef TIDEMARK_NODE_SERVER_WRITE_DESK_H_
#define TIDEMARK_NODE_SERVER_WRITE_DESK_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "node/base/time.h"
#include "node/kv/command.h"
#include "node/server/context.h"
#include "node/server/requests.h"
#include "node/server/tail_ids.h"

namespace tidemark::server {

class WriteDesk {
 public:
  // `writer_number`: the highest that this incarnation has opened a writer with, and its bits.
  explicit WriteDesk(WriterNumber writer_number)
      : number_(writer_number.number), on_disk_(writer_number) {}

  // `token`: what the client has seen. A write that brings an id of its own gets no other.
  void Add(Context* context, const ClientRef& from, WriteRequest request,
           const std::optional<kv::Session>& token);

  // `command` was applied, for the first time or once more. May find that this node's disk has gone
  // back.
  void Applied(Context* context, const kv::Command& command, const kv::Applied& applied);
  // The state has become another's: it may have this node's opening, or one that shows the same.
  void Replaced(Context* context) { LookAtState(context); }
  // A leader says what came of the write that was asked about as `number`.
  void Answered(Context* context, uint64_t number, const kv::Applied& applied);
  // Who was asked does not lead and did nothing: the write waits for the next leader or try.
  void NotTaken(uint64_t number);
  // The leader has no room for the write that was asked about as `number`.
  void NoRoom(Context* context, uint64_t number, Shortage shortage);
  // This node's disk has more room, or is known to have none.
  void RoomMade(Context* context);
  // This node's state is not to be trusted: nothing that waits here is told what came of it.
  void Suspend(Context* context);
  // There is another leader, another term, or none.
  void LeaderChanged(Context* context);
  // All records up to those of step `sequence` are on disk.
  void Persisted(Context* context, uint64_t sequence);
  void PassDeadlines(Context* context);
  // Opens a writer though no write waits for one, where a leader is known.
  void OpenAhead(Context* context);

  bool has_writer() const { return writer_ != 0; }
  Time deadline() const;
  size_t size() const { return pending_.size(); }
  size_t bytes() const { return bytes_; }

 private:
  struct Pending {
    ClientRef from;
    kv::Command draft;         // until it has an id
    raft::CommandRef command;  // from then on
    Time expires;
    size_t bytes = 0;  // that all of this takes
    // Somebody may have it in a log, or another command under its id: what comes of it is open
    // until the log says.
    bool handed_in = false;
    Time asked_at;
    bool asked = false;
  };
  using PendingMap = std::map<uint64_t, Pending>;

  void OpenWriter(Context* context);
  void HandInOpening(Context* context);
  void OpeningApplied(Context* context, const kv::OpenWriter& opening, const kv::Outcome& outcome);
  void WriterApplied(Context* context, kv::LogIndex writer);
  bool Remembers(const kv::OpenWriter& opening) const;
  bool IsOwn(const Context& context, const kv::OpenWriter& opening) const;
  void LookAtState(Context* context);
  void GoneBack(Context* context, const kv::OpenWriter& opening);
  void Enter(Context* context, const ClientRef& from, kv::Command draft);
  void GiveId(Context* context, Pending* write);
  void Begin(Context* context, uint64_t number, Pending* write);
  void HandIn(Context* context, uint64_t number, Pending* write);
  void HandInAgain(Context* context, uint64_t number, Pending* write);
  std::optional<Shortage> KnownShortage(const Context& context) const;
  bool MayBeInALog(const Context& context, const kv::WriteId& once);
  void ProposeOwn(Context* context, uint64_t number, Pending* write);
  void NoteHandedIn(Context* context, Pending* write);
  // What was handed in to nobody is refused for want of room, whatever comes later.
  void RefuseForRoom(Context* context, uint64_t number, Shortage shortage);
  // The same for those that wait for a writer.
  void RefuseWithoutId(Context* context, Shortage shortage);
  void Settle(Context* context, PendingMap::iterator it, const kv::Applied& applied);
  void ForgetId(const kv::WriteName& name, uint64_t number);
  // Answers and forgets a write of which nothing more will be learnt here: with an open outcome if
  // it was handed in, with `error` otherwise.
  void GiveUp(Context* context, PendingMap::iterator it, Error error);
  // Lets go of the open outcomes that have been kept for long enough.
  void DropOpenSeqs(Time now);
  bool Owns(const kv::Command& command) const;

  // Takes the write out of what is pending.
  Pending Remove(PendingMap::iterator it);

  // By number, which is by arrival, which is by expiry.
  PendingMap pending_;
  size_t bytes_ = 0;  // of what is pending
  std::deque<uint64_t> without_id_;
  // A client may have sent one id more than once, with the same command or with another.
  std::set<std::pair<kv::WriteName, uint64_t>> by_id_;  // to the numbers
  // Of the present writer: those that are pending here, and those that were answered with an open
  // outcome a short while ago. The lowest is what the state machine is told to remember from.
  std::set<uint64_t> open_seqs_;
  // The latter, by the time at which they are let go of.
  std::deque<std::pair<Time, uint64_t>> open_until_;

  uint64_t number_;       // of the last opening
  uint64_t bits_ = 0;     // of that opening, and so the key of what is written under it
  bool opening_ = false;  // that opening has not been applied yet
  // A leader's entries leave before its own disk has them. An opening may not: a number that a
  // crash takes back would be used again, and what was opened with it taken for the successor's.
  bool number_durable_ = false;
  WriterNumber on_disk_;
  uint64_t number_sequence_ = 0;
  uint64_t opening_question_ = 0;
  raft::Term opening_term_;  // in which this node, leading, has appended it
  kv::LogIndex writer_ = 0;  // zero: none that may be used
  uint64_t next_seq_ = 1;
  Time retry_at_ = Time::Never();
  bool lacked_room_ = false;  // some write waits for this node's disk
  // Until then the leader is taken to have no room, since it said so a moment ago.
  Time no_room_until_;
  Shortage told_shortage_ = Shortage::kDisk;
  // Clients' ids that were handed in here, and of which no outcome has been learnt; and those in
  // the log. What comes under them again may happen, whatever becomes of the request.
  std::set<kv::WriteName> open_ids_;
  TailIds tail_ids_;
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_WRITE_DESK_H_
