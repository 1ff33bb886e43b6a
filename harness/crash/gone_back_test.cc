// Real nodes, one of which is started on an older copy of its directory.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/cluster/process.h"
#include "harness/cluster/real_world.h"
#include "harness/cluster/temp_dir.h"
#include "harness/crash/dialogue.h"
#include "harness/node_program.h"

namespace tidemark::crash {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr Duration kPatience = Duration::Millis(60'000);

class GoneBackTest : public ::testing::Test {
 protected:
  GoneBackTest()
      : dir_(*cluster::TempDir::Create()),
        program_(*FindNodeProgram("")),
        world_(Options()),
        dialogue_(&world_, kPatience) {}

  std::string Data(const std::string& name) const { return dir_.path() + "/data/" + name; }
  cluster::WorldOptions Options() const {
    cluster::WorldOptions options;
    options.names = {"n1", "n2", "n3"};
    options.command = {program_};
    options.data_dir = dir_.path() + "/data";
    return options;
  }
  // n3 has acknowledged and opened what the copy of its directory that it has now knows nothing of:
  // whoever leads meanwhile, that comes to light.
  void PutN3Back() {
    ASSERT_TRUE(world_.StartAndInit({"n1", "n2", "n3"}).ok());
    ASSERT_EQ(TypeOf(*dialogue_.Ask("n1", Write("x", "0"))), "write_ok");
    ASSERT_TRUE(world_.Kill("n3").ok());
    fs::copy(Data("n3"), dir_.path() + "/old", fs::copy_options::recursive);
    Start({});
    for (const char* value : {"1", "2", "3"}) {
      ASSERT_EQ(TypeOf(*dialogue_.Ask("n3", Write("x", value))), "write_ok");
    }
    ASSERT_TRUE(world_.Kill("n3").ok());
    fs::remove_all(Data("n3"));
    fs::copy(dir_.path() + "/old", Data("n3"), fs::copy_options::recursive);
  }
  void Start(const std::vector<std::string>& args) {
    ASSERT_TRUE(world_.Start("n3", args).ok());
    ASSERT_TRUE(world_.Init("n3").ok());
  }
  bool N3Learns() {
    for (int tries = 0; tries < 600; ++tries) {
      const auto status = dialogue_.Ask("n3", Status());
      const wire::Json* learner = status.ok() ? status->Find("learner") : nullptr;
      if (learner != nullptr && learner->is_bool() && learner->bool_value()) return true;
      dialogue_.Listen(Duration::Millis(50));
    }
    return false;
  }

  cluster::TempDir dir_;
  std::string program_;
  cluster::RealWorld world_;
  Dialogue dialogue_;
};

TEST_F(GoneBackTest, StopsWithAStatusOfItsOwnAndStartsNoMore) {
  PutN3Back();
  Start({});
  const auto ended = dialogue_.AwaitEnd("n3");
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(*ended, (cluster::ExitStatus{7, 0}));
  EXPECT_EQ(TypeOf(*dialogue_.Ask("n1", Write("x", "4"))), "write_ok") << "two go on";

  ASSERT_TRUE(world_.Start("n3", {}).ok());
  EXPECT_FALSE(world_.Init("n3").ok());
  const auto again = dialogue_.AwaitEnd("n3");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, (cluster::ExitStatus{7, 0}));

  Start({"--on-rollback", "rejoin"});
  EXPECT_TRUE(N3Learns());
  EXPECT_TRUE(fs::exists(Data("n3.gone-back") + "/identity"));
  EXPECT_TRUE(fs::exists(Data("n3") + "/identity"));
}

TEST_F(GoneBackTest, BeginsAnewWhereItIsFoundOut) {
  PutN3Back();
  Start({"--on-rollback", "rejoin"});
  EXPECT_TRUE(N3Learns());
  EXPECT_TRUE(fs::exists(Data("n3.gone-back") + "/identity"));
  EXPECT_EQ(TypeOf(*dialogue_.Ask("n3", Write("x", "4"))), "write_ok");
}

}  // namespace
}  // namespace tidemark::crash
