#include "node/server/write_desk.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/kv/limit_check.h"
#include "node/server/refusals.h"
#include "node/server/replies.h"
#include "node/server/sizes.h"

namespace tidemark::server {
namespace {

// What a writer's open outcomes may number before the state machine drops the oldest anyway.
constexpr size_t kMaxOpenSeqs = 65'536;
// No write takes less.
constexpr uint64_t kLeastRoom = 512;

// What this incarnation has opened, as far as the state knows: where it was opened, and as what. Of
// those that came in a snapshot nothing was applied here, and of some this disk may know nothing.
std::vector<std::pair<kv::LogIndex, kv::OpenWriter>> OwnOpenings(const Context& context) {
  const raft::Member& self = context.raft().self();
  std::vector<std::pair<kv::LogIndex, kv::OpenWriter>> own;
  context.machine().writers().nodes().ForEach([&](kv::LogIndex at, const kv::Writer& writer) {
    const kv::OpenWriter& opening = writer.opened_as;
    if (opening.node != self.id || opening.incarnation != self.incarnation.value()) return;
    own.emplace_back(at, opening);
  });
  return own;
}

// Where no configuration has been applied here the limits are not known: the log decides.
std::optional<kv::TooLarge> BeyondByItself(const Context& context, const kv::Operation& operation) {
  if (context.machine().history().empty()) return std::nullopt;
  return kv::BeyondByItself(operation, context.machine().limits());
}

}  // namespace

void WriteDesk::Add(Context* context, const ClientRef& from, WriteRequest request,
                    const std::optional<kv::Session>& token) {
  const bool once = request.once.has_value();
  if (const auto beyond = BeyondByItself(*context, request.operation)) {
    return context->Reply(from, OfThisTry(TooLarge(ErrorCode::kMalformed, *beyond), once));
  }
  const std::optional<Shortage> shortage = KnownShortage(*context);
  if (shortage && !(once && MayBeInALog(*context, *request.once))) {
    return context->Reply(from, OfThisTry(NoRoomLeft(*context, *shortage), once));
  }
  if (auto* opening = std::get_if<kv::OpenClient>(&request.operation)) {
    opening->bits = context->NewBits();
  }
  kv::Command draft{request.once.value_or(kv::WriteId()), std::move(request.operation),
                    request.once.has_value(), token};
  Enter(context, from, std::move(draft));
}

void WriteDesk::Enter(Context* context, const ClientRef& from, kv::Command draft) {
  constexpr size_t kNodes = 256;  // of the maps that know the write
  const uint64_t number = context->NewNumber();
  Pending& write = pending_[number];
  write.from = from;
  write.bytes = sizeof(Pending) + sizeof(LogCommand) + kNodes + from.client.size() +
                HeldBytes(draft.operation);
  bytes_ += write.bytes;
  write.draft = std::move(draft);
  write.expires = context->now() + context->options().request_timeout;
  if (write.draft.once || writer_ != 0) return Begin(context, number, &write);
  without_id_.push_back(number);
  if (!opening_) OpenWriter(context);
}

// The write has an id, or gets one, and goes out.
void WriteDesk::Begin(Context* context, uint64_t number, Pending* write) {
  if (!write->draft.once) GiveId(context, write);
  write->handed_in = write->draft.once && MayBeInALog(*context, write->draft.id);
  write->command = std::make_shared<const LogCommand>(std::move(write->draft));
  by_id_.emplace(LogCommand::Of(write->command).id.name(), number);
  HandIn(context, number, write);
}

void WriteDesk::OpenAhead(Context* context) {
  if (writer_ != 0 || opening_ || context->raft().leader().empty()) return;
  OpenWriter(context);
}

void WriteDesk::OpenWriter(Context* context) {
  ++number_;
  bits_ = context->NewBits();
  opening_ = true;
  opening_question_ = context->NewNumber();
  number_durable_ = false;
  opening_term_ = raft::Term();
  number_sequence_ = context->Persist(WriterNumber{number_, bits_});
}

void WriteDesk::Persisted(Context* context, uint64_t sequence) {
  if (!opening_ || number_durable_ || sequence < number_sequence_) return;
  number_durable_ = true;
  on_disk_ = {number_, bits_};
  HandInOpening(context);
}

void WriteDesk::HandInOpening(Context* context) {
  if (!number_durable_) return;
  // One that came in a snapshot is in the state, and no entry will say so.
  LookAtState(context);
  if (!opening_ || !number_durable_) return;
  const raft::Member& self = context->raft().self();
  auto command = std::make_shared<const LogCommand>(
      kv::Command{{}, kv::OpenWriter{self.id, self.incarnation.value(), number_, bits_}});
  retry_at_ = std::min(retry_at_, context->now() + context->retry_interval());
  if (context->leads()) {
    if (opening_term_ == context->raft().term()) return;
    if (!context->HasRoomFor(command)) {
      lacked_room_ = true;
      const std::optional<Shortage> shortage = context->ShortageOf(command);
      if (shortage) RefuseWithoutId(context, *shortage);
      return;
    }
    opening_term_ = context->raft().term();
    context->raft().Propose(std::move(command));
    return;
  }
  const raft::NodeId leader = context->raft().leader();
  if (leader.empty()) return;
  context->AskPeer(leader, opening_question_, server::HandIn{std::move(command)});
}

void WriteDesk::WriterApplied(Context* context, kv::LogIndex writer) {
  opening_ = false;
  writer_ = writer;
  std::deque<uint64_t> waiting;
  waiting.swap(without_id_);
  for (const uint64_t number : waiting) {
    auto it = pending_.find(number);
    if (it == pending_.end()) continue;  // expired meanwhile
    Begin(context, number, &it->second);
  }
}

void WriteDesk::GiveId(Context* context, Pending* write) {
  TM_ASSERT(writer_ != 0);
  DropOpenSeqs(context->now());
  const uint64_t seq = next_seq_++;
  open_seqs_.insert(seq);
  write->draft.id = {writer_, seq, *open_seqs_.begin(), bits_};
}

void WriteDesk::HandIn(Context* context, uint64_t number, Pending* write) {
  write->asked = false;
  if (context->leads()) return ProposeOwn(context, number, write);
  const raft::NodeId leader = context->raft().leader();
  if (leader.empty()) return;
  if (!write->handed_in && context->now() < no_room_until_) {
    return RefuseForRoom(context, number, told_shortage_);
  }
  NoteHandedIn(context, write);
  retry_at_ = std::min(retry_at_, context->now() + context->retry_interval());
  context->AskPeer(leader, number, server::HandIn{write->command});
}

void WriteDesk::NoteHandedIn(Context* context, Pending* write) {
  write->handed_in = write->asked = true;
  write->asked_at = context->now();
  const kv::Command& command = LogCommand::Of(write->command);
  if (!command.once) return;
  open_ids_.insert(command.id.name());
  while (open_ids_.size() > kMaxOpenSeqs) open_ids_.erase(open_ids_.begin());
}

std::optional<Shortage> WriteDesk::KnownShortage(const Context& context) const {
  if (context.leads()) {
    const raft::Raft& raft = context.raft();
    if (context.disk_full() && !raft.HasRoomFor(kLeastRoom)) return Shortage::kDisk;
    const bool tail = !raft.TailTakes(0) && raft.term_has_begun();
    return tail ? std::optional(Shortage::kTail) : std::nullopt;
  }
  return context.now() < no_room_until_ ? std::optional(told_shortage_) : std::nullopt;
}

bool WriteDesk::MayBeInALog(const Context& context, const kv::WriteId& once) {
  return open_ids_.contains(once.name()) || tail_ids_.Has(context, once.name());
}

void WriteDesk::ProposeOwn(Context* context, uint64_t number, Pending* write) {
  if (!context->HasRoomFor(write->command)) {
    const std::optional<Shortage> shortage = context->ShortageOf(write->command);
    if (shortage && !write->handed_in) return RefuseForRoom(context, number, *shortage);
    lacked_room_ = true;
    if (shortage == Shortage::kTail) {
      retry_at_ = std::min(retry_at_, context->now() + context->retry_interval());
    }
    return;
  }
  NoteHandedIn(context, write);
  context->raft().Propose(write->command);
}

void WriteDesk::RefuseForRoom(Context* context, uint64_t number, Shortage shortage) {
  auto it = pending_.find(number);
  TM_ASSERT(!it->second.handed_in);
  GiveUp(context, it, NoRoomLeft(*context, shortage));
}

// A copy of the question may still be under way and find room: nothing definite can be said of this
// write. Those that come now can be refused before anybody has them.
void WriteDesk::NoRoom(Context* context, uint64_t number, Shortage shortage) {
  no_room_until_ = context->now() + context->retry_interval();
  told_shortage_ = shortage;
  if (number == opening_question_) return RefuseWithoutId(context, shortage);
  NotTaken(number);
}

void WriteDesk::RoomMade(Context* context) {
  if (!std::exchange(lacked_room_, false) || !context->leads()) return;
  if (opening_) HandInOpening(context);
  for (auto it = pending_.begin(); it != pending_.end();) {
    auto& [number, write] = *it;
    ++it;  // one that is refused is gone
    if (write.command != nullptr && !write.asked) HandIn(context, number, &write);
  }
}

void WriteDesk::RefuseWithoutId(Context* context, Shortage shortage) {
  for (const uint64_t number : std::exchange(without_id_, {})) {
    auto it = pending_.find(number);
    if (it == pending_.end()) continue;  // expired meanwhile
    context->Reply(Remove(it).from, NoRoomLeft(*context, shortage));
  }
}

void WriteDesk::Suspend(Context* context) {
  while (!pending_.empty()) GiveUp(context, pending_.begin(), Untrusted(*context));
  TM_ASSERT(by_id_.empty());
  without_id_.clear();
}

void WriteDesk::Applied(Context* context, const kv::Command& command, const kv::Applied& applied) {
  if (const auto* opening = std::get_if<kv::OpenWriter>(&command.operation)) {
    return OpeningApplied(context, *opening, applied.outcome);
  }
  const kv::WriteName name = command.id.name();
  for (auto at = by_id_.lower_bound({name, 0}); at != by_id_.end() && at->first == name;) {
    auto it = pending_.find(at->second);
    ++at;
    TM_ASSERT(it != pending_.end());
    // Another command under this id has an outcome of its own.
    if (LogCommand::Is(it->second.command, command)) Settle(context, it, applied);
  }
}

void WriteDesk::OpeningApplied(Context* context, const kv::OpenWriter& opening,
                               const kv::Outcome& outcome) {
  if (!IsOwn(*context, opening)) return;
  if (!Remembers(opening)) return GoneBack(context, opening);
  const bool awaited = opening_ && opening.number == number_;
  if (!awaited) return;
  if (std::holds_alternative<kv::Opened>(outcome.result)) {
    return WriterApplied(context, outcome.index);
  }
  // Void: the state has it already, from a snapshot, or a higher number, which no disk remembers.
  LookAtState(context);
}

bool WriteDesk::IsOwn(const Context& context, const kv::OpenWriter& opening) const {
  const raft::Member& self = context.raft().self();
  return opening.node == self.id && opening.incarnation == self.incarnation.value();
}

// An opening leaves only when its number is on disk: whatever an incarnation has opened its disk
// remembers, unless an older one has taken that one's place.
bool WriteDesk::Remembers(const kv::OpenWriter& opening) const {
  if (opening.number != on_disk_.number) return opening.number < on_disk_.number;
  return opening.bits == on_disk_.bits;
}

void WriteDesk::GoneBack(Context* context, const kv::OpenWriter& opening) {
  context->Tell(
      raft::Notice::Level::kError,
      absl::StrCat("the disk of ", context->self(), " has gone back: the log has a writer that ",
                   context->self(), " opened as its number ", opening.number,
                   ", and its disk remembers ", on_disk_.number,
                   on_disk_.number == opening.number ? " as another one" : " as the last",
                   ". An older copy of its directory or of its volume has taken the place of the "
                   "right one"));
  const raft::Index at = context->applied();
  context->raft().GiveUp(context->now(), {context->raft().log().TermAt(at), at});
}

void WriteDesk::LookAtState(Context* context) {
  for (const auto& [at, opened] : OwnOpenings(*context)) {
    if (!Remembers(opened)) return GoneBack(context, opened);
    if (opening_ && opened.number == number_) WriterApplied(context, at);
  }
}

void WriteDesk::Answered(Context* context, uint64_t number, const kv::Applied& applied) {
  auto it = pending_.find(number);
  if (it == pending_.end() || it->second.command == nullptr) return;
  if (!CanComeOf(LogCommand::Of(it->second.command).operation, applied.outcome.result)) {
    return context->Tell(raft::Notice::Level::kError,
                         absl::StrCat(context->self(),
                                      ": a peer told an outcome that a write like this cannot "
                                      "have; it was ignored, and the write is asked about again"));
  }
  Settle(context, it, applied);
}

// Under an id of this node's present writer.
bool WriteDesk::Owns(const kv::Command& command) const {
  return !command.once && command.id.writer == writer_;
}

void WriteDesk::Settle(Context* context, PendingMap::iterator it, const kv::Applied& applied) {
  const uint64_t number = it->first;
  const Pending write = Remove(it);
  const kv::Command& command = LogCommand::Of(write.command);
  ForgetId(command.id.name(), number);
  if (command.once) open_ids_.erase(command.id.name());
  const kv::Result& result = applied.outcome.result;
  const bool forgotten = std::holds_alternative<kv::OutcomeForgotten>(result);
  const bool closed = std::holds_alternative<kv::WriterClosed>(result);
  if ((forgotten || closed) && Owns(command)) {
    writer_ = 0;
    open_seqs_.clear();
    open_until_.clear();
  }
  // A closed writer executes nothing more: under another id this is no second time.
  if (closed) return Enter(context, write.from, {{}, command.operation, false, command.session});
  if (Owns(command)) open_seqs_.erase(command.id.seq);
  context->Reply(write.from, WriteReply(command, applied.outcome),
                 SawTheState(result) ? applied.session : std::nullopt);
}

WriteDesk::Pending WriteDesk::Remove(PendingMap::iterator it) {
  Pending write = std::move(it->second);
  pending_.erase(it);
  TM_ASSERT(bytes_ >= write.bytes);
  bytes_ -= write.bytes;
  return write;
}

void WriteDesk::ForgetId(const kv::WriteName& name, uint64_t number) {
  by_id_.erase({name, number});
}

void WriteDesk::NotTaken(uint64_t number) {
  auto it = pending_.find(number);
  if (it != pending_.end()) it->second.asked = false;
}

void WriteDesk::LeaderChanged(Context* context) {
  if (context->raft().leader().empty()) return;
  if (opening_) HandInOpening(context);
  for (auto it = pending_.begin(); it != pending_.end();) {
    auto& [number, write] = *it;
    ++it;  // one that is refused is gone
    if (write.command != nullptr) HandIn(context, number, &write);
  }
}

void WriteDesk::PassDeadlines(Context* context) {
  while (!pending_.empty() && pending_.begin()->second.expires <= context->now()) {
    GiveUp(context, pending_.begin(), NoLeader(*context, raft::Index()));
  }
  if (retry_at_ > context->now()) return;
  retry_at_ = Time::Never();
  // The next opening is tried even where no write waits for it any more: one is likely to come.
  if (opening_) HandInOpening(context);
  for (auto it = pending_.begin(); it != pending_.end();) {
    auto& [number, write] = *it;
    ++it;  // one that is refused is gone
    if (write.command != nullptr) HandInAgain(context, number, &write);
  }
}

// A leader's own are in its log, but for those that it had no room for.
void WriteDesk::HandInAgain(Context* context, uint64_t number, Pending* write) {
  if (write->asked && context->leads()) return;
  const Time next_try = write->asked_at + context->retry_interval();
  if (write->asked && next_try > context->now()) {
    retry_at_ = std::min(retry_at_, next_try);
    return;
  }
  retry_at_ = std::min(retry_at_, context->now() + context->retry_interval());
  HandIn(context, number, write);
}

// The seq of a write that was handed in stays open for a while: its fate may be asked for. To let
// go of it then is safe, since what lies below first_unanswered is never executed any more; a fate
// that comes later yet is answered "unknown". One that nobody has is closed at once.
void WriteDesk::GiveUp(Context* context, PendingMap::iterator it, Error error) {
  const uint64_t number = it->first;
  const Pending write = Remove(it);
  if (write.command == nullptr) {
    context->Reply(write.from, std::move(error));
    return;
  }
  const kv::Command& command = LogCommand::Of(write.command);
  ForgetId(command.id.name(), number);
  if (!write.handed_in) {
    if (Owns(command)) open_seqs_.erase(command.id.seq);
    context->Reply(write.from, OfThisTry(std::move(error), command.once));
    return;
  }
  if (Owns(command)) {
    open_until_.emplace_back(context->now() + context->options().open_outcome_kept, command.id.seq);
  }
  context->Reply(write.from, WriteTimedOut(*context, command));
}

void WriteDesk::DropOpenSeqs(Time now) {
  while (!open_until_.empty() &&
         (open_until_.front().first <= now || open_until_.size() > kMaxOpenSeqs)) {
    open_seqs_.erase(open_until_.front().second);
    open_until_.pop_front();
  }
}

Time WriteDesk::deadline() const {
  const Time expiry = pending_.empty() ? Time::Never() : pending_.begin()->second.expires;
  return std::min(expiry, retry_at_);
}

}  // namespace tidemark::server
