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

void ExpectRequest(std::string_view body, const server::RequestBody& expected) {
  Incoming in = Decode(Line(body), false, kRealClock);
  const auto* request = std::get_if<server::ClientRequest>(&in.message);
  ASSERT_NE(request, nullptr) << body;
  EXPECT_EQ(in.dest, "n1");
  EXPECT_EQ(request->from, (server::ClientRef{"c1", 17}));
  EXPECT_TRUE(request->body == expected) << body;
}

void ExpectChange(std::string_view body, kv::Operation expected) {
  ExpectRequest(body, server::WriteRequest{std::move(expected)});
}

// What the client is told about a request that is refused.
server::Error Refusal(std::string_view body, const GatewayOptions& options = kRealClock) {
  Incoming in = Decode(Line(body), false, options);
  const auto* refused = std::get_if<Refused>(&in.message);
  if (refused == nullptr) return {ErrorCode::kMalformed, "taken", {}, {}, {}, {}, {}};
  EXPECT_EQ(in.dest, "n1");
  EXPECT_EQ(refused->from, (server::ClientRef{"c1", 17})) << body;
  return refused->error;
}
std::string TextOf(std::string_view body) {
  server::Error error = Refusal(body);
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
}

TEST(Request, IgnoresFieldsThatItDoesNotKnow) {
  ExpectChange(R"("type": "delete", "key": 1, "nonce": {"x": []}, "value": 3)", kv::Delete{"1"});
  ExpectRequest(R"("type": "status", "session": {})", server::StatusRequest{});
  ExpectRequest(R"("type": "echo", "echo": 1, "session": {}, "once": {})",
                server::EchoRequest{"1"});
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
  EXPECT_EQ(Refusal(R"("type": "advance", "ms": 50)").code, ErrorCode::kNotSupported);
  EXPECT_EQ(Refusal(R"("type": "advance", "ms": -1)", kVirtualClock).text,
            "body.ms: expected an integer from 0 to 9007199254740, got -1");
}

TEST(UnknownRequest, IsError10WithWhatIsKnown) {
  const std::string kKnown = "; known: init, echo, status, read, write, cas, delete, txn, ryw_read";
  for (std::string_view type : {"open", "fate", "Write", "write_ok", "error"}) {
    server::Error error = Refusal(Concat(R"("type": ")", type, "\""));
    EXPECT_EQ(error.code, ErrorCode::kNotSupported);
    EXPECT_EQ(error.text, Concat("unknown request type \"", type, "\"", kKnown));
  }
  EXPECT_EQ(Refusal(R"("type": "x")", kVirtualClock).text,
            Concat("unknown request type \"x\"", kKnown, ", advance"));
  EXPECT_EQ(Refusal(Concat(R"("type": ")", std::string(1000, 'x'), "\"")).text,
            Concat("unknown request type \"", std::string(40, 'x'), "...\"", kKnown));
}

TEST(Request, WithASessionIsRefusedRatherThanServedWithoutOne) {
  for (std::string_view body :
       {R"("type": "read", "key": 1)", R"("type": "write", "key": 1, "value": 1)",
        R"("type": "cas", "key": 1, "from": 1, "to": 1)", R"("type": "delete", "key": 1)",
        R"("type": "txn", "txn": [])", R"("type": "ryw_read", "key": 1, "last_write_index": 1)"}) {
    EXPECT_EQ(TextOf(Concat(body, R"(, "session": {})")),
              "body.session: sessions are not supported by this version");
    EXPECT_EQ(TextOf(Concat(body, R"(, "once": null)")),
              "body.once: sessions are not supported by this version");
    EXPECT_EQ(TextOf(Concat(body, R"(, "once": {}, "session": {})")),
              "body.session: sessions are not supported by this version");
  }
}

struct Case {
  std::string body;
  std::string error;
};

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
      const auto& [body, error] : std::vector<Case>{
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
