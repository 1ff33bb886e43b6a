// What other nodes ask this one as their leader.
#ifndef TIDEMARK_NODE_SERVER_PEER_DESK_H_
#define TIDEMARK_NODE_SERVER_PEER_DESK_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "node/base/time.h"
#include "node/kv/command.h"
#include "node/server/context.h"
#include "node/server/peer_messages.h"

namespace tidemark::server {

class PeerDesk {
 public:
  // Answers at once, or remembers what to answer later. A node that does not lead says so: what
  // was forwarded is never forwarded again. A question that comes again while the first is not
  // answered (same node, life and number) is the same question, and is kept once.
  void Asked(Context* context, const raft::NodeId& from, const Question& question);

  // This node's state is not to be trusted: the question is not answered from it.
  void Decline(Context* context, const raft::NodeId& from, const Question& question);
  // From now on. What waits here is forgotten; who asked asks again, or somebody else.
  void Suspend(Context* context);

  // This node's disk has more room, or is known to have none.
  void RoomMade(Context* context);

  void Applied(Context* context, const kv::Command& command, const kv::Applied& applied);
  // False: the read is not one of these.
  bool Confirmed(Context* context, uint64_t read_id, raft::Index committed);
  bool Lost(Context* context, uint64_t read_id);
  // applied() has risen, or there is more to say than the last step could.
  void Advanced(Context* context);
  // Some read could be answered, and waits for the next step.
  bool Continues(const Context& context) const;
  // This node no longer leads, or leads anew.
  void LeaderChanged(Context* context);

 private:
  struct Asker {
    raft::NodeId node;
    uint64_t life = 0;
    uint64_t number = 0;
    auto operator<=>(const Asker&) const = default;
  };
  struct Write {
    raft::CommandRef command;
    raft::Term term;  // in which it was last appended here
    std::vector<Asker> askers;
  };
  using ReadAsk = std::variant<ServeRead, ConfirmRead, Pull>;
  struct Unconfirmed {
    Asker asker;
    ReadAsk ask;
    Time expires;  // who asked has given up by then
  };

  void HandedIn(Context* context, const Asker& asker, const HandIn& ask);
  void LackRoom(Context* context, const Asker& asker, const HandIn& ask);
  bool MayLackRoom(const Context& context, const HandIn& ask) const;
  std::vector<std::pair<Asker, HandIn>> TakeLackingRoom();
  Write* UnderWay(const raft::CommandRef& command);
  void AskedToServe(Context* context, const Asker& asker, const ServeRead& ask);
  void AskedForNews(Context* context, const Asker& asker, const Pull& ask);
  void StartRead(Context* context, const Asker& asker, ReadAsk ask);
  void ForgetGivenUp(Context* context);
  // A majority has confirmed that this node leads, with `committed` committed.
  void ServeConfirmed(Context* context, const Asker& asker, const ServeRead& serve,
                      raft::Index committed);
  // applied() has reached what `ask` needs.
  void Serve(Context* context, const Asker& asker, const ServeRead& ask);
  template <typename Result>
  void Answer(Context* context, const Asker& asker, Result result) {
    waiting_.erase(asker);
    context->AnswerPeer(asker.node, asker.life, asker.number, std::move(result));
  }

  // Keyed by the write's id, not by its place in the log: a node that leads twice may have two
  // entries at one index in its life, and must forget neither asker for the other. A client may use
  // one id for two commands, each of which has an outcome. All openings are under the zero id.
  std::multimap<kv::WriteName, Write> handed_in_;
  std::vector<std::pair<Asker, HandIn>> lacking_room_;  // more is being made
  uint64_t lacking_bytes_ = 0;
  std::map<uint64_t, Unconfirmed> reads_;  // by raft's read id, which is by arrival
  // What they need is known to be committed, and is not applied yet or not said yet.
  std::multimap<raft::Index, std::pair<Asker, ServeRead>> by_need_;
  std::set<Asker> waiting_;  // those of the last three
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_PEER_DESK_H_
