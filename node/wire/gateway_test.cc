// Who is answered when a message is refused, and with what.
#include "node/wire/gateway.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/base/concat.h"
#include "node/server/requests.h"

namespace tidemark::wire {
namespace {

using server::ClientRef;
using server::ErrorCode;
using namespace std::string_literals;

Refused Refusal(std::string_view line, bool truncated = false, const GatewayOptions& options = {}) {
  Incoming in = Decode(line, truncated, options);
  const auto* refused = std::get_if<Refused>(&in.message);
  return refused == nullptr ? Refused{std::nullopt, {}, "taken"} : *refused;
}

struct RefusedLine {
  std::string line;
  std::optional<ClientRef> from;
  std::string error;
};

void ExpectRefusals(const std::vector<RefusedLine>& cases) {
  for (const auto& [line, from, error] : cases) {
    Refused refused = Refusal(line);
    EXPECT_EQ(refused.from, from) << line;
    EXPECT_EQ(refused.error.text, error) << line;
    EXPECT_EQ(refused.error.code, ErrorCode::kMalformed) << line;
  }
}

const ClientRef kClient{"c1", 17};

TEST(Envelope, MustNameSenderReceiverAndBody) {
  ExpectRefusals({
      {"5", std::nullopt, "expected an object, got 5"},
      {R"([{"src":"c1"}])", std::nullopt, R"(expected an object, got [{"src":"c1"}])"},
      {R"({"dest":"n1","body":{"type":"status","msg_id":17}})", std::nullopt,
       "src: expected a string that is not empty, got nothing"},
      {R"({"src":1,"dest":"n1","body":{"type":"status","msg_id":17}})", std::nullopt,
       "src: expected a string that is not empty, got 1"},
      {R"({"src":"","dest":"n1","body":{"type":"status","msg_id":17}})", std::nullopt,
       "src: expected a string that is not empty, got \"\""},
      {R"({"src":"c1","body":{"type":"status","msg_id":17}})", kClient,
       "dest: expected a string that is not empty, got nothing"},
      {R"({"src":"c1","dest":["n1"],"body":{"type":"status","msg_id":17}})", kClient,
       R"(dest: expected a string that is not empty, got ["n1"])"},
      {R"({"src":"c1","dest":"n1"})", std::nullopt, "body: expected an object, got nothing"},
      {R"({"src":"c1","dest":"n1","body":[17]})", std::nullopt,
       "body: expected an object, got [17]"},
      {R"({"src":"c1","dest":"n1","body":{"msg_id":17}})", kClient,
       "body.type: expected a string that is not empty, got nothing"},
  });
}

TEST(MsgId, IsAnIntegerOrThereIsNobodyToAnswer) {
  for (std::string_view msg_id :
       {"null", "\"17\"", "17.0", "1e1", "9223372036854775808", "-9223372036854775809", "true"}) {
    ExpectRefusals(
        {{Concat(R"({"src":"c1","dest":"n1","body":{"type":"status","msg_id":)", msg_id, "}}"),
          std::nullopt,
          Concat("body.msg_id: expected an integer from -9223372036854775808 to "
                 "9223372036854775807, got ",
                 msg_id)}});
  }
  ExpectRefusals({{R"({"src":"c1","dest":"n1","body":{"type":"status"}})", std::nullopt,
                   "body.msg_id: expected an integer from -9223372036854775808 to "
                   "9223372036854775807, got nothing"}});
  Incoming in =
      Decode(R"({"src":"c1","dest":"n1","body":{"type":"status","msg_id":-5}})", false, {});
  EXPECT_EQ(std::get<server::ClientRequest>(in.message).from.msg_id, -5);
}

TEST(Reply, ThatNobodyAskedForIsNeverAnswered) {
  ExpectRefusals({
      {R"({"src":"n2","dest":"n1","body":{"type":"error","msg_id":3,"in_reply_to":1,"code":11}})",
       std::nullopt, R"(a reply that this node did not ask for: "error")"},
      {R"({"src":"n2","dest":"n1","body":{"type":"read_ok","msg_id":3,"in_reply_to":null}})",
       std::nullopt, R"(a reply that this node did not ask for: "read_ok")"},
      {R"({"src":"n2","dest":"n1","body":{"type":5,"msg_id":3,"in_reply_to":1}})", std::nullopt,
       "body.type: expected a string that is not empty, got 5"},
      {R"({"src":"n2","dest":"n1","body":{"msg_id":3,"in_reply_to":1,"type":"error","text":tru}})",
       std::nullopt, "malformed JSON: this is no JSON at byte 84 in body.text"},
  });
}

TEST(MalformedJson, IsAnsweredWhereSenderAndMsgIdCouldBeRead) {
  ExpectRefusals({
      {R"({"src":"c1","dest":"n1","body":{"type":"read","msg_id":17,"key":}})", kClient,
       "malformed JSON: expected a value, got '}' at byte 64 in body.key"},
      {R"({"src":"c1","dest":"n1","body":{"type":"read","msg_id":17,"key":1)", kClient,
       "malformed JSON: expected ',' or '}', got the end of the text at byte 65 in body"},
      {R"({"src":"c1","dest":"n1","body":{"type":"write","msg_id":17,"key":1,"key":2,"value":3}})",
       kClient, R"(malformed JSON: duplicate key "key" at byte 67 in body.key)"},
      {R"({"src":"c1","dest":"n1","body":{"type":"write","msg_id":17,"key":1,"value":{"a":1,"a":1}}})",
       kClient, R"(malformed JSON: duplicate key "a" at byte 82 in body.value.a)"},
      {R"({"src":"c1","dest":"n1","body":{"type":"status","msg_id":17}})"
       R"({"src":"c1","dest":"n1","body":{"type":"status","msg_id":18}})",
       kClient, "malformed JSON: expected nothing more, got '{' at byte 61"},
      {"\xEF\xBB\xBF"
       R"({"src":"c1","dest":"n1","body":{"type":"status","msg_id":17}})",
       kClient, "malformed JSON: the text begins with a byte-order mark (EF BB BF) at byte 0"},
      {R"({"src":"c1","dest":"n1","body":{"type":"status","msg_id":17}})"s + '\0', kClient,
       "malformed JSON: a NUL byte at byte 61"},
      {"{\"src\":\"c1\",\"body\":{\"msg_id\":17,\"value\":\"\xff\"}}", kClient,
       "malformed JSON: invalid string: ill-formed UTF-8 byte at byte 41 in body.value"},
      {R"({"src":"c1","dest":"n1","body":{"type":"read","msg_id":)", std::nullopt,
       "malformed JSON: expected a value, got the end of the text at byte 55 in body.msg_id"},
      {R"({"dest":"n1","body":{"msg_id":17,}})", std::nullopt,
       "malformed JSON: expected a key, got '}' at byte 33 in body"},
      {R"({"src":"n2","dest":"n1","body":{"type":"pull","msg_id":17,})", std::nullopt,
       "malformed JSON: expected a key, got '}' at byte 58 in body"},
      {"hello", std::nullopt, "malformed JSON: this is no JSON at byte 0"},
  });
}

TEST(BlankLine, IsRefused) {
  for (std::string_view line : {"", " ", "\t \r", "\r"}) {
    ExpectRefusals({{std::string(line), std::nullopt, "the line is empty"}});
  }
}

TEST(Line, MayEndAsDosEndsIt) {
  Incoming in = Decode(
      "{\"src\":\"c1\",\"dest\":\"n1\",\"body\":{\"type\":\"status\",\"msg_id\":1}}\r", false, {});
  EXPECT_TRUE(std::holds_alternative<server::ClientRequest>(in.message));
}

TEST(LongLine, IsAnsweredWhereItsBeginningSaysWhom) {
  const std::string kText =
      "the line is longer than 100 bytes, the most that is taken (max_line_bytes); nothing was "
      "done: send less in one message";
  GatewayOptions options{.max_line_bytes = 100};
  for (const auto& [line, from, dest] : std::vector<RefusedLine>{
           {R"({"src":"c1","dest":"n1","body":{"msg_id":17,"type":"write","value":"xxxxxx)",
            kClient, "n1"},
           {R"({"src":"c1","dest":"n1","body":{"msg_id":17,"type":"write","value":12345)", kClient,
            "n1"},
           {R"({"src":"c1","dest":"n1","body":{"type":"write","msg_id":17)", std::nullopt, "n1"},
           {R"({"src":"c1","dest":"n1","body":{"type":"write","msg_id":17,)", kClient, "n1"},
           {R"({"src":"c1","dest":"n1","body":{"msg_id":17,"in_reply_to":1)", std::nullopt, "n1"},
           {R"({"src":"c1","body":{"msg_id":17,"key":"\u00)", kClient, ""},
           {"{\"src\":\"c1\",\"body\":{\"msg_id\":17,\"key\":\"\xf0\x9f", kClient, ""},
           {R"({"body":{"value":")", std::nullopt, ""},
           {"1234567890", std::nullopt, ""},
           {"", std::nullopt, ""},
       }) {
    Incoming in = Decode(line, true, options);
    const auto& refused = std::get<Refused>(in.message);
    EXPECT_EQ(in.dest, dest) << line;
    EXPECT_EQ(refused.from, from) << line;
    EXPECT_EQ(refused.error.text, kText);
    EXPECT_EQ(refused.error.code, ErrorCode::kMalformed);
    EXPECT_EQ(refused.error.reason, server::Reason::kTooLarge);
    EXPECT_EQ(refused.error.limit, (kv::TooLarge{Limit::kLine, 100}));
  }
}

// As long as only a peer's may be, which the driver lets through for who says that he is one.
TEST(LongLine, ThatIsMalformedIsNotReadTwice) {
  const GatewayOptions options{.max_line_bytes = 100};
  const std::string beginning =
      R"({"src":"c1","dest":"n1","body":{"type":"echo","msg_id":17,"echo":[)";
  const std::string line = beginning + std::string(10'000, '1') + "]]}";
  const Refused refused = Refusal(line, /*truncated=*/false, options);
  EXPECT_EQ(refused.from, kClient);
  EXPECT_EQ(refused.error.code, ErrorCode::kMalformed);
  EXPECT_EQ(refused.error.text, Concat("malformed JSON, in a line of ", line.size(),
                                       " bytes, as long as only another node's message may be"));
  const std::string short_line = beginning + "1]]}";
  EXPECT_EQ(Refusal(short_line, false, options).error.text.find("malformed JSON: "), 0u);
  const std::string well_formed = beginning + std::string(10'000, '1') + "]}}";
  EXPECT_EQ(Refusal(well_formed, false, options).log, "taken");
}

TEST(Log, IsOnePrintableLineThatShowsHowTheMessageBegan) {
  EXPECT_EQ(Refusal("{\"src\":\"c\n\x1b[1m\xc3\xa9\"").log,
            "refused a message: malformed JSON: invalid string: control character U+000A (LF) must "
            "be escaped to \\\\u000A or \\\\n at byte 9 in src; it begins: "
            R"({"src":"c\x0a\x1b[1m\xc3\xa9")");
  EXPECT_EQ(Refusal(std::string(200, 'x')).log,
            Concat("refused a message: malformed JSON: this is no JSON at byte 0; it begins: ",
                   std::string(120, 'x'), "..."));
  EXPECT_EQ(Refusal("").log, "refused a message: the line is empty; it begins: ");
}

}  // namespace
}  // namespace tidemark::wire
