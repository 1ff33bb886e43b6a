#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/base/concat.h"
#include "node/base/random.h"
#include "node/kv/command.h"
#include "node/raft/messages.h"
#include "node/raft/types.h"
#include "node/server/peer_messages.h"
#include "node/wire/gateway.h"
#include "node/wire/json.h"
#include "node/wire/random_messages.h"

namespace tidemark::wire {
namespace {

using raft::Index;
using raft::Term;

std::string Encoded(const server::PeerMessage& message) {
  std::string text;
  AppendPeerMessage(message, &text);
  return text;
}

std::optional<server::PeerMessage> Decoded(std::string_view line) {
  Incoming in = Decode(line, false, {});
  if (auto* refused = std::get_if<Refused>(&in.message)) {
    ADD_FAILURE() << refused->log;
    return std::nullopt;
  }
  return std::get<server::PeerMessage>(std::move(in.message));
}

std::string Enveloped(std::string_view body) {
  return Concat(R"({"src": "n1", "dest": "n2", "body": )", body, "}");
}

const raft::Header kStrangers{{"n1", raft::Incarnation(0xa1)}, {"n2", {}}, {}};
const raft::Header kFriends{
    {"n1", raft::Incarnation(0xa1)}, {"n2", raft::Incarnation(0xb2)}, raft::ClusterId(0x9f3a1c20)};

void ExpectGolden(const raft::Header& header, server::PeerBody body, std::string_view text) {
  server::PeerMessage message{header, std::move(body)};
  EXPECT_EQ(Encoded(message), Enveloped(text));
  std::optional<server::PeerMessage> decoded = Decoded(Enveloped(text));
  EXPECT_TRUE(decoded && Same(*decoded, message)) << text;
}
void ExpectConsensus(raft::Body body, std::string_view type, std::string_view fields) {
  ExpectGolden(
      kFriends, std::move(body),
      Concat(R"({"type": ")", type, R"(", "incarnation": "00000000000000a1", "to_incarnation": )",
             R"("00000000000000b2", "cluster": "9f3a1c20")", fields, "}"));
}
std::string OfQuestion(std::string_view type, std::string_view fields) {
  return Concat(R"({"type": ")", type, R"(", "incarnation": "00000000000000a1", )",
                R"("life": "0123456789abcdef", "number": 7)", fields, "}");
}
void ExpectQuestion(decltype(server::Question::ask) ask, std::string_view type,
                    std::string_view fields) {
  ExpectGolden(kStrangers, server::Question{0x0123456789abcdef, 7, std::move(ask)},
               OfQuestion(type, fields));
}
void ExpectAnswer(decltype(server::Answer::result) result, std::string_view type,
                  std::string_view fields) {
  ExpectGolden(kStrangers, server::Answer{0x0123456789abcdef, 7, std::move(result)},
               OfQuestion(type, fields));
}

template <typename Body>
raft::EntryRef EntryAt(uint64_t term, uint64_t index, Body body) {
  auto entry = std::make_shared<raft::Entry>();
  entry->at = {Term(term), Index(index)};
  entry->body = std::move(body);
  return entry;
}
raft::CommandRef CommandOf(kv::WriteId id, kv::Operation operation) {
  return std::make_shared<const server::LogCommand>(kv::Command{id, std::move(operation)});
}

TEST(PeerMessage, OfAnElectionReadsLikeThePaper) {
  ExpectConsensus(raft::RequestVote{raft::Ballot::kPreVote, Term(3), {Term(2), Index(9)}},
                  "request_vote",
                  R"(, "ballot": "pre_vote", "term": 3, "last_term": 2, "last_index": 9)");
  ExpectConsensus(raft::RequestVote{raft::Ballot::kElection, Term(1), {}}, "request_vote",
                  R"(, "ballot": "election", "term": 1, "last_term": 0, "last_index": 0)");
  ExpectConsensus(raft::RequestBootstrap{Term(1), {"n1", "n2"}}, "request_bootstrap",
                  R"(, "term": 1, "node_ids": ["n1", "n2"])");
  ExpectConsensus(raft::Vote{Term(3), raft::Ballot::kPreVote, Term(4), true}, "vote",
                  R"(, "ballot": "pre_vote", "term": 3, "asked_term": 4, "granted": true)");
  ExpectConsensus(raft::Vote{Term(4), raft::Ballot::kElection, Term(4), false}, "vote",
                  R"(, "ballot": "election", "term": 4, "asked_term": 4, "granted": false)");
  ExpectConsensus(raft::Vote{Term(1), raft::Ballot::kBootstrap, Term(1), true}, "vote",
                  R"(, "ballot": "bootstrap", "term": 1, "asked_term": 1, "granted": true)");
}

constexpr raft::RoundEcho kEcho{raft::Life(0xa1), Term(2), 41};

TEST(PeerMessage, OfReplicationReadsLikeThePaper) {
  ExpectConsensus(
      raft::AppendEntries{Term(3), {Term(2), Index(9)}, {}, Index(8), 41, raft::Life(0xa1)},
      "append_entries",
      R"(, "term": 3, "life": "00000000000000a1", "prev_term": 2, "prev_index": 9, "commit_index": 8, "round": 41, "entries": [])");
  ExpectConsensus(
      raft::AppendReply{Term(3), kEcho, raft::Appended{Index(9)}}, "append_reply",
      R"(, "term": 3, "life": "00000000000000a1", "message_term": 2, "round": 41, "match_index": 9)");
  ExpectConsensus(
      raft::AppendReply{Term(3), kEcho, raft::Conflict{Index(9), Term(1), Index(4)}},
      "append_reply",
      R"(, "term": 3, "life": "00000000000000a1", "message_term": 2, "round": 41, "conflict": {"prev_index": 9, "term": 1, "first_index": 4})");
}

TEST(PeerMessage, OfACommitNamesAnEntry) {
  ExpectConsensus(raft::CommitNotice{Term(3), {Term(2), Index(9)}}, "commit_notice",
                  R"(, "term": 3, "committed_term": 2, "committed_index": 9)");
}

TEST(PeerMessage, OfANewerTermSaysNothingElse) {
  ExpectConsensus(raft::NewerTerm{Term(3)}, "newer_term", R"(, "term": 3)");
}

TEST(PeerMessage, CarriesASnapshotInPieces) {
  const raft::Snapshot snapshot{{Term(2), Index(900)},
                                {raft::ClusterId(0x9f3a1c20), {{"n1", raft::Incarnation(1)}}},
                                1000,
                                0xfedcba9876543210u};
  const std::string kFile =
      R"("last_term": 2, "last_index": 900, "configuration": {"cluster": "9f3a1c20", )"
      R"("members": [{"node_id": "n1", "incarnation": "0000000000000001"}], )"
      R"("limits": {"max_line_bytes": 1048576, "max_key_bytes": 1048576, )"
      R"("max_value_bytes": 1048576, "max_answer_bytes": 2097152}}, "bytes": 1000, )"
      R"("checksum": "fedcba9876543210", )";
  ExpectConsensus(raft::InstallSnapshot{Term(3), 41, {snapshot, 0, ""}, raft::Life(0xa1)},
                  "install_snapshot",
                  Concat(R"(, "term": 3, "life": "00000000000000a1", "round": 41, )", kFile,
                         R"("offset": 0, "piece": "")"));
  ExpectConsensus(
      raft::InstallSnapshot{Term(3), 41, {snapshot, 996, {"\x00\xff\x10x", 4}}, raft::Life(0xa1)},
      "install_snapshot",
      Concat(R"(, "term": 3, "life": "00000000000000a1", "round": 41, )", kFile,
             R"("offset": 996, "piece": "AP8QeA==")"));
  ExpectConsensus(
      raft::InstallReply{
          Term(3), kEcho, {Term(2), Index(900)}, 1000, 0xfedcba9876543210u, 996, 512},
      "install_snapshot_reply",
      R"(, "term": 3, "life": "00000000000000a1", "message_term": 2, "round": 41, "last_term": 2, "last_index": 900, "bytes": 1000, )"
      R"("checksum": "fedcba9876543210", "offset": 996, "written": 512)");
}

TEST(PeerMessage, CarriesEntriesOfEveryKind) {
  raft::ConfigurationEntry bootstrap{{raft::ClusterId(0x9f3a1c20),
                                      {{"n1", raft::Incarnation(1)}, {"n2", raft::Incarnation(2)}},
                                      {500, 600, 700, 800}},
                                     raft::Stamp(0x5be1c09a)};
  using Kind = kv::TxnOp::Kind;
  kv::Txn txn{{{Kind::kRead, "1", ""}, {Kind::kWrite, "1", "[2,3]"}, {Kind::kAppend, "2", "\"\""}}};
  ExpectConsensus(
      raft::AppendEntries{
          Term(2),
          {},
          {EntryAt(1, 1, bootstrap), EntryAt(2, 2, raft::TermStart{raft::Stamp(7)}),
           EntryAt(2, 3, CommandOf({}, kv::OpenWriter{"n1", 0xa1, 5, 0xb7})),
           EntryAt(2, 4, CommandOf({3, 1, 1, 0xb7}, kv::Write{"5", R"({"a":1,"b":[]})"})),
           EntryAt(2, 5, CommandOf({3, 2, 1, 0xb7}, kv::Cas{"5", "1", "2", true})),
           EntryAt(2, 6, CommandOf({3, 3, 2, 0xb7}, kv::Delete{"5"})),
           EntryAt(2, 7, CommandOf({3, 4, 2, 0xb7}, txn))},
          Index(0),
          1,
          raft::Life(0xa1)},
      "append_entries",
      Concat(
          R"(, "term": 2, "life": "00000000000000a1", "prev_term": 0, "prev_index": 0, "commit_index": 0, "round": 1, "entries": [)",
          R"({"term": 1, "index": 1, "configuration": {"cluster": "9f3a1c20", "stamp": "5be1c09a", )",
          R"("members": [{"node_id": "n1", "incarnation": "0000000000000001"}, )",
          R"({"node_id": "n2", "incarnation": "0000000000000002"}], )",
          R"("limits": {"max_line_bytes": 500, "max_key_bytes": 600, "max_value_bytes": 700, )",
          R"("max_answer_bytes": 800}}}, )",
          R"({"term": 2, "index": 2, "term_start": {"stamp": "00000007"}}, )",
          R"({"term": 2, "index": 3, "command": {"writer": 0, "seq": 0, "first_unanswered": 0, )",
          R"("op": "open_writer", "node": "n1", "incarnation": "00000000000000a1", "number": 5, )",
          R"("bits": "00000000000000b7"}}, )",
          R"({"term": 2, "index": 4, "command": {"writer": 3, "seq": 1, "first_unanswered": 1, )",
          R"("writer_bits": "00000000000000b7", "op": "write", "key": 5, "value": {"a": 1, "b": []}}}, )",
          R"({"term": 2, "index": 5, "command": {"writer": 3, "seq": 2, "first_unanswered": 1, )",
          R"("writer_bits": "00000000000000b7", "op": "cas", "key": 5, "from": 1, "to": 2, "create_if_not_exists": true}}, )",
          R"({"term": 2, "index": 6, "command": {"writer": 3, "seq": 3, "first_unanswered": 2, )",
          R"("writer_bits": "00000000000000b7", "op": "delete", "key": 5}}, )",
          R"({"term": 2, "index": 7, "command": {"writer": 3, "seq": 4, "first_unanswered": 2, )",
          R"("writer_bits": "00000000000000b7", "op": "txn", "txn": [["r", 1, null], ["w", 1, [2, 3]], ["append", 2, ""]]}}])"));
}

constexpr kv::Session kSeen{0x9f3a1c20, 12, 2, 0x5be1c09a};
constexpr std::string_view kSeenTold =
    R"(, "session": {"cluster": "9f3a1c20", "index": 12, "term": 2, "stamp": "5be1c09a"})";

TEST(PeerMessage, CarriesWhatCommandsClaim) {
  auto expect = [](kv::Command command, std::string_view fields) {
    ExpectQuestion(server::HandIn{std::make_shared<const server::LogCommand>(std::move(command))},
                   "hand_in", Concat(R"(, "command": {)", fields, "}"));
  };
  const std::string kId =
      R"("writer": 37, "seq": 5, "first_unanswered": 4, "writer_bits": "00000000000000b7")";
  const kv::WriteId id{37, 5, 4, 0xb7};
  expect({id, kv::Delete{"1"}, true}, kId + R"(, "once": true, "op": "delete", "key": 1)");
  expect({id, kv::Delete{"1"}, false, kSeen},
         Concat(kId, R"(, "op": "delete", "key": 1)", kSeenTold));
  expect({id, kv::Txn{}, true, kSeen},
         Concat(kId, R"(, "once": true, "op": "txn", "txn": [])", kSeenTold));
  expect({id, kv::OpenClient{0xc8}}, kId + R"(, "op": "open_client", "bits": "00000000000000c8")");
  const std::string kFate =
      kId + R"(, "op": "fate", "write_id": {"writer": 9, "seq": 3, "tag": "00000000000000d9"})";
  expect({id, kv::Fate{{9, 3, 0xd9}}}, kFate);
  expect({id, kv::Fate{{9, 3, 0xd9}}, false, kSeen}, Concat(kFate, kSeenTold));
}

TEST(PeerMessage, TellsAStrangerWhoOneIs) {
  ExpectConsensus(raft::BootstrapWanted{{"n1", "n2"}}, "bootstrap_wanted",
                  R"(, "node_ids": ["n1", "n2"])");
  ExpectConsensus(raft::WrongIncarnation{}, "wrong_incarnation", "");
  ExpectConsensus(raft::WrongCluster{}, "wrong_cluster", "");
}

TEST(PeerMessage, AsksWithLifeAndNumber) {
  ExpectQuestion(server::HandIn{CommandOf({3, 1, 1, 0xb7}, kv::Delete{"\"k\""})}, "hand_in",
                 R"(, "command": {"writer": 3, "seq": 1, "first_unanswered": 1, )"
                 R"("writer_bits": "00000000000000b7", "op": "delete", "key": "k"})");
  ExpectQuestion(server::ServeRead{"\"k\"", Index(12)}, "serve_read",
                 R"(, "key": "k", "need": 12)");
  ExpectQuestion(server::ServeRead{"\"k\"", Index(12), kSeen}, "serve_read",
                 Concat(R"(, "key": "k", "need": 12)", kSeenTold));
  ExpectQuestion(server::ConfirmRead{}, "confirm_read", "");
  ExpectQuestion(server::Pull{Index(12)}, "pull", R"(, "need": 12)");
}

TEST(PeerMessage, AnswersWithLifeAndNumber) {
  ExpectAnswer(server::ReadServed{"[1,2]", kSeen}, "read_served",
               Concat(R"(, "value": [1, 2])", kSeenTold));
  ExpectAnswer(server::ReadServed{"null", kSeen}, "read_served",
               Concat(R"(, "value": null)", kSeenTold));
  ExpectAnswer(server::ReadServed{std::nullopt, kSeen}, "read_served", kSeenTold);
  ExpectAnswer(server::ReadServed{std::nullopt, std::nullopt}, "read_served", "");
  ExpectAnswer(server::ReadConfirmed{Index(4)}, "read_confirmed", R"(, "read_index": 4)");
  ExpectAnswer(server::ReadRefused{kv::Verdict::kOtherCluster, Index(4)}, "read_refused",
               R"(, "verdict": "token_other_cluster", "committed": 4)");
  ExpectAnswer(server::ReadRefused{kv::Verdict::kLostHistory, Index(4)}, "read_refused",
               R"(, "verdict": "token_lost_history", "committed": 4)");
  ExpectAnswer(server::ReadRefused{kv::Verdict::kFromFuture, Index(0)}, "read_refused",
               R"(, "verdict": "token_from_future", "committed": 0)");
  ExpectAnswer(server::News{Index(4), raft::ClusterId(0x9f3a1c20), true}, "news",
               R"(, "committed": 4, "of_cluster": "9f3a1c20", "confirmed": true)");
  ExpectAnswer(server::News{Index(0), {}, false}, "news",
               R"(, "committed": 0, "of_cluster": null, "confirmed": false)");
  ExpectAnswer(server::NotLeader{"n3"}, "not_leader", R"(, "leader": "n3")");
  ExpectAnswer(server::NotLeader{}, "not_leader", R"(, "leader": null)");
  ExpectAnswer(server::NoRoom{server::Shortage::kDisk}, "no_room", R"(, "reason": "no_room")");
  ExpectAnswer(server::NoRoom{server::Shortage::kTail}, "no_room", R"(, "reason": "overloaded")");
}

TEST(PeerMessage, AnswersWithEveryOutcome) {
  using Kind = kv::TxnOp::Kind;
  auto expect = [](const kv::Result& result, std::string_view fields) {
    ExpectAnswer(kv::Applied{{9, result}, std::nullopt}, "outcome",
                 Concat(R"(, "index": 9)", fields));
    ExpectAnswer(kv::Applied{{9, result}, kSeen}, "outcome",
                 Concat(R"(, "index": 9)", fields, kSeenTold));
  };
  expect(kv::Done{}, R"(, "result": "done")");
  expect(kv::TxnDone{{{Kind::kRead, "1", "null"}, {Kind::kRead, "2", "[3]"}}},
         R"(, "result": "txn_done", "txn": [["r", 1, null], ["r", 2, [3]]])");
  expect(kv::KeyMissing{}, R"(, "result": "key_missing")");
  expect(kv::CasMismatch{"[1,2]"}, R"(, "result": "cas_mismatch", "current": [1, 2])");
  expect(kv::NotAList{"\"k\""}, R"(, "result": "not_a_list", "key": "k")");
  expect(kv::TooLarge{Limit::kAnswer, 8},
         R"(, "result": "too_large", "limit": "max_answer_bytes", "limit_bytes": 8)");
  expect(kv::TooLarge{Limit::kKey, 9},
         R"(, "result": "too_large", "limit": "max_key_bytes", "limit_bytes": 9)");
  expect(kv::Opened{}, R"(, "result": "opened")");
  expect(kv::OpeningVoid{}, R"(, "result": "opening_void")");
  expect(kv::WriterClosed{}, R"(, "result": "writer_closed")");
  expect(kv::OutcomeForgotten{}, R"(, "result": "outcome_forgotten")");
  expect(kv::SeqReused{}, R"(, "result": "seq_reused")");
  expect(kv::Cancelled{}, R"(, "result": "cancelled")");
  expect(kv::SessionRefused{kv::Verdict::kOtherCluster},
         R"(, "result": "session_refused", "verdict": "token_other_cluster")");
  expect(kv::SessionRefused{kv::Verdict::kLostHistory},
         R"(, "result": "session_refused", "verdict": "token_lost_history")");
  expect(kv::SessionRefused{kv::Verdict::kFromFuture},
         R"(, "result": "session_refused", "verdict": "token_from_future")");
  using Fate = kv::Fated::Kind;
  expect(kv::Fated{Fate::kCommitted, 12},
         R"(, "result": "fated", "outcome": "committed", "commit_index": 12)");
  expect(kv::Fated{Fate::kCancelled}, R"(, "result": "fated", "outcome": "cancelled")");
  expect(kv::Fated{Fate::kUnknown}, R"(, "result": "fated", "outcome": "unknown")");
  using Refusal = kv::Fated::Refusal;
  for (const auto& [refusal, name] : std::vector<std::pair<Refusal, std::string_view>>{
           {Refusal::kKeyMissing, "key_missing"},
           {Refusal::kCasMismatch, "cas_mismatch"},
           {Refusal::kNotAList, "not_a_list"},
           {Refusal::kOtherCluster, "token_other_cluster"},
           {Refusal::kLostHistory, "token_lost_history"},
           {Refusal::kFromFuture, "token_from_future"},
           {Refusal::kTooLarge, "too_large"},
       }) {
    expect(kv::Fated{Fate::kRefused, 0, refusal},
           Concat(R"(, "result": "fated", "outcome": "refused", "refusal": ")", name, "\""));
  }
}

TEST(PeerMessage, ComesBackAsItWasSent) {
  Random random(1);
  for (int i = 0; i < 5000; ++i) {
    server::PeerMessage message = RandomPeerMessage(&random);
    std::string text = Encoded(message);
    std::optional<server::PeerMessage> decoded = Decoded(text);
    ASSERT_TRUE(decoded) << text;
    ASSERT_TRUE(Same(message, *decoded)) << text;
    ASSERT_EQ(Encoded(*decoded), text);
  }
}

// Refused or, where it is taken, a message that can be sent on and says the same again.
void ExpectSoundLine(const std::string& line) {
  Incoming in = Decode(line, false, {});
  const auto* message = std::get_if<server::PeerMessage>(&in.message);
  if (message == nullptr) return;
  std::optional<server::PeerMessage> again = Decoded(Encoded(*message));
  EXPECT_TRUE(again && Same(*message, *again)) << line;
}

// `whole` with each part of `part`, which is in it, replaced by what is of another kind or out of
// range, and without each of its members.
void ExpectSoundWhateverStandsIn(Json* part, const Json& whole) {
  const Json kept = *part;
  for (const Json& other :
       {Json(), Json::Bool(true), Json::Number(int64_t{0}), Json::Number(int64_t{-1}),
        Json::NumberText("18446744073709551615"), Json::NumberText("1.5"), Json::String(""),
        Json::String("00000000"), Json::Array(), Json::Object()}) {
    *part = other;
    ExpectSoundLine(whole.Spaced());
  }
  *part = kept;
  if (part->is_array()) {
    for (Json& item : part->mutable_items()) ExpectSoundWhateverStandsIn(&item, whole);
  }
  if (!part->is_object()) return;
  for (Json::Member& member : part->mutable_members()) {
    ExpectSoundWhateverStandsIn(&member.second, whole);
  }
  for (size_t i = 0; i < kept.members().size(); ++i) {
    auto& members = part->mutable_members();
    members.erase(members.begin() + static_cast<std::ptrdiff_t>(i));
    ExpectSoundLine(whole.Spaced());
    *part = kept;
  }
}

void AddKeys(const Json& json, std::set<std::string>* keys) {
  if (json.is_array()) {
    for (const Json& item : json.items()) AddKeys(item, keys);
  } else if (json.is_object()) {
    for (const auto& [key, value] : json.members()) {
      keys->insert(key);
      AddKeys(value, keys);
    }
  }
}

// Messages that differ in what they are made of, however rare they are among random ones.
std::vector<std::string> MessagesOfEveryShape(uint64_t seed) {
  Random random(seed);
  std::set<std::set<std::string>> shapes;
  std::vector<std::string> messages;
  for (int i = 0; i < 10000; ++i) {
    server::PeerMessage message = RandomPeerMessage(&random);
    const auto* consensus = std::get_if<raft::Body>(&message.body);
    // What a hand_in does not have as well is in the shorter ones.
    const auto* append =
        consensus == nullptr ? nullptr : std::get_if<raft::AppendEntries>(consensus);
    if (append != nullptr && append->entries.size() > 1) continue;
    std::string text = Encoded(message);
    std::set<std::string> keys;
    AddKeys(*ParseJson(text), &keys);
    if (shapes.insert(std::move(keys)).second) messages.push_back(std::move(text));
  }
  return messages;
}

TEST(PeerMessage, WithAnyPartReplacedIsRefusedOrMeansWhatItSays) {
  for (const std::string& text : MessagesOfEveryShape(2)) {
    ASSERT_TRUE(Decoded(text));
    Json message = *ParseJson(text);
    ExpectSoundWhateverStandsIn(&message, message);
  }
}

TEST(PeerMessage, WithAnyByteChangedIsRefusedOrMeansWhatItSays) {
  Random random(3);
  for (int i = 0; i < 100; ++i) {
    const std::string text = Encoded(RandomPeerMessage(&random));
    for (size_t at = 0; at < text.size(); ++at) {
      for (int change : {1, 2, 7, 0x80}) {
        std::string changed = text;
        changed[at] = static_cast<char>(changed[at] ^ change);
        ExpectSoundLine(changed);
      }
    }
  }
}

TEST(PeerMessage, CutAnywhereIsRefused) {
  for (const std::string& text : MessagesOfEveryShape(4)) {
    for (size_t size = 0; size < text.size(); ++size) {
      Incoming in = Decode(std::string_view(text).substr(0, size), false, {});
      EXPECT_TRUE(std::holds_alternative<Refused>(in.message)) << text.substr(0, size);
    }
  }
}

TEST(PeerMessage, MayBeWrittenByHand) {
  std::optional<server::PeerMessage> decoded = Decoded(
      R"({"body":{"need":3,"key":{"b":1, "a":2},"life":"0000000000000001","number":1,)"
      R"("incarnation":"00000000000000a1","type":"serve_read"},"id":4,"dest":"n2","src":"n1"})");
  ASSERT_TRUE(decoded);
  const auto& question = std::get<server::Question>(decoded->body);
  EXPECT_EQ(std::get<server::ServeRead>(question.ask).key, R"({"a":2,"b":1})");
}
}  // namespace
}  // namespace tidemark::wire
