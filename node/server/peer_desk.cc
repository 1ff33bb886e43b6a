#include "node/server/peer_desk.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "node/server/replies.h"

namespace tidemark::server {

void PeerDesk::Asked(Context* context, const raft::NodeId& from, const Question& question) {
  const Asker asker{from, question.life, question.number};
  if (!context->leads()) return Answer(context, asker, NotLeader{context->raft().leader()});
  if (const auto* ask = std::get_if<HandIn>(&question.ask)) return HandedIn(context, asker, *ask);
  if (const auto* ask = std::get_if<Pull>(&question.ask)) {
    return AskedForNews(context, asker, *ask);
  }
  if (const auto* ask = std::get_if<ServeRead>(&question.ask)) {
    return AskedToServe(context, asker, *ask);
  }
  StartRead(context, asker, ConfirmRead{});
}

// The id makes a second copy harmless: where the first has been applied, its outcome is given
// again. Yet while this leader still has the first under way none is made: where the followers are
// slow, every asker asks again, and copies would come in faster than they are committed.
void PeerDesk::HandedIn(Context* context, const Asker& asker, const HandIn& ask) {
  const kv::WriteId& id = LogCommand::Of(ask.command).id;
  // An opening is not answered: its owner may use it only once it has applied it itself.
  if (id.writer == 0) {
    context->raft().Propose(ask.command);
    return;
  }
  Write& write = handed_in_[{id.writer, id.seq}];
  if (write.term != context->raft().term()) context->raft().Propose(ask.command);
  write.term = context->raft().term();
  auto& askers = write.askers;
  if (std::find(askers.begin(), askers.end(), asker) == askers.end()) askers.push_back(asker);
}

void PeerDesk::AskedForNews(Context* context, const Asker& asker, const Pull& ask) {
  context->raft().SendNews(asker.node);
  if (ask.need > context->raft().commit_index()) StartRead(context, asker, ask);
}

void PeerDesk::AskedToServe(Context* context, const Asker& asker, const ServeRead& ask) {
  if (context->applied() >= ask.need) return Serve(context, asker, ask.key);
  StartRead(context, asker, ask);
}

void PeerDesk::StartRead(Context* context, const Asker& asker, ReadAsk ask) {
  reads_.emplace(context->raft().StartRead(), Unconfirmed{asker, std::move(ask)});
}

void PeerDesk::Serve(Context* context, const Asker& asker, const std::string& key) {
  const std::string* value = context->machine().Get(key);
  ReadServed served;
  if (value != nullptr) served.value = *value;
  Answer(context, asker, std::move(served));
}

void PeerDesk::Applied(Context* context, const kv::Command& command, const kv::Outcome& outcome) {
  if (handed_in_.empty()) return;
  auto it = handed_in_.find({command.id.writer, command.id.seq});
  if (it == handed_in_.end()) return;
  for (const Asker& asker : it->second.askers) Answer(context, asker, outcome);
  handed_in_.erase(it);
}

bool PeerDesk::Confirmed(Context* context, uint64_t read_id, raft::Index committed) {
  auto it = reads_.find(read_id);
  if (it == reads_.end()) return false;
  const Unconfirmed read = std::move(it->second);
  reads_.erase(it);
  if (std::holds_alternative<ConfirmRead>(read.ask)) {
    Answer(context, read.asker, ReadConfirmed{committed});
    return true;
  }
  const auto* serve = std::get_if<ServeRead>(&read.ask);
  const raft::Index need = serve != nullptr ? serve->need : std::get<Pull>(read.ask).need;
  if (need > committed) {
    Answer(context, read.asker, TokenFromFuture{committed});
  } else if (serve != nullptr && context->applied() >= need) {
    Serve(context, read.asker, serve->key);
  } else if (serve != nullptr) {
    by_need_.emplace(need, std::pair{read.asker, serve->key});
  }
  return true;
}

bool PeerDesk::Lost(Context* context, uint64_t read_id) {
  auto it = reads_.find(read_id);
  if (it == reads_.end()) return false;
  Answer(context, it->second.asker, NotLeader{context->raft().leader()});
  reads_.erase(it);
  return true;
}

void PeerDesk::Advanced(Context* context) {
  while (!by_need_.empty() && by_need_.begin()->first <= context->applied()) {
    const auto [asker, key] = std::move(by_need_.begin()->second);
    by_need_.erase(by_need_.begin());
    Serve(context, asker, key);
  }
}

// What was handed in may still be committed by another leader: whoever asked sees it in the log or
// asks again, so nothing definite may be said here.
void PeerDesk::LeaderChanged(Context* context) {
  if (context->leads()) return;
  handed_in_.clear();
}

}  // namespace tidemark::server
