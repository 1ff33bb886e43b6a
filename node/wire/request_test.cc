// What clients ask: each request as it is understood, and each field that is wrong.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/base/concat.h"
#include "node/kv/command.h"
#include "node/server/requests.h"
#include "node/wire/gateway.h"

namespace tidemark::wire {
namespace {

using server::ErrorCode;

constexpr GatewayOptions kRealClock;
constexpr GatewayOptions kVirtualClock{.virtual_clock = true};

std::string Line(std::string_view body) {
  return Concat(R"({"id": 9, "src": "c1", "dest": "n1", "body": {"msg_id": 17, )", body, "}}");
}

// `session`: what the request carries; nullopt: no key at all.
struct SessionKey {
  std::optional<kv::Session> seen;
};

void ExpectRequest(std::string_view body, const server::RequestBody& expected,
                   std::optional<SessionKey> session = std::nullopt) {
  Incoming in = Decode(Line(body), false, kRealClock);
  const auto* request = std::get_if<server::ClientRequest>(&in.message);
  ASSERT_NE(request, nullptr) << body << std::get<Refused>(in.message).error.text;
  EXPECT_EQ(in.dest, "n1");
  EXPECT_EQ(request->from, (server::ClientRef{"c1", 17, session.has_value()})) << body;
  EXPECT_TRUE(request->body == expected) << body;
  EXPECT_EQ(request->session, session ? session->seen : std::nullopt) << body;
}

void ExpectChange(std::string_view body, kv::Operation expected) {
  ExpectRequest(body, server::WriteRequest{std::move(expected)});
}

// What the client is told about a request that is refused.
server::Error RequestRefusal(std::string_view body, const GatewayOptions& options = kRealClock) {
  Incoming in = Decode(Line(body), false, options);
  const auto* refused = std::get_if<Refused>(&in.message);
  if (refused == nullptr) return {ErrorCode::kMalformed, "taken", {}, {}, {}, {}, {}};
  EXPECT_EQ(in.dest, "n1");
  EXPECT_EQ(refused->from, (server::ClientRef{"c1", 17})) << body;
  return refused->error;
}
std::string TextOf(std::string_view body) {
  server::Error error = RequestRefusal(body);
  EXPECT_EQ(error.code, ErrorCode::kMalformed);
  return error.text;
}

TEST(Request, ReadsKeysAndValuesAsCanonicalTexts) {
  ExpectRequest(R"("type": "read", "key": {"b": 1.0, "a": [ ]})",
                server::ReadRequest{R"({"a":[],"b":1.0})"});
  ExpectRequest(R"("type": "echo", "echo": "Please \u0065cho 35")",
                server::EchoRequest{R"("Please echo 35")"});
  ExpectRequest(R"("type": "status")", server::StatusRequest{});
}

TEST(Request, ReadsChanges) {
  ExpectChange(R"("type": "write", "key": 1, "value": [1, -0, 1e999])",
               kv::Write{"1", "[1,-0,1e999]"});
  ExpectChange(R"("type": "write", "key": null, "value": null)", kv::Write{"null", "null"});
  ExpectChange(R"("type": "cas", "key": "1", "from": 1, "to": 2)",
               kv::Cas{"\"1\"", "1", "2", false});
  ExpectChange(R"("type": "cas", "key": 1, "from": 1, "to": 2, "create_if_not_exists": true)",
               kv::Cas{"1", "1", "2", true});
  ExpectChange(R"("type": "delete", "key": 1)", kv::Delete{"1"});
}

TEST(Request, ReadsTransactions) {
  using Kind = kv::TxnOp::Kind;
  ExpectChange(
      R"("type": "txn", "txn": [["r", 1, null], ["r", 2], ["r", 3, [4]], ["w", 1, 6], ["append", 2, {"a": 1}]])",
      kv::Txn{{{Kind::kRead, "1", ""},
               {Kind::kRead, "2", ""},
               {Kind::kRead, "3", ""},
               {Kind::kWrite, "1", "6"},
               {Kind::kAppend, "2", R"({"a":1})"}}});
  ExpectChange(R"("type": "txn", "txn": [])", kv::Txn{});
}

TEST(Request, ReadsRywReads) {
  ExpectRequest(
      R"("type": "ryw_read", "key": "x", "last_write_index": 10, "prefer_follower": true)",
      server::RywReadRequest{"\"x\"", raft::Index(10), true, std::nullopt});
  ExpectRequest(
      R"("type": "ryw_read", "key": "x", "last_write_index": 0, "prefer_follower": false)",
      server::RywReadRequest{"\"x\"", raft::Index(0), false, std::nullopt});
  ExpectRequest(
      R"("type": "ryw_read", "key": "x", "last_write_index": 9007199254740991, "max_wait_ms": 0)",
      server::RywReadRequest{"\"x\"", raft::Index(9007199254740991), true, Duration::Millis(0)});
  ExpectRequest(R"("type": "ryw_read", "key": "x", "last_write_index": 1, "max_wait_ms": 86400000)",
                server::RywReadRequest{"\"x\"", raft::Index(1), true, Duration::Millis(86400000)});
  ExpectRequest(R"("type": "ryw_read", "key": 1, "last_write_index": 1, "explain": true)",
                server::RywReadRequest{"1", raft::Index(1), true, std::nullopt, true});
  ExpectRequest(R"("type": "ryw_read", "key": 1, "last_write_index": 1, "explain": false)",
                server::RywReadRequest{"1", raft::Index(1), true, std::nullopt, false});
}

struct RefusedBody {
  std::string body;
  std::string error;
};

TEST(Request, OpensAClientAndAsksForAFate) {
  ExpectChange(R"("type": "open")", kv::OpenClient{});
  ExpectChange(R"("type": "fate", "write_id": {"writer": 9, "seq": 0, "tag": "fedcba9876543210"})",
               kv::Fate{{9, 0, 0xfedcba9876543210}});
  ExpectChange(
      R"("type": "fate", "write_id": {"seq": 9007199254740991, "tag": "0000000000000000", )"
      R"("writer": 9007199254740991})",
      kv::Fate{{9007199254740991, 9007199254740991, 0}});
}

TEST(Fate, OfAClientsOwnMayCarryTheKeyFromWhichTheTagIsMade) {
  ExpectChange(R"("type": "fate", "write_id": {"writer": 9, "seq": 3, "key": "00000000000000ab"})",
               kv::Fate{kv::WriteId{9, 3, 0, 0xab}.Told()});
}

TEST(Fate, NeedsATagOrAKey) {
  const std::string kHex = ": expected a string of 16 hexadecimal digits in lower case, got ";
  for (const auto& [fields, error] : std::vector<RefusedBody>{
           {"",
            "body.write_id: expected either the tag that it was told with or, of a client's "
            "own, the client's key, got {\"seq\":3,\"writer\":9}"},
           {R"(, "tag": null)", "body.write_id.tag" + kHex + "null"},
           {R"(, "tag": 5)", "body.write_id.tag" + kHex + "5"},
           {R"(, "tag": "ab")", "body.write_id.tag" + kHex + "\"ab\""},
           {R"(, "key": "00000000000000AB")", "body.write_id.key" + kHex + "\"00000000000000AB\""},
       }) {
    EXPECT_EQ(TextOf(Concat(R"("type": "fate", "write_id": {"writer": 9, "seq": 3)", fields, "}")),
              error);
  }
  EXPECT_NE(TextOf(R"("type": "fate", "write_id": {"writer": 9, "seq": 3, )"
                   R"("tag": "00000000000000ab", "key": "00000000000000ab"})"),
            "taken");
}

TEST(Request, IgnoresFieldsThatItDoesNotKnow) {
  ExpectChange(R"("type": "delete", "key": 1, "nonce": {"x": []}, "value": 3)", kv::Delete{"1"});
  for (std::string_view ignored : {R"("session": {})", R"("session": {"index": "x"})",
                                   R"("session": null, "once": 5)", R"("once": {})"}) {
    ExpectRequest(Concat(R"("type": "status", )", ignored), server::StatusRequest{});
    ExpectRequest(Concat(R"("type": "echo", "echo": 1, )", ignored), server::EchoRequest{"1"});
  }
  ExpectChange(R"("type": "open", "session": {"index": 3})", kv::OpenClient{});
}

TEST(Init, NamesTheNodeAndAllNodes) {
  Incoming in = Decode(
      Line(R"("type": "init", "node_id": "n2", "node_ids": ["n3", "n1", "n2"], "session": 1)"),
      false, kRealClock);
  const auto* init = std::get_if<InitRequest>(&in.message);
  ASSERT_NE(init, nullptr);
  EXPECT_EQ(init->from, (server::ClientRef{"c1", 17}));
  EXPECT_EQ(init->node_id, "n2");
  EXPECT_EQ(init->node_ids, (std::vector<std::string>{"n1", "n2", "n3"}));
}

TEST(Advance, IsARequestUnderAVirtualClockOnly) {
  Incoming in = Decode(Line(R"("type": "advance", "ms": 50)"), false, kVirtualClock);
  const auto* advance = std::get_if<AdvanceRequest>(&in.message);
  ASSERT_NE(advance, nullptr);
  EXPECT_EQ(advance->ms, 50);
  EXPECT_EQ(advance->from, (server::ClientRef{"c1", 17}));
  EXPECT_EQ(RequestRefusal(R"("type": "advance", "ms": 50)").code, ErrorCode::kNotSupported);
  EXPECT_EQ(RequestRefusal(R"("type": "advance", "ms": -1)", kVirtualClock).text,
            "body.ms: expected an integer from 0 to 9007199254740, got -1");
}

TEST(UnknownRequest, IsError10WithWhatIsKnown) {
  const std::string kKnown =
      "; known: init, echo, status, read, write, cas, delete, txn, ryw_read, open, fate";
  for (std::string_view type : {"Open", "fates", "Write", "write_ok", "error"}) {
    server::Error error = RequestRefusal(Concat(R"("type": ")", type, "\""));
    EXPECT_EQ(error.code, ErrorCode::kNotSupported);
    EXPECT_EQ(error.text, Concat("unknown request type \"", type, "\"", kKnown));
  }
  EXPECT_EQ(RequestRefusal(R"("type": "x")", kVirtualClock).text,
            Concat("unknown request type \"x\"", kKnown, ", advance"));
  EXPECT_EQ(RequestRefusal(Concat(R"("type": ")", std::string(1000, 'x'), "\"")).text,
            Concat("unknown request type \"", std::string(40, 'x'), "...\"", kKnown));
}

// Every request that takes a session, and what it is understood as.
struct InSession {
  std::string body;
  server::RequestBody expected;
};
std::vector<InSession> TakersOfSessions() {
  return {
      {R"("type": "read", "key": 1)", server::ReadRequest{"1"}},
      {R"("type": "write", "key": 1, "value": 2)", server::WriteRequest{kv::Write{"1", "2"}}},
      {R"("type": "cas", "key": 1, "from": 2, "to": 3)",
       server::WriteRequest{kv::Cas{"1", "2", "3", false}}},
      {R"("type": "delete", "key": 1)", server::WriteRequest{kv::Delete{"1"}}},
      {R"("type": "txn", "txn": [])", server::WriteRequest{kv::Txn{}}},
      {R"("type": "ryw_read", "key": 1, "last_write_index": 1)",
       server::RywReadRequest{"1", raft::Index(1), true}},
      {R"("type": "fate", "write_id": {"writer": 9, "seq": 3, "tag": "00000000000000cd"})",
       server::WriteRequest{kv::Fate{{9, 3, 0xcd}}}},
  };
}

constexpr std::string_view kSessionMember =
    R"("session": {"cluster": "9f3a1c20", "index": 12, "term": 2, "stamp": "5be1c09a"})";

TEST(Session, SaysWhatTheClientHasSeen) {
  for (const auto& [body, expected] : TakersOfSessions()) {
    ExpectRequest(body, expected);
    ExpectRequest(Concat(body, R"(, "session": {})"), expected, SessionKey{});
    ExpectRequest(Concat(body, ", ", kSessionMember), expected,
                  SessionKey{kv::Session{0x9f3a1c20, 12, 2, 0x5be1c09a}});
  }
}

TEST(Session, HasNumbersThatJsonCarriesAndMayHaveKeysOfLaterVersions) {
  ExpectRequest(
      R"("type": "read", "key": 1, "session": {"stamp": "00000000", "term": 9007199254740991, )"
      R"("cluster": "00000001", "index": 9007199254740991, "more": null})",
      server::ReadRequest{"1"}, SessionKey{kv::Session{1, 9007199254740991, 9007199254740991, 0}});
}

TEST(Session, ThatIsNoneIsRefused) {
  const std::string kExpected = "body.session: expected cluster, index, term and stamp; missing: ";
  for (const auto& [session, error] : std::vector<RefusedBody>{
           {"null", "body.session: expected an object, got null"},
           {"[]", "body.session: expected an object, got []"},
           {"12", "body.session: expected an object, got 12"},
           {R"("9f3a1c20:12:2:5be1c09a")",
            R"(body.session: expected an object, got "9f3a1c20:12:2:5be1c09a")"},
           {R"({"index": 12})", kExpected + "cluster, term, stamp"},
           {R"({"cluster": "9f3a1c20", "index": 12, "term": 2})", kExpected + "stamp"},
           {R"({"token": 5})", kExpected + "cluster, index, term, stamp"},
       }) {
    for (const InSession& taker : TakersOfSessions()) {
      EXPECT_EQ(TextOf(Concat(taker.body, R"(, "session": )", session)), error) << session;
    }
  }
}

TEST(Session, IsRefusedForTheFirstFieldThatIsWrong) {
  const std::string kCount = "expected an integer from 1 to 9007199254740991, got ";
  const std::string kHex = "expected a string of 8 hexadecimal digits in lower case, got ";
  auto text = [](std::string_view cluster, std::string_view index, std::string_view term,
                 std::string_view stamp) {
    return TextOf(Concat(R"("type": "read", "key": 1, "session": {"cluster": )", cluster,
                         R"(, "index": )", index, R"(, "term": )", term, R"(, "stamp": )", stamp,
                         "}"));
  };
  const std::string_view kCluster = R"("9f3a1c20")";
  EXPECT_EQ(text(kCluster, "1", "1", "\"00000000\""), "taken");
  for (std::string_view bad :
       {"0", "-1", "1.0", "1e3", "\"12\"", "null", "9007199254740992", "18446744073709551616"}) {
    EXPECT_EQ(text(kCluster, bad, "x", "x").substr(0, 9), "malformed");
    EXPECT_EQ(text(kCluster, bad, "0", "0"), Concat("body.session.index: ", kCount, bad));
    EXPECT_EQ(text(kCluster, "1", bad, "0"), Concat("body.session.term: ", kCount, bad));
  }
  for (std::string_view bad :
       {"\"9F3A1C20\"", "\"9f3a1c2\"", "\"9f3a1c200\"", "\"\"", "\"0x3a1c20\"", "1", "null"}) {
    EXPECT_EQ(text(bad, "1", "1", kCluster), Concat("body.session.cluster: ", kHex, bad));
    EXPECT_EQ(text(kCluster, "1", "1", bad), Concat("body.session.stamp: ", kHex, bad));
  }
  EXPECT_EQ(text("\"00000000\"", "1", "1", kCluster),
            "body.session.cluster: expected an identity that is not zero, got \"00000000\"");
}

struct Plain {
  std::string body;
  kv::Operation operation;
};
const std::vector<Plain> kPlainWrites = {
    {R"("type": "write", "key": 1, "value": 2)", kv::Write{"1", "2"}},
    {R"("type": "cas", "key": 1, "from": 2, "to": 3)", kv::Cas{"1", "2", "3", false}},
    {R"("type": "delete", "key": 1)", kv::Delete{"1"}},
    {R"("type": "txn", "txn": [])", kv::Txn{}},
};

constexpr std::string_view kKey = R"("key": "00000000000000ab")";

TEST(RequestOnce, NamesTheWriteForTheClient) {
  for (const auto& [body, operation] : kPlainWrites) {
    ExpectRequest(
        Concat(body, R"(, "once": {"client": 37, "seq": 5, "first_unanswered": 5, )", kKey, "}"),
        server::WriteRequest{operation, kv::WriteId{37, 5, 5, 0xab}});
    ExpectRequest(Concat(body, R"(, "once": {"seq": 0, "client": 1, "more": [1], )", kKey, "}"),
                  server::WriteRequest{operation, kv::WriteId{1, 0, 0, 0xab}});
    ExpectRequest(Concat(body, R"(, "once": {"client": 37, "seq": 6, "first_unanswered": 4, )",
                         kKey, "}, ", kSessionMember),
                  server::WriteRequest{operation, kv::WriteId{37, 6, 4, 0xab}},
                  SessionKey{kv::Session{0x9f3a1c20, 12, 2, 0x5be1c09a}});
  }
}

TEST(RequestOnce, IsRefusedForTheFirstFieldThatIsWrong) {
  for (const auto& [once, error] : std::vector<RefusedBody>{
           {"null", "body.once: expected an object, got null"},
           {"true", "body.once: expected an object, got true"},
           {"[37, 5]", "body.once: expected an object, got [37,5]"},
           {"{}", "body.once.client: expected an integer from 1 to 9007199254740991, got nothing"},
           {R"({"client": 0, "seq": 1})",
            "body.once.client: expected an integer from 1 to 9007199254740991, got 0"},
           {R"({"client": "37", "seq": 1})",
            "body.once.client: expected an integer from 1 to 9007199254740991, got \"37\""},
           {R"({"client": 9007199254740992, "seq": 1})",
            "body.once.client: expected an integer from 1 to 9007199254740991, got "
            "9007199254740992"},
           {R"({"client": 37})",
            "body.once.seq: expected an integer from 0 to 9007199254740991, got nothing"},
           {R"({"client": 37, "seq": -1})",
            "body.once.seq: expected an integer from 0 to 9007199254740991, got -1"},
           {R"({"client": 37, "seq": 9007199254740992})",
            "body.once.seq: expected an integer from 0 to 9007199254740991, got "
            "9007199254740992"},
           {R"({"client": 37, "seq": 5})",
            "body.once.key: expected a string of 16 hexadecimal digits in lower case, got nothing"},
           {R"({"client": 37, "seq": 5, "key": 171})",
            "body.once.key: expected a string of 16 hexadecimal digits in lower case, got 171"},
           {R"({"client": 37, "seq": 5, "key": "00000000000000ab", "first_unanswered": 6})",
            "body.once.first_unanswered: expected at most the seq 5, got 6"},
           {R"({"client": 37, "seq": 5, "key": "00000000000000ab", "first_unanswered": null})",
            "body.once.first_unanswered: expected an integer from 0 to 9007199254740991, got "
            "null"},
           {R"({"client": 37, "seq": 5, "key": "00000000000000ab", "first_unanswered": 5.0})",
            "body.once.first_unanswered: expected an integer from 0 to 9007199254740991, got 5.0"},
       }) {
    for (const Plain& plain : kPlainWrites) {
      EXPECT_EQ(TextOf(Concat(plain.body, R"(, "once": )", once)), error) << once;
    }
  }
}

TEST(RequestOnce, IsRefusedWhereAClientWouldBelieveInIt) {
  for (const auto& [type, fields] : std::vector<RefusedBody>{
           {"read", R"("key": 1)"},
           {"ryw_read", R"("key": 1, "last_write_index": 1)"},
           {"open", R"("key": 1)"},
           {"fate", R"("write_id": {"writer": 9, "seq": 3, "tag": "00000000000000cd"})"},
       }) {
    for (std::string_view once : {R"({"client": 37, "seq": 5})", "{}", "null"}) {
      EXPECT_EQ(TextOf(Concat(R"("type": ")", type, R"(", )", fields, R"(, "once": )", once)),
                Concat("body.once: write, cas, delete and txn take one, ", type, " does not"));
    }
  }
}

TEST(LastWriteIndex, IsAnIntegerSpelledAsOne) {
  for (std::string_view value :
       {"5.0", "1e3", "\"5\"", "-1", "null", "true", "[5]", "9007199254740992", "-0", "5e0",
        "123456789012345678901234567890"}) {
    EXPECT_EQ(TextOf(Concat(R"("type": "ryw_read", "key": 1, "last_write_index": )", value)),
              Concat("body.last_write_index: expected an integer from 0 to 9007199254740991, got ",
                     value));
  }
}

TEST(Request, IsRefusedForTheFirstFieldThatIsWrong) {
  for (
      const auto& [body, error] : std::vector<RefusedBody>{
          {R"("key": 1)", "body.type: expected a string that is not empty, got nothing"},
          {R"("type": 5)", "body.type: expected a string that is not empty, got 5"},
          {R"("type": "")", "body.type: expected a string that is not empty, got \"\""},
          {R"("type": "read")", "body.key: expected a value, got nothing"},
          {R"("type": "echo")", "body.echo: expected a value, got nothing"},
          {R"("type": "write", "key": 1)", "body.value: expected a value, got nothing"},
          {R"("type": "cas", "key": 1, "to": 1)", "body.from: expected a value, got nothing"},
          {R"("type": "cas", "key": 1, "from": 1)", "body.to: expected a value, got nothing"},
          {R"("type": "cas", "key": 1, "from": 1, "to": 1, "create_if_not_exists": "yes")",
           "body.create_if_not_exists: expected true or false, got \"yes\""},
          {R"("type": "delete")", "body.key: expected a value, got nothing"},
          {R"("type": "ryw_read", "last_write_index": 1)",
           "body.key: expected a value, got nothing"},
          {R"("type": "ryw_read", "key": 1)",
           "body.last_write_index: expected an integer from 0 to 9007199254740991, got nothing"},
          {R"("type": "ryw_read", "key": 1, "last_write_index": 1, "prefer_follower": null)",
           "body.prefer_follower: expected true or false, got null"},
          {R"("type": "ryw_read", "key": 1, "last_write_index": 1, "max_wait_ms": 86400001)",
           "body.max_wait_ms: expected an integer from 0 to 86400000, got 86400001"},
          {R"("type": "ryw_read", "key": 1, "last_write_index": {"a": "a long value, 23456789 abcde Größe"}, "max_wait_ms": -1)",
           "body.last_write_index: expected an integer from 0 to 9007199254740991, got "
           R"({"a":"a long value, 23456789 abcde Grö...)"},
          {R"("type": "ryw_read", "key": 1, "last_write_index": 1, "explain": 1)",
           "body.explain: expected true or false, got 1"},
          {R"("type": "fate")", "body.write_id: expected an object, got nothing"},
          {R"("type": "fate", "write_id": [9, 3])", "body.write_id: expected an object, got [9,3]"},
          {R"("type": "fate", "write_id": {"writer": 0, "seq": 3})",
           "body.write_id.writer: expected an integer from 1 to 9007199254740991, got 0"},
          {R"("type": "fate", "write_id": {"writer": 9})",
           "body.write_id.seq: expected an integer from 0 to 9007199254740991, got nothing"},
          {R"("type": "fate", "write_id": {"writer": 9, "seq": 9007199254740992})",
           "body.write_id.seq: expected an integer from 0 to 9007199254740991, got "
           "9007199254740992"},
          {R"("type": "write", "key": 1, "once": {}, "session": 5)",
           "body.value: expected a value, got nothing"},
          {R"("type": "write", "key": 1, "value": 1, "session": 5, "once": 6)",
           "body.once: expected an object, got 6"},
          {R"("type": "txn")", "body.txn: expected an array, got nothing"},
          {R"("type": "txn", "txn": {})", "body.txn: expected an array, got {}"},
          {R"("type": "txn", "txn": [["r", 1], 5])", "body.txn[1]: expected an array, got 5"},
          {R"("type": "txn", "txn": [["r"]])", "body.txn[0]: expected 2 to 3 items, got 1"},
          {R"("type": "txn", "txn": [["r", 1, 2, 3]])",
           "body.txn[0]: expected 2 to 3 items, got 4"},
          {R"("type": "txn", "txn": [["x", 1, 2]])",
           R"(body.txn[0][0]: expected "r" or "w" or "append", got "x")"},
          {R"("type": "txn", "txn": [["w", 1]])", "body.txn[0][2]: expected a value, got nothing"},
          {R"("type": "txn", "txn": [["append", 1]])",
           "body.txn[0][2]: expected a value, got nothing"},
          {R"("type": "init", "node_ids": ["n1"])",
           "body.node_id: expected a string that is not empty, got nothing"},
          {R"("type": "init", "node_id": "", "node_ids": [""])",
           "body.node_id: expected a string that is not empty, got \"\""},
          {R"("type": "init", "node_id": "n1", "node_ids": [])",
           "body.node_ids: expected 1 to 100 items, got 0"},
          {R"("type": "init", "node_id": "n1", "node_ids": ["n1", 2])",
           "body.node_ids[1]: expected a string that is not empty, got 2"},
          {R"("type": "init", "node_id": "n1", "node_ids": ["n1", "n1"])",
           R"(body.node_ids: expected each id once, got ["n1","n1"])"},
          {R"("type": "init", "node_id": "n1", "node_ids": ["n2"])",
           R"(body.node_ids: expected "n1" (node_id) to be among them, got ["n2"])"},
      }) {
    EXPECT_EQ(TextOf(body), error) << body;
  }
}

TEST(Txn, HasAtMostTenThousandOperations) {
  std::string ops = R"(["r",1])";
  for (int i = 1; i < 10000; ++i) ops += R"(,["r",1])";
  EXPECT_EQ(TextOf(Concat(R"("type": "txn", "txn": [)", ops, "]")), "taken");
  EXPECT_EQ(TextOf(Concat(R"("type": "txn", "txn": [)", ops, R"(,["r",1]])")),
            "body.txn: expected 0 to 10000 items, got 10001");
}

}  // namespace
}  // namespace tidemark::wire
