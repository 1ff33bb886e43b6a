// Disks put back to an old copy, all of them at once: no safety of Raft's survives that, and the
// sessions of what was lost must come to light, also where the new history has reached their term
// and their index.
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "node/server/testing/cluster.h"

namespace tidemark::simulation {
namespace {

using server::testing::Cluster;
using Tokens = std::vector<kv::Session>;

class Restored {
 public:
  explicit Restored(uint64_t seed) : cluster_({.seed = seed}), random_(seed) {}

  // Writes and reads in a session of its own; what it is given goes to `given`.
  void Work(const std::string& what, int operations, Tokens* given) {
    std::optional<kv::Session> token;
    for (int i = 0; i < operations; ++i) {
      const std::string key = absl::StrCat(random_.Between(1, 5));
      server::RequestBody body = server::ReadRequest{key};
      if (i % 3 == 0) body = server::WriteRequest{kv::Write{key, absl::StrCat(what, i)}, {}};
      if (i % 3 == 1) body = server::RywReadRequest{key, {}, true, {}};
      const server::Reply reply = cluster_.AskInSession(AnyNode(), std::move(body), token);
      if (!reply.session) continue;
      token = reply.session;
      given->push_back(*token);
    }
  }

  void ChangeLeader() {
    const raft::NodeId old = cluster_.leader();
    cluster_.Kill(old);
    ASSERT_TRUE(cluster_.AdvanceUntil([&] { return !cluster_.leader().empty(); }));
    cluster_.Restart(old);
    cluster_.Advance(1'000);
  }

  uint64_t Term() {
    cluster_.AdvanceUntil([&] { return !cluster_.leader().empty(); });
    return cluster_.node(cluster_.leader()).raft().term().value();
  }

  // Every kind of request that can carry `token`, at every node.
  std::vector<server::Reply> Present(const kv::Session& token) {
    std::vector<server::Reply> replies;
    for (const char* node : {"n1", "n2", "n3"}) {
      for (const bool prefer_follower : {false, true}) {
        replies.push_back(cluster_.AskInSession(
            node, server::RywReadRequest{"1", {}, prefer_follower, {}}, token));
      }
      replies.push_back(cluster_.AskInSession(node, server::ReadRequest{"1"}, token));
      replies.push_back(cluster_.AskInSession(
          node, server::WriteRequest{kv::Write{"9", absl::StrCat(++writes_)}, {}}, token));
    }
    return replies;
  }

  Cluster& cluster() { return cluster_; }

 private:
  raft::NodeId AnyNode() { return absl::StrCat("n", random_.Between(1, 3)); }

  Cluster cluster_;
  Random random_;
  int writes_ = 0;
};

bool Refused(const server::Reply& reply) {
  const auto* error = std::get_if<server::Error>(&reply.body);
  return error != nullptr && error->code == server::ErrorCode::kPreconditionFailed &&
         (error->reason == server::Reason::kTokenLostHistory ||
          error->reason == server::Reason::kTokenFromFuture) &&
         !reply.session;
}

bool Taken(const server::Reply& reply) {
  const auto* error = std::get_if<server::Error>(&reply.body);
  const bool missing = error != nullptr && error->code == server::ErrorCode::kKeyMissing;
  return (error == nullptr || missing) && reply.session.has_value();
}

class RestoredDisks : public testing::TestWithParam<uint64_t> {};

// `behind`: how many operations the new history has when the tokens come.
void RunOnce(uint64_t seed, int behind) {
  Restored run(seed);
  Tokens kept;
  run.Work("1", 12, &kept);
  const Cluster::Copy copy = run.cluster().CopyDisks();

  Tokens lost;
  run.Work("2", 12, &lost);
  for (int leaders = 0; leaders < 3; ++leaders) {
    run.ChangeLeader();
    run.Work("3", 12, &lost);
  }
  const uint64_t term = run.Term();

  run.cluster().RestoreDisks(copy);
  Tokens others;
  while (run.Term() < term) {
    run.Work("4", 3, &others);
    run.ChangeLeader();
  }
  run.Work("5", behind, &others);
  if (behind > 60) {
    ASSERT_GT(others.back().index, lost.back().index);
  }

  for (const kv::Session& token : lost) {
    for (const server::Reply& reply : run.Present(token)) {
      ASSERT_TRUE(Refused(reply)) << "seed " << seed << ", index " << token.index << " of term "
                                  << token.term << " is taken";
    }
  }
  for (const Tokens* good : {&kept, &others}) {
    for (const kv::Session& token : *good) {
      for (const server::Reply& reply : run.Present(token)) {
        ASSERT_TRUE(Taken(reply)) << "seed " << seed << ", index " << token.index << " of term "
                                  << token.term << " is refused";
      }
    }
  }
}

TEST_P(RestoredDisks, TokensOfWhatWasLostAreRefusedByEverybody) { RunOnce(GetParam(), 120); }
TEST_P(RestoredDisks, AlsoWhereTheNewHistoryIsShorter) { RunOnce(GetParam(), 3); }

INSTANTIATE_TEST_SUITE_P(Seeds, RestoredDisks, testing::Range<uint64_t>(1, 21));

}  // namespace
}  // namespace tidemark::simulation
