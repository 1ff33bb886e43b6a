// Names are issued again where a disk has gone back: what was opened under them before is
// another's.
#include <cstdint>
#include <map>
#include <string>
#include <variant>

#include "gtest/gtest.h"
#include "node/server/requests.h"
#include "node/server/testing/cluster.h"
#include "node/server/testing/sessions.h"

namespace tidemark::server::testing {
namespace {

class GoneBack : public Sessions {
 protected:
  // n2 is started with a disk on which none of what it has written since is.
  void PutBackN2(const Disk& before) {
    cluster_.Kill("n2");
    cluster_.disk("n2") = before;
  }
  // The openings of n2's writers, in n3's log.
  int OpeningsOfN2() const {
    int count = 0;
    const raft::Log& log = Log("n3");
    for (raft::Index at = log.first_index(); at <= log.last_index(); at = at.Next()) {
      const auto* body = std::get_if<raft::CommandRef>(&log.At(at)->body);
      if (body == nullptr) continue;
      const auto* opening = std::get_if<kv::OpenWriter>(&LogCommand::Of(*body).operation);
      count += opening != nullptr && opening->node == "n2" ? 1 : 0;
    }
    return count;
  }
};

// n2 takes number 1, which its predecessor has used, finds the predecessor's opening in what n3
// sends, and writes 1 to a as its first write: just as its predecessor did.
TEST_F(GoneBack, ANodeDoesNotTakeItsPredecessorsWriterForItsOwn) {
  const Disk before = cluster_.disk("n2");
  for (const char* value : {"1", "2", "3"}) cluster_.Write("n2", "a", value);
  cluster_.Advance(200);
  PutBackN2(before);
  cluster_.Kill("n1");
  cluster_.Restart("n2");
  const uint64_t before_it = cluster_.node("n3").raft().log().last_index().value();
  EXPECT_GT(IndexOf(cluster_.Write("n2", "a", "1")), before_it) << "a write of its own";
  EXPECT_EQ(ValueOf(cluster_.Read("n3", "a")), "1") << "the write was acknowledged";
  cluster_.Write("n2", "a", "7");
  EXPECT_EQ(ValueOf(cluster_.Read("n3", "a")), "7");
}

TEST_F(GoneBack, ItOpensBehindAllThatItsPredecessorsHaveOpened) {
  const Disk before = cluster_.disk("n2");
  for (int life = 0; life < 5; ++life) {
    cluster_.Write("n2", "a", "1");
    cluster_.Restart("n2");
  }
  cluster_.Advance(200);
  ASSERT_EQ(OpeningsOfN2(), 5);
  PutBackN2(before);
  cluster_.Kill("n1");
  cluster_.Restart("n2");
  cluster_.Advance(2000);
  cluster_.Write("n2", "a", "2");
  EXPECT_EQ(ValueOf(cluster_.Read("n3", "a")), "2");
  EXPECT_LE(OpeningsOfN2(), 7) << "one that may be void, and one that is not";
}

// All are restored from their copies, and the same index becomes another client's name.
TEST_F(GoneBack, AClientsIdIsNotAnothersThatWasIssuedTheSameNumber) {
  const Cluster::Copy copy = cluster_.CopyDisks();
  cluster_.RestoreDisks(copy);
  std::map<kv::LogIndex, Client> old;
  for (int i = 0; i < 10; ++i) {
    const Client client = Open("n1");
    old[client.index] = client;
    cluster_.Ask("n1", PutOnce("1", client.Id(1)));
  }
  cluster_.RestoreDisks(copy);
  Client fresh = Open("n1");
  while (old.count(fresh.index) == 0 && fresh.index < old.rbegin()->first) fresh = Open("n1");
  ASSERT_EQ(old.count(fresh.index), 1u);
  const Client& former = old.at(fresh.index);

  const uint64_t index = IndexOf(cluster_.Ask("n2", PutOnce("2", fresh.Id(1))));
  ASSERT_NE(index, 0u);
  EXPECT_EQ(AsError(cluster_.Ask("n1", PutOnce("2", former.Id(1)))).reason,
            Reason::kOutcomeForgotten)
      << "its retry is not answered with what the other's write came to";
  EXPECT_EQ(AsError(cluster_.Ask("n1", PutOnce("1", former.Id(2)))).reason,
            Reason::kOutcomeForgotten);
  EXPECT_EQ(FateIn(cluster_.Ask("n3", FateOf(former.Name(3)))).kind, kv::Fated::Kind::kUnknown);
  EXPECT_NE(IndexOf(cluster_.Ask("n2", PutOnce("3", fresh.Id(2)))), 0u);
  EXPECT_NE(IndexOf(cluster_.Ask("n2", PutOnce("4", fresh.Id(3)))), 0u);
  EXPECT_EQ(IndexOf(cluster_.Ask("n2", PutOnce("2", fresh.Id(1)))), index);
}

}  // namespace
}  // namespace tidemark::server::testing
