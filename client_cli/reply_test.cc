#include "client_cli/reply.h"

#include "client_cli/body.h"
#include "gtest/gtest.h"

namespace tidemark::client {
namespace {

Certainty Of(std::string_view text) { return CertaintyOf(Body(text)); }

TEST(Reply, WhatIsKnownOfAWrite) {
  EXPECT_EQ(Of(R"({"type": "write_ok", "commit_index": 3})"), Certainty::kDecided);
  EXPECT_EQ(Of(R"({"type": "error", "code": 20})"), Certainty::kDecided);
  EXPECT_EQ(Of(R"({"type": "error", "code": 22})"), Certainty::kDecided);
  EXPECT_EQ(Of(R"({"type": "error", "code": 22, "reason": "token_lost_history"})"),
            Certainty::kDecided);
  EXPECT_EQ(Of(R"({"type": "error", "code": 12, "reason": "seq_reused"})"), Certainty::kDecided);
  EXPECT_EQ(Of(R"({"type": "error", "code": 14, "reason": "cancelled"})"), Certainty::kDecided);
  EXPECT_EQ(Of(R"({"type": "error", "code": 13, "reason": "outcome_forgotten"})"),
            Certainty::kDecided)
      << "nobody will ever know more";
  EXPECT_EQ(Of(R"({"type": "error", "code": 11})"), Certainty::kNotHandedIn);
  EXPECT_EQ(Of(R"({"type": "error", "code": 13})"), Certainty::kOpen);
  EXPECT_EQ(Of(R"({"type": "error", "code": 13, "reason": "timed_out"})"), Certainty::kOpen);
}

TEST(Reply, CodesAreOfErrorsOnly) {
  EXPECT_EQ(CodeOf(Body(R"({"type": "fate_ok", "outcome": "refused", "code": 22})")), 0u);
  EXPECT_EQ(CodeOf(Body(R"({"type": "error", "code": "22"})")), 0u);
  EXPECT_FALSE(
      IsVerdict(Body(R"({"type": "fate_ok", "code": 22, "reason": "token_from_future"})")));
}

TEST(Reply, MembersThatAreSpelledOtherwiseAreNotThere) {
  EXPECT_EQ(UintOf(Body(R"({"a": 5})"), "a"), 5u);
  for (const char* text : {R"({})", R"([])", R"({"a": "5"})", R"({"a": -5})", R"({"a": 5.0})"}) {
    EXPECT_EQ(UintOf(Body(text), "a"), std::nullopt) << text;
  }
  EXPECT_EQ(StringOf(Body(R"({"a": "x"})"), "a"), "x");
  EXPECT_EQ(StringOf(Body(R"({"a": 1})"), "a"), "");
  EXPECT_EQ(StringOf(Body("3"), "a"), "");
}

}  // namespace
}  // namespace tidemark::client
