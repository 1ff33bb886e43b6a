#include "node/server/peer_desk.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "node/base/assert.h"
#include "node/base/overloaded.h"
#include "node/server/verdict.h"

namespace tidemark::server {

namespace {

bool IsOfOneIncarnation(const kv::OpenWriter& a, const kv::OpenWriter& b) {
  return a.node == b.node && a.incarnation == b.incarnation;
}

bool IsApplied(const Context& context, const kv::OpenWriter& opening) {
  bool applied = false;
  context.machine().writers().nodes().ForEach([&](kv::LogIndex, const kv::Writer& writer) {
    applied = applied || (IsOfOneIncarnation(writer.opened_as, opening) &&
                          writer.opened_as.number >= opening.number);
  });
  return applied;
}

bool IsInTail(const Context& context, const kv::OpenWriter& opening) {
  const raft::Log& log = context.raft().log();
  for (raft::Index at = context.applied().Next(); at <= log.last_index(); at = at.Next()) {
    const auto* command = std::get_if<raft::CommandRef>(&log.At(at)->body);
    if (command == nullptr) continue;
    const auto* other = std::get_if<kv::OpenWriter>(&LogCommand::Of(*command).operation);
    if (other != nullptr && *other == opening) return true;
  }
  return false;
}

// Applied here (or a later one, which makes it void), or on its way to be: not to be appended
// again. O(entries that are not applied).
bool IsKnownOpening(const Context& context, const kv::Command& command) {
  const auto* opening = std::get_if<kv::OpenWriter>(&command.operation);
  return opening != nullptr && (IsApplied(context, *opening) || IsInTail(context, *opening));
}

// Of a write under a node's own id that is applied. What a client sends again under an id of its
// own is a request by itself, and takes its place in the log.
std::optional<kv::Applied> KnownOutcome(const Context& context, const kv::Command& command) {
  if (command.once || command.id.writer == 0) return std::nullopt;
  return context.machine().Known(command);
}

}  // namespace

void PeerDesk::Asked(Context* context, const raft::NodeId& from, const Question& question) {
  const Asker asker{from, question.life, question.number};
  if (!context->leads()) return Answer(context, asker, NotLeader{context->raft().leader()});
  if (waiting_.contains(asker)) return;
  std::visit(Overloaded{[&](const HandIn& ask) { HandedIn(context, asker, ask); },
                        [&](const Pull& ask) { AskedForNews(context, asker, ask); },
                        [&](const ServeRead& ask) { AskedToServe(context, asker, ask); },
                        [&](const ConfirmRead& ask) { StartRead(context, asker, ask); }},
             question.ask);
}

void PeerDesk::Decline(Context* context, const raft::NodeId& from, const Question& question) {
  Answer(context, {from, question.life, question.number}, NotLeader{});
}

void PeerDesk::Suspend(Context* context) {
  for (const auto& [id, read] : reads_) Answer(context, read.asker, NotLeader{});
  for (const auto& [need, read] : by_need_) Answer(context, read.first, NotLeader{});
  reads_.clear();
  by_need_.clear();
  // What is under way in the log stays noted, or each would be appended again when it is asked
  // about again.
  for (auto& [name, write] : handed_in_) write.askers.clear();
  TakeLackingRoom();
  waiting_.clear();
}

// The id makes a second copy harmless: where the first has been applied, its outcome is given
// again. Yet while this leader still has the first under way none is made: where the followers are
// slow, every asker asks again, and copies would come in faster than they are committed.
void PeerDesk::HandedIn(Context* context, const Asker& asker, const HandIn& ask) {
  // An opening is not answered: its owner asks until it has applied it, and applies what there is.
  if (IsKnownOpening(*context, LogCommand::Of(ask.command))) return;
  // Nor is what a node asks about again since the first answer is late.
  const kv::Command& command = LogCommand::Of(ask.command);
  if (const std::optional<kv::Applied> known = KnownOutcome(*context, command)) {
    return Answer(context, asker, *known);
  }
  const kv::WriteId& id = command.id;
  Write* write = UnderWay(ask.command);
  const bool to_append = write == nullptr || write->term != context->raft().term();
  if (to_append && !context->HasRoomFor(ask.command)) return LackRoom(context, asker, ask);
  if (write == nullptr) write = &handed_in_.emplace(id.name(), Write{ask.command, {}, {}})->second;
  if (to_append) context->raft().Propose(ask.command);
  write->term = context->raft().term();
  // An opening is not answered: its owner may use it only once it has applied it itself.
  if (id.writer == 0) return;
  auto& askers = write->askers;
  if (std::find(askers.begin(), askers.end(), asker) == askers.end()) askers.push_back(asker);
}

void PeerDesk::LackRoom(Context* context, const Asker& asker, const HandIn& ask) {
  if (const auto shortage = context->ShortageOf(ask.command)) {
    return Answer(context, asker, NoRoom{*shortage});
  }
  if (!MayLackRoom(*context, ask)) return Answer(context, asker, NoRoom{Shortage::kTail});
  lacking_room_.emplace_back(asker, ask);
  lacking_bytes_ += ask.command->SizeBytes();
  waiting_.insert(asker);
}

// What waits for room is as good as uncommitted: a disk that hangs makes none.
bool PeerDesk::MayLackRoom(const Context& context, const HandIn& ask) const {
  const raft::Options& limits = context.options().raft;
  return lacking_room_.empty() ||
         (lacking_room_.size() < limits.max_uncommitted_entries &&
          lacking_bytes_ + ask.command->SizeBytes() <= limits.max_uncommitted_bytes);
}

std::vector<std::pair<PeerDesk::Asker, HandIn>> PeerDesk::TakeLackingRoom() {
  lacking_bytes_ = 0;
  for (const auto& [asker, ask] : lacking_room_) waiting_.erase(asker);
  return std::exchange(lacking_room_, {});
}

void PeerDesk::RoomMade(Context* context) {
  // Deposed in the step under way: LeaderChanged is yet to come.
  if (!context->leads()) return;
  for (const auto& [asker, ask] : TakeLackingRoom()) HandedIn(context, asker, ask);
}

PeerDesk::Write* PeerDesk::UnderWay(const raft::CommandRef& command) {
  const kv::Command& asked = LogCommand::Of(command);
  const auto [begin, end] = handed_in_.equal_range(asked.id.name());
  for (auto it = begin; it != end; ++it) {
    if (LogCommand::Is(it->second.command, asked)) return &it->second;
  }
  return nullptr;
}

// What is missing is sent at once; the answer follows when it can be given.
void PeerDesk::AskedForNews(Context* context, const Asker& asker, const Pull& ask) {
  context->raft().SendNews(asker.node);
  const raft::Index committed = context->raft().commit_index();
  if (ask.need > committed) return StartRead(context, asker, ask);
  Answer(context, asker, News{committed, context->cluster(), false});
}

void PeerDesk::AskedToServe(Context* context, const Asker& asker, const ServeRead& ask) {
  const bool refused = VerdictOn(*context, ask.session) != kv::Verdict::kHolds;
  if (refused || context->applied() >= ask.need) return Serve(context, asker, ask);
  StartRead(context, asker, ask);
}

void PeerDesk::StartRead(Context* context, const Asker& asker, ReadAsk ask) {
  ForgetGivenUp(context);
  const Time expires = context->now() + context->options().request_timeout;
  waiting_.insert(asker);
  reads_.emplace(context->raft().StartRead(context->now()),
                 Unconfirmed{asker, std::move(ask), expires});
}

// A leader whose term cannot begin answers nothing: it holds no more than one time-out's questions.
void PeerDesk::ForgetGivenUp(Context* context) {
  while (!reads_.empty() && reads_.begin()->second.expires <= context->now()) {
    context->raft().AbandonRead(reads_.begin()->first);
    waiting_.erase(reads_.begin()->second.asker);
    reads_.erase(reads_.begin());
  }
}

void PeerDesk::Serve(Context* context, const Asker& asker, const ServeRead& ask) {
  const kv::Verdict verdict = VerdictOn(*context, ask.session);
  if (verdict != kv::Verdict::kHolds) {
    return Answer(context, asker, ReadRefused{verdict, context->applied()});
  }
  TM_ASSERT(context->applied() >= ask.need);
  if (context->said_enough()) {
    waiting_.insert(asker);
    by_need_.emplace(ask.need, std::pair{asker, ask});
    return;
  }
  ReadServed served;
  served.value = context->machine().Get(ask.key);
  served.session = context->session();
  Answer(context, asker, std::move(served));
}

void PeerDesk::Applied(Context* context, const kv::Command& command, const kv::Applied& applied) {
  if (handed_in_.empty()) return;
  const auto [begin, end] = handed_in_.equal_range(command.id.name());
  for (auto it = begin; it != end; ++it) {
    if (!LogCommand::Is(it->second.command, command)) continue;
    for (const Asker& asker : it->second.askers) {
      // Who has the entry learns what came of it by applying it. Of a leader that was deposed in
      // the step under way (LeaderChanged is yet to come) nobody has to hear by that way.
      const bool sees =
          context->leads() && context->raft().TellsOfCommit(asker.node, context->applied());
      if (!sees) Answer(context, asker, applied);
    }
    handed_in_.erase(it);
    return;
  }
}

bool PeerDesk::Confirmed(Context* context, uint64_t read_id, raft::Index committed) {
  auto it = reads_.find(read_id);
  if (it == reads_.end()) return false;
  const Unconfirmed read = std::move(it->second);
  reads_.erase(it);
  std::visit(
      Overloaded{
          [&](const ConfirmRead&) { Answer(context, read.asker, ReadConfirmed{committed}); },
          [&](const Pull&) {
            Answer(context, read.asker, News{committed, context->cluster(), true});
          },
          [&](const ServeRead& serve) { ServeConfirmed(context, read.asker, serve, committed); }},
      read.ask);
  return true;
}

void PeerDesk::ServeConfirmed(Context* context, const Asker& asker, const ServeRead& serve,
                              raft::Index committed) {
  if (serve.need > committed) {
    return Answer(
        context, asker,
        ReadRefused{VerdictBeyond(committed, context->cluster(), serve.session), committed});
  }
  if (context->applied() >= serve.need) return Serve(context, asker, serve);
  by_need_.emplace(serve.need, std::pair{asker, serve});
}

bool PeerDesk::Lost(Context* context, uint64_t read_id) {
  auto it = reads_.find(read_id);
  if (it == reads_.end()) return false;
  Answer(context, it->second.asker, NotLeader{context->raft().leader()});
  reads_.erase(it);
  return true;
}

void PeerDesk::Advanced(Context* context) {
  while (Continues(*context) && !context->said_enough()) {
    const auto [asker, ask] = std::move(by_need_.begin()->second);
    by_need_.erase(by_need_.begin());
    Serve(context, asker, ask);
  }
}

bool PeerDesk::Continues(const Context& context) const {
  return !by_need_.empty() && by_need_.begin()->first <= context.applied();
}

// What was handed in may still be committed by another leader: whoever asked sees it in the log or
// asks again, so nothing definite may be said here.
void PeerDesk::LeaderChanged(Context* context) {
  if (context->leads()) return;
  handed_in_.clear();
  TakeLackingRoom();
}

}  // namespace tidemark::server
