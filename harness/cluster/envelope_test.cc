#include "harness/cluster/envelope.h"

#include "gtest/gtest.h"

namespace tidemark::cluster {
namespace {

TEST(Envelope, ReadsAMessageHoweverItIsSpelled) {
  for (
      const char* line : {
          R"({"src": "n1", "dest": "c0", "body": {"type": "x_ok", "in_reply_to": -5}})",
          R"({"body":{"in_reply_to":-5,"more":[{"a":"}"},"\"]\\"],"type":"x_ok"},"dest":"c0","src":"n1"})",
          "\t{ \"id\" : 7 , \"src\" : \"n1\" , \"dest\":\"c0\",\"body\" : "
          "{ \"type\" : \"x_ok\" , \"in_reply_to\" : -5 } } \r",
      }) {
    auto envelope = ParseEnvelope(line);
    ASSERT_TRUE(envelope) << line;
    EXPECT_EQ(envelope->src, "n1");
    EXPECT_EQ(envelope->dest, "c0");
    EXPECT_EQ(envelope->type(), "x_ok");
    EXPECT_EQ(envelope->Integer("in_reply_to"), -5);
  }
}

TEST(Envelope, AMemberOfAnotherTypeIsNone) {
  auto envelope = ParseEnvelope(
      R"({"src": "n1", "dest": "c0", "body": {"type": 1, "a": 1.0, "b": "1", "c": null, "d": 1e3}})");
  ASSERT_TRUE(envelope);
  EXPECT_EQ(envelope->type(), "");
  for (const char* member : {"a", "b", "c", "d", "e"}) {
    EXPECT_EQ(envelope->Integer(member), std::nullopt) << member;
  }
}

TEST(Envelope, IsNothingElse) {
  for (const char* line : {
           "",
           " ",
           "hello",
           "[]",
           "{}",
           "{",
           R"({"src": "n1", "dest": "c0"})",
           R"({"src": "n1", "dest": "c0", "body": 5})",
           R"({"src": "n1", "dest": "", "body": {}})",
           R"({"src": 1, "dest": "c0", "body": {}})",
           R"({"src": "n1", "dest": "c0", "body": {}} {})",
           R"({"src": "n1", "dest": "c0", "body": {})",
           R"({"src": "n1", "dest": "c0", "body": {"a": "}})",
           R"({"src": "n1", "dest": "c0", "body": })",
           R"({"src": "n1" "dest": "c0", "body": {}})",
           R"({"src": "n1\)",
       }) {
    EXPECT_FALSE(ParseEnvelope(line)) << line;
  }
}

}  // namespace
}  // namespace tidemark::cluster
