// A bootstrap that does not succeed says why.
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/raft/messages.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<NodeId> kThree = {"n1", "n2", "n3"};

void Ask(Played* node) {
  node->Do([](Raft* raft, Time now) { raft->Bootstrap(now); });
}

std::string Notices(const Played& node) {
  std::string all;
  for (const Notice& notice : node.last().notices) all += notice.text + "\n";
  return all;
}

TEST(NotBootstrapped, TheFounderNamesWhoHasNotAnsweredAfterASecond) {
  Played n1(0, {});
  EXPECT_THAT(n1.raft().bootstrap_awaits(), IsEmpty());
  Ask(&n1);
  n1.Persist();
  EXPECT_THAT(n1.raft().bootstrap_awaits(), ElementsAre("n2", "n3"));
  n1.Hear(kN2, Vote{Term(1), Ballot::kBootstrap, Term(1), true}, ClusterId());
  n1.Advance(999);
  Ask(&n1);
  EXPECT_EQ(Notices(n1), "");
  EXPECT_THAT(n1.raft().bootstrap_awaits(), ElementsAre("n3"));
  n1.Advance(1);
  Ask(&n1);
  EXPECT_THAT(Notices(n1), HasSubstr("not bootstrapped yet, which takes every node once: n1 has no "
                                     "answer from n3"));
  // Not with each try.
  n1.Advance(250);
  Ask(&n1);
  EXPECT_EQ(Notices(n1), "");
  n1.Advance(60'000);
  Ask(&n1);
  EXPECT_THAT(Notices(n1), HasSubstr("n1 has no answer from n3"));
  n1.Hear(kN3, Vote{Term(1), Ballot::kBootstrap, Term(1), true}, ClusterId());
  EXPECT_TRUE(n1.raft().leads());
  EXPECT_THAT(n1.raft().bootstrap_awaits(), IsEmpty());
}

TEST(NotBootstrapped, TheFounderNamesWhoRefuses) {
  Played n1(0, {});
  Ask(&n1);
  n1.Persist();
  n1.Hear(kN2, Vote{Term(1), Ballot::kBootstrap, Term(1), false}, ClusterId());
  n1.Hear(kN3, Vote{Term(1), Ballot::kBootstrap, Term(1), true}, ClusterId());
  n1.Advance(1'000);
  Ask(&n1);
  EXPECT_THAT(Notices(n1), HasSubstr("n2 said no to it"));
  EXPECT_THAT(n1.raft().bootstrap_awaits(), ElementsAre("n2"));
}

TEST(NotBootstrapped, TheOthersNameTheFounderUntilTheyHaveAgreed) {
  Played n2(Restored{}, Options(), kN2);
  Ask(&n2);
  n2.Advance(1'000);
  Ask(&n2);
  EXPECT_THAT(Notices(n2), HasSubstr("n2 has no answer from n1"));
  EXPECT_THAT(n2.raft().bootstrap_awaits(), ElementsAre("n1"));
  n2.Hear(kN1, RequestBootstrap{Term(1), kThree}, ClusterId());
  EXPECT_THAT(n2.raft().bootstrap_awaits(), IsEmpty());
  n2.Advance(60'000);
  Ask(&n2);
  EXPECT_THAT(Notices(n2), HasSubstr("n2 has agreed, and n1 waits for another node"));
}

// n2 votes, gets entry 1, and gets the request again.
TEST(NotBootstrapped, ARequestThatComesAgainIsNoEmptiedMembers) {
  Played n2(Restored{}, Options(), kN2);
  n2.Hear(kN1, RequestBootstrap{Term(1), kThree}, ClusterId());
  n2.Persist();
  n2.Hear(kN1, Append(1, {}, {Bootstrap()}));
  n2.Persist();
  n2.Hear(kN1, RequestBootstrap{Term(1), kThree}, ClusterId());
  EXPECT_EQ(Notices(n2), "");
  n2.Hear({"n1", Incarnation(99)}, RequestBootstrap{Term(1), kThree}, ClusterId());
  EXPECT_THAT(Notices(n2), HasSubstr("came back empty"));
}

// No node makes such a log. A peer that is broken sends it, and then the request.
TEST(NotBootstrapped, ALogWithoutAConfigurationAgreesToNone) {
  Played n2(Restored{}, Options(), kN2);
  n2.Hear(kN1, Append(1, {}, {Noop(1, 1)}));
  n2.Persist();
  ASSERT_EQ(n2.raft().log().configuration(), nullptr);
  n2.Hear(kN1, RequestBootstrap{Term(2), kThree}, ClusterId());
  EXPECT_TRUE(n2.last().send_durable.empty() ||
              !std::get<Vote>(n2.last().send_durable.back().body).granted);
  EXPECT_THAT(Notices(n2), HasSubstr("has a log already"));
}

// --- Options::reticent ---------------------------------------------------------------------------

TEST(Reticent, SaysNothingToWhomItHasNotHeard) {
  Options options;
  options.reticent = true;
  Played n2(Restored{}, options, kN2);
  Ask(&n2);
  EXPECT_EQ(n2.said(), 0u);
  n2.Hear(kN1, RequestBootstrap{Term(1), kThree}, ClusterId());
  n2.Forget();
  Ask(&n2);
  EXPECT_EQ(n2.Count<BootstrapWanted>(), 1u);
}

TEST(Reticent, StandsWhereItHasALog) {
  Options options;
  options.reticent = true;
  Played n2(Restored{{Term(1), {}}, {}, {}, {Bootstrap()}}, options, kN2);
  n2.Advance(1'000);
  EXPECT_EQ(n2.Count<RequestVote>(), 2u) << "all were killed: nobody else begins";
}

}  // namespace
}  // namespace tidemark::raft
