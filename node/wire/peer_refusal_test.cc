// What the gateway says of a message between nodes that no node means.
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/base/concat.h"
#include "node/wire/gateway.h"

namespace tidemark::wire {
namespace {

std::string PeerLine(std::string_view body) {
  return Concat(R"({"src": "n1", "dest": "n2", "body": )", body, "}");
}

// What is said of `fields` of a message of that type, which is never answered.
std::string PeerRefusal(std::string_view type, std::string_view fields) {
  std::string line = PeerLine(Concat(
      R"({"type": ")", type, R"(", "msg_id": 1, "incarnation": "00000000000000a1")", fields, "}"));
  Incoming in = Decode(line, false, {});
  const auto* refused = std::get_if<Refused>(&in.message);
  if (refused == nullptr) return "taken";
  EXPECT_FALSE(refused->from) << line;
  return refused->error.text;
}

TEST(PeerMessage, IsRefusedForTheFirstFieldThatIsWrong) {
  struct Case {
    std::string_view type;
    std::string_view fields;
    std::string_view error;
  };
  for (
      const auto& [type, fields, error] : std::vector<Case>{
          {"pull", "",
           "body.life: expected a string of 16 hexadecimal digits in lower case, got nothing"},
          {"pull", R"(, "life": "00000000000000A1", "number": 1, "need": 1)",
           "body.life: expected a string of 16 hexadecimal digits in lower case, got "
           "\"00000000000000A1\""},
          {"pull", R"(, "life": "00000000000000a1", "number": -1, "need": 1)",
           "body.number: expected an integer from 0 to 18446744073709551615, got -1"},
          {"pull", R"(, "life": "00000000000000a1", "number": 1, "need": 9223372036854775808)",
           "body.need: expected an integer from 0 to 9223372036854775807, got 9223372036854775808"},
          {"wrong_cluster", R"(, "to_incarnation": "0000000000000000")",
           "body.to_incarnation: expected an identity that is not zero, got "
           "\"0000000000000000\""},
          {"wrong_cluster", R"(, "cluster": 5)",
           "body.cluster: expected a string of 8 hexadecimal digits in lower case, got 5"},
          {"vote", R"(, "ballot": "maybe", "term": 1, "asked_term": 1, "granted": true)",
           R"(body.ballot: expected "pre_vote" or "election" or "bootstrap", got "maybe")"},
          {"vote", R"(, "ballot": "election", "term": 1, "asked_term": 1, "granted": 1)",
           "body.granted: expected true or false, got 1"},
          {"request_vote", R"(, "ballot": "bootstrap", "term": 1, "last_term": 1, "last_index": 1)",
           R"(body.ballot: expected "pre_vote" or "election", got "bootstrap")"},
          {"request_vote", R"(, "ballot": "election", "term": 1, "last_term": 0, "last_index": 1)",
           "body.last_term: expected the term of an entry, got 0"},
          {"request_vote", R"(, "ballot": "election", "term": 1, "last_term": 1, "last_index": 0)",
           "body.last_term: expected 0 for index 0, got 1"},
          {"request_vote", R"(, "ballot": "election", "term": 1, "last_term": 2, "last_index": 1)",
           "body.last_term: expected at most the message's term 1, got 2"},
          {"bootstrap_wanted", R"(, "node_ids": ["n2", "n1", "n2"])",
           R"(body.node_ids: expected each id once, got ["n2","n1","n2"])"},
          {"append_reply",
           R"(, "term": 1, "life": "00000000000000a1", "message_term": 1, "round": 1)",
           "body.match_index: expected an integer from 0 to 9223372036854775807, got nothing"},
          {"append_reply",
           R"(, "term": 1, "life": "00000000000000a1", "message_term": 1, "round": 1, "conflict": {}, "match_index": 1)",
           R"(body: expected either match_index or conflict, got {"conflict":{},"incarnation":"0000000000...)"},
          {"append_reply",
           R"(, "term": 1, "life": "00000000000000a1", "message_term": 1, "round": 1, "conflict": {"prev_index": 1})",
           "body.conflict.term: expected an integer from 0 to 9223372036854775807, got nothing"},
          {"outcome", R"(, "life": "00000000000000a1", "number": 1, "index": 1, "result": "done?")",
           R"(body.result: expected "done" or "txn_done" or "key_missing" or "cas_mismatch" or "not_a_list" or )"
           R"("opened" or "opening_void" or "writer_closed" or "outcome_forgotten" or "seq_reused" or "cancelled" or )"
           R"("session_refused" or "fated" or "too_large", got "done?")"},
          {"not_leader", R"(, "life": "00000000000000a1", "number": 1)",
           "body.leader: expected a string that is not empty, got nothing"},
          {"hand_in", R"(, "life": "00000000000000a1", "number": 1)",
           "body.command: expected an object, got nothing"},
          {"hand_in",
           R"(, "life": "00000000000000a1", "number": 1, "command": {"writer": 0, "seq": 1, "first_unanswered": 1, "op": "delete", "key": 1})",
           "body.command.writer: expected the writer's index, got 0"},
      }) {
    EXPECT_EQ(PeerRefusal(type, fields), error) << type << fields;
  }
}

TEST(PeerMessage, IsRefusedWhereItSaysWhatNoNodeMeans) {
  const std::string kAsked = R"(, "life": "00000000000000a1", "number": 1)";
  auto refusal = [&](std::string_view type, std::string_view fields) {
    return PeerRefusal(type, Concat(kAsked, ", ", fields));
  };
  auto outcome = [&](std::string_view fields) {
    return refusal("outcome", Concat(R"("index": 1, "result": )", fields));
  };
  const std::string kVerdicts =
      R"(expected "token_other_cluster" or "token_lost_history" or "token_from_future", got )";
  EXPECT_EQ(outcome(R"("session_refused")"), Concat("body.verdict: ", kVerdicts, "nothing"));
  EXPECT_EQ(outcome(R"("session_refused", "verdict": "holds")"),
            Concat("body.verdict: ", kVerdicts, "\"holds\""));
  EXPECT_EQ(refusal("read_refused", R"("verdict": "", "committed": 1)"),
            Concat("body.verdict: ", kVerdicts, "\"\""));
  EXPECT_EQ(refusal("read_refused", R"("verdict": "token_from_future")"),
            "body.committed: expected an integer from 0 to 9223372036854775807, got nothing");
  EXPECT_EQ(
      outcome(R"("fated", "outcome": "done")"),
      R"(body.outcome: expected "committed" or "refused" or "cancelled" or "unknown", got "done")");
  EXPECT_EQ(outcome(R"("fated", "outcome": "committed")"),
            "body.commit_index: expected an integer from 1 to 9223372036854775807, got nothing");
  EXPECT_EQ(outcome(R"("fated", "outcome": "committed", "commit_index": 0)"),
            "body.commit_index: expected an integer from 1 to 9223372036854775807, got 0");
  EXPECT_EQ(
      outcome(R"("fated", "outcome": "refused", "refusal": "none")"),
      R"(body.refusal: expected "key_missing" or "cas_mismatch" or "not_a_list" or )"
      R"("token_other_cluster" or "token_lost_history" or "token_from_future" or "too_large", )"
      R"(got "none")");
  EXPECT_EQ(outcome(R"("done", "session": {})"),
            "body.session: expected cluster, index, term and stamp; missing: cluster, index, term, "
            "stamp");
  EXPECT_EQ(outcome(R"("done", "session": null)"), "body.session: expected an object, got null");
  EXPECT_EQ(refusal("read_served", R"("session": null)"),
            "body.session: expected an object, got null");
  EXPECT_EQ(refusal("serve_read",
                    R"("key": 1, "need": 1, "session": {"cluster": "00000000", "index": 1, )"
                    R"("term": 1, "stamp": "00000000"})"),
            "body.session.cluster: expected an identity that is not zero, got \"00000000\"");
  EXPECT_EQ(refusal("serve_read",
                    R"("key": 1, "need": 1, "session": {"cluster": "00000001", "index": 0, )"
                    R"("term": 1, "stamp": "00000000"})"),
            "body.session.index: expected an integer from 1 to 9223372036854775807, got 0");
  EXPECT_EQ(
      refusal("news", R"("committed": 1, "confirmed": true)"),
      "body.of_cluster: expected a string of 8 hexadecimal digits in lower case, got nothing");
  EXPECT_EQ(refusal("news", R"("committed": 1, "cluster": "00000000", "confirmed": true)"),
            "body.cluster: expected an identity that is not zero, got \"00000000\"");
  EXPECT_EQ(refusal("news", R"("committed": 1, "of_cluster": null)"),
            "body.confirmed: expected true or false, got nothing");
}

TEST(InstallSnapshot, IsRefusedWhereItsPieceIsNoneOfItsFile) {
  const auto refusal = [](std::string_view last, std::string_view bytes, std::string_view piece) {
    return PeerRefusal(
        "install_snapshot",
        Concat(R"(, "term": 3, "life": "00000000000000a1", "round": 1, )", last,
               R"(, "configuration": {"cluster": "00000001", )",
               R"("members": [{"node_id": "n1", "incarnation": "0000000000000001"}], )",
               R"("limits": {"max_line_bytes": 1048576, "max_key_bytes": 1048576, )",
               R"("max_value_bytes": 1048576, "max_answer_bytes": 2097152}}, )", R"("bytes": )",
               bytes, R"(, "checksum": "0000000000000001", )", piece));
  };
  const std::string_view kLast = R"("last_term": 3, "last_index": 9)";
  EXPECT_EQ(refusal(kLast, "10", R"("offset": 7, "piece": "AP8Q")"), "taken");
  EXPECT_EQ(refusal(kLast, "10", R"("offset": 10, "piece": "")"), "taken");
  EXPECT_EQ(refusal(R"("last_term": 4, "last_index": 9)", "10", R"("offset": 0, "piece": "")"),
            "body.last_term: expected at most the message's term 3, got 4");
  EXPECT_EQ(refusal(R"("last_term": 0, "last_index": 0)", "10", R"("offset": 0, "piece": "")"),
            "body.last_term: expected an integer from 1 to 9223372036854775807, got 0");
  EXPECT_EQ(refusal(kLast, "0", R"("offset": 0, "piece": "")"),
            "body.bytes: expected an integer from 1 to 9223372036854775807, got 0");
  EXPECT_EQ(refusal(kLast, "10", R"("offset": 11, "piece": "")"),
            "body.offset: expected an integer from 0 to 10, got 11");
  EXPECT_EQ(refusal(kLast, "10", R"("offset": 8, "piece": "AP8Q")"),
            "body.piece: expected no more than the 2 bytes that the file has there, got \"AP8Q\"");
  for (const std::string_view bad : {R"("AP8")", R"("AP8QeA")", R"("AP8Q ")", R"("A!8Q")", "5"}) {
    EXPECT_EQ(refusal(kLast, "10", Concat(R"("offset": 0, "piece": )", bad)),
              Concat("body.piece: expected a string of base64 with padding, got ", bad));
  }
  EXPECT_EQ(
      PeerRefusal(
          "install_snapshot_reply",
          R"(, "term": 3, "life": "00000000000000a1", "message_term": 3, "round": 1, "last_term": 3, "last_index": 9, "bytes": 10, )"
          R"("checksum": "0000000000000001", "offset": 5, "written": 6)"),
      "body.written: expected an integer from 0 to 5, got 6");
}

TEST(Command, IsRefusedWhereItClaimsWhatItCannot) {
  const std::string kClaim =
      R"({"cluster": "00000001", "index": 1, "term": 1, "stamp": "00000000"})";
  auto refusal = [](std::string_view fields) {
    return PeerRefusal("hand_in",
                       Concat(R"(, "life": "00000000000000a1", "number": 1, "command": )",
                              R"({"seq": 1, "first_unanswered": 1, )", fields, "}"));
  };
  const std::string kOpenWriter =
      R"("writer": 0, "op": "open_writer", "node": "n1", "incarnation": "00000000000000a1", "number": 1, )"
      R"("bits": "00000000000000b7")";
  const std::string kWriter = R"("writer": 1, "writer_bits": "00000000000000b7")";
  const std::string kOpenClient = kWriter + R"(, "op": "open_client", "bits": "00000000000000c8")";
  const std::string kFate =
      kWriter + R"(, "op": "fate", "write_id": {"writer": 9, "seq": 3, "tag": "00000000000000d9"})";
  for (const std::string& plain : {kOpenWriter, kOpenClient, kFate}) {
    EXPECT_EQ(refusal(plain), "taken");
    EXPECT_EQ(refusal(plain + R"(, "once": false)"), "taken");
    EXPECT_EQ(refusal(plain + R"(, "once": true)"),
              "body.command.once: expected it with write, cas, delete and txn only, got true");
  }
  for (const std::string& opening : {kOpenWriter, kOpenClient}) {
    EXPECT_EQ(refusal(Concat(opening, R"(, "session": )", kClaim)),
              "body.command.session: expected it with no opening of a writer, got "
              R"({"cluster":"00000001","index":1,"stamp":...)");
  }
  EXPECT_EQ(refusal(Concat(kFate, R"(, "session": )", kClaim)), "taken");
  EXPECT_EQ(refusal(kFate + R"(, "session": {})"),
            "body.command.session: expected cluster, index, term and stamp; missing: cluster, "
            "index, term, stamp");
  EXPECT_EQ(refusal(kFate + R"(, "once": 1)"), "body.command.once: expected true or false, got 1");
  EXPECT_EQ(refusal(R"("writer": 0, "op": "open_client", "bits": "00000000000000c8")"),
            "body.command.writer: expected the writer's index, got 0");
  EXPECT_EQ(refusal(R"("writer": 0, "op": "fate", )"
                    R"("write_id": {"writer": 9, "seq": 3, "tag": "00000000000000d9"})"),
            "body.command.writer: expected the writer's index, got 0");
  EXPECT_EQ(refusal(kWriter + R"(, "op": "fate")"),
            "body.command.write_id: expected an object, got nothing");
  const std::string kNoHex =
      ": expected a string of 16 hexadecimal digits in lower case, got nothing";
  EXPECT_EQ(refusal(R"("writer": 1, "op": "delete", "key": 5)"),
            "body.command.writer_bits" + kNoHex);
  EXPECT_EQ(refusal(kWriter + R"(, "op": "open_client")"), "body.command.bits" + kNoHex);
  EXPECT_EQ(refusal(kWriter + R"(, "op": "fate", "write_id": {"writer": 9, "seq": 3})"),
            "body.command.write_id.tag" + kNoHex);
  EXPECT_EQ(refusal(kWriter + R"(, "op": "fate", "write_id": {"writer": 0, "seq": 3})"),
            "body.command.write_id.writer: expected an integer from 1 to 9223372036854775807, got "
            "0");
}

TEST(AppendEntries, IsRefusedWhereItsEntriesAreNoLog) {
  struct Case {
    std::string_view entries;
    std::string_view error;
  };
  auto refusal = [](std::string_view entries) {
    return PeerRefusal(
        "append_entries",
        Concat(
            R"(, "term": 5, "life": "00000000000000a1", "prev_term": 3, "prev_index": 7, "commit_index": 0, )",
            R"("round": 1, "entries": )", entries));
  };
  for (
      const auto& [entries, error] : std::vector<Case>{
          {"{}", "body.entries: expected an array, got {}"},
          {R"([{"term": 3, "index": 8, "term_start": {"stamp": "00000001"}}])", "taken"},
          {R"([{"term": 3, "index": 9, "term_start": {"stamp": "00000001"}}])",
           "body.entries[0].index: expected 8, got 9"},
          {R"([{"term": 2, "index": 8, "term_start": {"stamp": "00000001"}}])",
           "body.entries[0].term: expected a term from 3 to 5, got 2"},
          {R"([{"term": 6, "index": 8, "term_start": {"stamp": "00000001"}}])",
           "body.entries[0].term: expected a term from 3 to 5, got 6"},
          {R"([{"term": 4, "index": 8, "term_start": {"stamp": "00000001"}}, {"term": 3, "index": 9, "term_start": {"stamp": "00000001"}}])",
           "body.entries[1].term: expected a term from 4 to 5, got 3"},
          {R"([{"term": 4, "index": 8}])",
           "body.entries[0]: expected exactly one of term_start, configuration and command, got "
           R"({"index":8,"term":4})"},
          {R"([{"term": 4, "index": 8, "term_start": {}, "command": {}}])",
           "body.entries[0]: expected exactly one of term_start, configuration and command, got "
           R"({"command":{},"index":8,"term":4,"term_s...)"},
          {R"([{"term": 4, "index": 8, "term_start": {"stamp": 1}}])",
           "body.entries[0].term_start.stamp: expected a string of 8 hexadecimal digits in lower "
           "case, got 1"},
          {R"([{"term": 4, "index": 8, "configuration": {"cluster": "00000001", "stamp": "00000001", "members": [)"
           R"({"node_id": "n2", "incarnation": "0000000000000001"}, {"node_id": "n1", "incarnation": "0000000000000001"}]}}])",
           "body.entries[0].configuration.members: expected members sorted by node_id, each once, "
           R"(got [{"incarnation":"0000000000000001","node...)"},
          {R"([{"term": 4, "index": 8, "configuration": {"cluster": "00000001", "stamp": "00000001", "members": [)"
           R"({"node_id": "n1", "incarnation": "0000000000000001"}]}}])",
           "body.entries[0].configuration.limits.max_line_bytes: expected an integer from 256 to "
           "16777216, got nothing"},
          {R"([{"term": 4, "index": 8, "configuration": {"cluster": "00000001", "stamp": "00000001", "members": [)"
           R"({"node_id": "n1", "incarnation": "0000000000000001"}], "limits": {"max_line_bytes": 255}}}])",
           "body.entries[0].configuration.limits.max_line_bytes: expected an integer from 256 to "
           "16777216, got 255"},
          {R"([{"term": 4, "index": 8, "command": {"writer": 1, "seq": 1, "first_unanswered": 1, "writer_bits": "00000000000000b7", "op": "txn", "txn": [["w", 1]]}}])",
           "body.entries[0].command.txn[0][2]: expected a value, got nothing"},
      }) {
    EXPECT_EQ(refusal(entries), error) << entries;
  }
}

}  // namespace
}  // namespace tidemark::wire
