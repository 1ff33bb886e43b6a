#include "harness/check/log/past.h"

#include "gtest/gtest.h"

namespace tidemark::check {
namespace {

constexpr uint32_t kOld = 0xa, kNew = 0xb;

raft::Entry Configuration(uint64_t term, uint64_t index, uint32_t cluster) {
  raft::ConfigurationEntry body;
  body.configuration.cluster = raft::ClusterId(cluster);
  body.stamp = raft::Stamp(static_cast<uint32_t>(term));
  return {{raft::Term(term), raft::Index(index)}, body};
}

// Entries 1 and 2 of the old cluster, 3 makes it the new one.
class ForcedPast : public testing::Test {
 protected:
  ForcedPast() {
    past_.Add(Configuration(1, 1, kOld));
    past_.Add({{raft::Term(2), raft::Index(2)}, raft::TermStart{raft::Stamp(2)}});
    past_.Add(Configuration(3, 3, kNew));
  }

  Past past_;
};

TEST_F(ForcedPast, WhatStoodInTheFormerClusterHeldAndHoldsNoMore) {
  const kv::Session session{kOld, 2, 2, 2};
  EXPECT_TRUE(past_.Held(session));
  EXPECT_FALSE(past_.Holds(session));
  EXPECT_EQ(past_.Judge(session, 3), kv::Verdict::kOtherCluster);
}

TEST_F(ForcedPast, TheFormerClusterNeverHadTheEntryThatForcedTheOther) {
  EXPECT_FALSE(past_.Held({kOld, 3, 3, 3}));
  EXPECT_TRUE(past_.Held({kNew, 3, 3, 3}));
  EXPECT_TRUE(past_.Holds({kNew, 3, 3, 3}));
}

TEST_F(ForcedPast, WhatTheFormerClusterHadElseIsLost) {
  EXPECT_TRUE(past_.WasLost({kOld, 2, 1, 1}));
  EXPECT_FALSE(past_.WasLost({kOld, 2, 2, 2}));
  EXPECT_FALSE(past_.WasLost({kNew + 1, 2, 1, 1}));
  EXPECT_FALSE(past_.Held({kOld, 2, 1, 1}));
}

}  // namespace
}  // namespace tidemark::check
