#include "client_cli/token.h"

#include <string>

#include "client_cli/body.h"
#include "gtest/gtest.h"
#include "harness/base/status_text.h"

namespace tidemark::client {
namespace {

constexpr Token kToken{0x9f3a1c20, 12, 2, 0x5be1c09a};

TEST(Token, AsText) {
  EXPECT_EQ(ToText(kToken), "9f3a1c20:12:2:5be1c09a");
  EXPECT_EQ(ToText({1, 1, 1, 0}), "00000001:1:1:00000000");
  EXPECT_EQ(*ParseToken("9f3a1c20:12:2:5be1c09a"), kToken);
  EXPECT_EQ(*ParseToken("00000001:9007199254740991:1:00000000"), (Token{1, kMaxIndex, 1, 0}));
}

TEST(Token, NothingElseIsOne) {
  for (const char* text : {
           "",
           ":",
           ":::",
           "9f3a1c20:12:2",
           "9f3a1c20:12:2:5be1c09a:",
           ":9f3a1c20:12:2:5be1c09a",
           "9f3a1c2:12:2:5be1c09a",
           "9F3A1C20:12:2:5be1c09a",
           "9f3a1c2g:12:2:5be1c09a",
           "0x9f3a1c:12:2:5be1c09a",
           "9f3a1c20:0:2:5be1c09a",
           "9f3a1c20:012:2:5be1c09a",
           "9f3a1c20:+12:2:5be1c09a",
           "9f3a1c20:-12:2:5be1c09a",
           "9f3a1c20:1e3:2:5be1c09a",
           "9f3a1c20:9007199254740992:2:5be1c09a",
           "9f3a1c20:99999999999999999999:2:5be1c09a",
           "9f3a1c20:12:0:5be1c09a",
           "9f3a1c20:12::5be1c09a",
           "9f3a1c20:12:2:5be1c09",
           "9f3a1c20:12:2:5be1c09a0",
           "9f3a1c20: 12:2:5be1c09a",
       }) {
    EXPECT_FALSE(ParseToken(text).ok()) << text;
  }
}

TEST(Token, AsMessagesCarryIt) {
  EXPECT_EQ(ToJson(kToken).Spaced(),
            R"({"cluster": "9f3a1c20", "index": 12, "term": 2, "stamp": "5be1c09a"})");
  EXPECT_EQ(TokenOf(Body(R"({"type": "write_ok", "session": {"cluster": "9f3a1c20", "index": 12,
                             "term": 2, "stamp": "5be1c09a"}})")),
            kToken);
}

TEST(Token, WhatCannotBeReadIsNone) {
  for (const char* reply : {
           R"([])",
           R"({"type": "write_ok"})",
           R"({"session": {}})",
           R"({"session": null})",
           R"({"session": {"cluster": "9f3a1c20", "index": 12, "term": 2}})",
           R"({"session": {"cluster": "9f3a1c20", "index": "12", "term": 2, "stamp": "5be1c09a"}})",
           R"({"session": {"cluster": 9, "index": 12, "term": 2, "stamp": "5be1c09a"}})",
           R"({"session": {"cluster": "9f3a1c20", "index": 12.0, "term": 2, "stamp": "5be1c09a"}})",
       }) {
    EXPECT_EQ(TokenOf(Body(reply)), std::nullopt) << reply;
  }
}

}  // namespace
}  // namespace tidemark::client
