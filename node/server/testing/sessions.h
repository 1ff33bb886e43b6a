// A cluster whose clients speak in sessions: what the tests of sessions share.
#ifndef TIDEMARK_NODE_SERVER_TESTING_SESSIONS_H_
#define TIDEMARK_NODE_SERVER_TESTING_SESSIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/server/requests.h"
#include "node/server/testing/cluster.h"

namespace tidemark::server::testing {

// What is asked, always of key x.
inline RequestBody Put(const char* value) { return WriteRequest{kv::Write{"x", value}, {}}; }
inline RequestBody PutOnce(const char* value, kv::WriteId id) {
  return WriteRequest{kv::Write{"x", value}, id};
}
inline RequestBody Get() { return ReadRequest{"x"}; }
inline RequestBody GetOwn(uint64_t index = 0, bool prefer_follower = true) {
  return RywReadRequest{"x", raft::Index(index), prefer_follower, {}};
}
inline RequestBody FateOf(const kv::ToldName& name) { return WriteRequest{kv::Fate{name}, {}}; }

// What an `open` gave.
struct Client {
  kv::LogIndex index = 0;
  uint64_t key = 0;
  kv::WriteId Id(uint64_t seq, uint64_t first_unanswered = 0) const {
    return {index, seq, first_unanswered, key};
  }
  kv::ToldName Name(uint64_t seq) const { return Id(seq).Told(); }
};
inline Client OpenAt(Cluster* cluster, const raft::NodeId& node) {
  const auto ok = std::get<OpenOk>(cluster->Ask(node, WriteRequest{kv::OpenClient{}, {}}));
  return {ok.client, ok.key};
}

// What came back; of another kind: empty, or the error's text.
inline const Error& AsError(const ReplyBody& body) {
  static const Error* const kNone = new Error{.code = ErrorCode{0}, .text = "no error"};
  const auto* error = std::get_if<Error>(&body);
  return error == nullptr ? *kNone : *error;
}
inline std::string ValueOf(const ReplyBody& body) {
  if (const auto* ok = std::get_if<ReadOk>(&body)) return ok->value;
  if (const auto* ok = std::get_if<RywReadOk>(&body)) return ok->value;
  return "error: " + AsError(body).text;
}
inline uint64_t IndexOf(const ReplyBody& body) {
  const auto* ok = std::get_if<WriteOk>(&body);
  return ok == nullptr ? 0 : ok->commit_index.value();
}
inline const ServedByFollower* Follower(const ReplyBody& body) {
  const auto* ok = std::get_if<RywReadOk>(&body);
  return ok == nullptr ? nullptr : std::get_if<ServedByFollower>(&ok->served);
}
inline kv::Fated FateIn(const ReplyBody& body) {
  const auto* ok = std::get_if<FateOk>(&body);
  return ok == nullptr ? kv::Fated{} : ok->fate;
}

// Three nodes that n1 leads, and that all hold x = "0".
class Sessions : public ::testing::Test {
 protected:
  Sessions() : Sessions(Cluster::Setup{}) {}
  explicit Sessions(Cluster::Setup setup) : cluster_(std::move(setup)) {
    cluster_.Write("n1", "x", "0");
    cluster_.Advance(200);
  }

  Client Open(const char* node) { return OpenAt(&cluster_, node); }
  void ExpectRefused(const Reply& reply, Reason reason) {
    EXPECT_EQ(AsError(reply.body).code, ErrorCode::kPreconditionFailed) << ValueOf(reply.body);
    EXPECT_EQ(AsError(reply.body).reason, reason);
    EXPECT_FALSE(reply.session) << "who is refused must not come to hold this history";
  }
  // At every node, by every kind of request.
  void ExpectRefusedEverywhere(const kv::Session& token, Reason reason) {
    for (const char* node : {"n1", "n2", "n3"}) {
      SCOPED_TRACE(node);
      ExpectRefused(cluster_.AskInSession(node, GetOwn(), token), reason);
      ExpectRefused(cluster_.AskInSession(node, GetOwn(0, false), token), reason);
      ExpectRefused(cluster_.AskInSession(node, Get(), token), reason);
      ExpectRefused(cluster_.AskInSession(node, Put("7"), token), reason);
    }
  }
  // n1 leads; nobody gets anything from it, but its answers to clients.
  void CutOffLeader() { cluster_.Partition({{"n1"}, {"n2", "n3"}}); }

  // It is cut off and steps down, with what it appended alone.
  void AwaitThatNobodyFollowsN1() {
    ASSERT_TRUE(cluster_.AdvanceUntil([&] { return !cluster_.node("n1").raft().leads(); }));
  }

  // A token that somebody made up for an entry that n1 alone has. Everybody is alone then, and
  // nobody leads.
  kv::Session MakeUpTokenOfN1sOwn() {
    kv::Session token = *cluster_.AskInSession("n1", Get()).session;
    cluster_.Partition({{"n1"}, {"n2"}, {"n3"}});
    cluster_.Send("n1", Put("666"));
    AwaitThatNobodyFollowsN1();
    token.index = Log("n1").last_index().value();
    return token;
  }

  const raft::Log& Log(const raft::NodeId& node) const { return cluster_.node(node).raft().log(); }
  // What one holds who has seen the entry at `index` of that node's log.
  kv::Session NameOf(const raft::NodeId& node, raft::Index index) const {
    const raft::Log& log = Log(node);
    const auto& first = log.At(log.FirstOfTermAt(index))->body;
    const auto* start = std::get_if<raft::TermStart>(&first);
    const raft::Stamp stamp =
        start == nullptr ? std::get<raft::ConfigurationEntry>(first).stamp : start->stamp;
    return {cluster_.node(node).raft().cluster().value(), index.value(), log.TermAt(index).value(),
            stamp.value()};
  }
  // The id of the last write in n1's log.
  kv::WriteId LastWriteOfN1() const {
    const raft::Log& log = Log("n1");
    raft::Index at = log.last_index();
    while (!std::holds_alternative<raft::CommandRef>(log.At(at)->body)) at = at.Prev();
    return LogCommand::Of(std::get<raft::CommandRef>(log.At(at)->body)).id;
  }

  // n2 or n3, as soon as it leads.
  raft::NodeId AwaitSuccessor() {
    raft::NodeId successor;
    EXPECT_TRUE(cluster_.AdvanceUntil([&] {
      for (const char* node : {"n2", "n3"}) {
        if (cluster_.alive(node) && cluster_.node(node).raft().leads()) successor = node;
      }
      return !successor.empty();
    }));
    return successor;
  }

  // n2's last pull.
  void RecordPulls() {
    cluster_.on_send = [this](const PeerMessage& message) {
      const auto* question = std::get_if<Question>(&message.body);
      if (question == nullptr || !std::holds_alternative<Pull>(question->ask)) return;
      if (message.header.from.id == "n2") pull_ = *question;
    };
  }
  // n2 hears, as from n1, that nothing is committed but what n2 has.
  void TellN2ThatThereIsNothing(const Question& asked, bool confirmed) {
    const News news{cluster_.node("n2").applied(), cluster_.node("n2").raft().cluster(), confirmed};
    cluster_.Deliver("n2", PeerMessage{cluster_.node("n1").raft().HeaderFor("n2"),
                                       server::Answer{asked.life, asked.number, news}});
  }

  Cluster cluster_;
  Question pull_;
};

}  // namespace tidemark::server::testing

#endif  // TIDEMARK_NODE_SERVER_TESTING_SESSIONS_H_
