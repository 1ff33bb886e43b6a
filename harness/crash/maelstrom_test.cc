// node --maelstrom: real nodes that are launched one after the other, as Maelstrom does it, and may
// not speak to one that is not there yet.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "harness/cluster/envelope.h"
#include "harness/cluster/process.h"
#include "harness/cluster/real_world.h"
#include "harness/cluster/temp_dir.h"
#include "harness/cluster/virtual_world.h"
#include "harness/node_program.h"
#include "node/base/concat.h"

namespace tidemark::crash {
namespace {

constexpr Duration kPatience = Duration::Millis(30'000);

std::string InitOf(const std::string& node, uint64_t id, const std::string& others) {
  return Concat(R"({"id": )", id, R"(, "src": "c0", "dest": ")", node,
                R"(", "body": {"type": "init", "msg_id": 1, "node_id": ")", node,
                R"(", "node_ids": [)", others, "]}}");
}

// In virtual time, with data directories of the test's own.
class Launches : public ::testing::Test {
 protected:
  void Begin(std::vector<std::string> args) {
    cluster::WorldOptions options;
    options.names = {"n0", "n1", "n2"};
    options.command = {*FindNodeProgram("")};
    options.command.insert(options.command.end(), args.begin(), args.end());
    options.data_dir = dir_.path();
    options.mutes_early_words = true;
    world_ = std::make_unique<cluster::VirtualWorld>(options);
  }
  // Init is not waited for.
  void Launch(const std::string& node) {
    ASSERT_EQ(world_->Start(node), absl::OkStatus());
    ASSERT_EQ(world_->Send(node, InitOf(node, 0, R"("n0", "n1", "n2")")), absl::OkStatus());
  }
  void Ask(const std::string& node, const std::string& body) {
    const std::string line =
        Concat(R"({"src": "c1", "dest": ")", node, R"(", "body": )", body, "}");
    ASSERT_EQ(world_->Send(node, line), absl::OkStatus());
  }
  // Time passes; what was answered meanwhile, by its type, and when first.
  void Pass(int64_t ms) {
    ASSERT_EQ(world_->Pass(Duration::Millis(ms)), absl::OkStatus());
    for (const cluster::Seen& seen : world_->TakeSeen()) {
      const auto* line = std::get_if<cluster::Line>(&seen);
      ASSERT_NE(line, nullptr) << "a node ended";
      const auto envelope = cluster::ParseEnvelope(line->text);
      ASSERT_TRUE(envelope) << line->text;
      answers_.try_emplace(Concat(line->node, " ", envelope->type()), line->at.us / 1000);
      last_ = line->text;
    }
  }
  // -1: not.
  int64_t AnsweredAt(const std::string& what) const {
    const auto at = answers_.find(what);
    return at == answers_.end() ? -1 : at->second;
  }

  cluster::TempDir dir_ = *cluster::TempDir::Create();
  std::unique_ptr<cluster::VirtualWorld> world_;
  std::map<std::string, int64_t> answers_;
  std::string last_;
};

TEST_F(Launches, TheFounderBootstrapsWhenAllAreThereAndInitIsAnsweredThen) {
  Begin({"--maelstrom"});
  Launch("n1");
  Pass(100);
  Launch("n2");
  Pass(50);
  Launch("n0");  // as it mostly is, the last
  Pass(240);
  EXPECT_EQ(AnsweredAt("n1 init_ok"), -1);
  Pass(60);
  for (const char* node : {"n0", "n1", "n2"}) {
    EXPECT_FALSE(world_->Muted(node)) << node;
    EXPECT_GE(AnsweredAt(Concat(node, " init_ok")), 400) << node;
    EXPECT_LE(AnsweredAt(Concat(node, " init_ok")), 420) << node;
  }
  // It can write at once: its writer is open.
  Ask("n2", R"({"type": "write", "msg_id": 2, "key": 1, "value": 2})");
  Pass(10);
  EXPECT_EQ(AnsweredAt("n2 write_ok"), 450 + 4) << last_;
  EXPECT_EQ(last_.find("commit_index"), std::string::npos) << "a stock reply has none";
}

TEST_F(Launches, NobodyButTheFounderSpeaksBeforeItWasSpokenTo) {
  Begin({"--maelstrom"});
  Launch("n1");
  Ask("n1", R"({"type": "write", "msg_id": 2, "key": 1, "value": 2})");
  Pass(300);
  Launch("n2");
  Ask("n2", R"({"type": "read", "msg_id": 2, "key": 1})");
  Pass(400);
  EXPECT_FALSE(world_->Muted("n1"));
  EXPECT_FALSE(world_->Muted("n2"));
}

TEST_F(Launches, WithoutTheFlagWhoIsAskedSpeaks) {
  Begin({});
  Launch("n1");
  Ask("n1", R"({"type": "write", "msg_id": 2, "key": 1, "value": 2})");
  Pass(300);
  EXPECT_TRUE(world_->Muted("n1"));
  EXPECT_EQ(AnsweredAt("n1 init_ok"), 0);
}

TEST_F(Launches, InitIsHeldBackTwoSecondsAtMostAndTheFlagsStillCount) {
  Begin({"--maelstrom", "--bootstrap-delay-ms", "10", "--request-timeout-ms", "500"});
  Launch("n0");
  Ask("n0", R"({"type": "write", "msg_id": 2, "key": 1, "value": 2})");
  Pass(600);
  EXPECT_TRUE(world_->Muted("n0")) << "it was told not to wait";
  Begin({"--maelstrom", "--request-timeout-ms", "500"});
  Launch("n1");
  Ask("n1", R"({"type": "write", "msg_id": 2, "key": 1, "value": 2})");
  Pass(600);
  EXPECT_EQ(AnsweredAt("n1 error"), 500);
  EXPECT_NE(last_.find("not_bootstrapped"), std::string::npos) << last_;
  EXPECT_EQ(AnsweredAt("n1 init_ok"), -1);
  Pass(1400);
  EXPECT_EQ(AnsweredAt("n1 init_ok"), 2000);
}

TEST_F(Launches, ANodeWithALogAnswersInitAtOnceAndElects) {
  Begin({"--maelstrom"});
  for (const char* node : {"n0", "n1", "n2"}) Launch(node);
  Pass(400);
  for (const char* node : {"n0", "n1", "n2"}) ASSERT_EQ(world_->Kill(node), absl::OkStatus());
  answers_.clear();
  for (const char* node : {"n1", "n2"}) {
    ASSERT_EQ(world_->Restart(node, cluster::World::Data::kKeep), absl::OkStatus());
    ASSERT_EQ(world_->Send(node, InitOf(node, 9, R"("n0", "n1", "n2")")), absl::OkStatus());
  }
  Pass(0);
  EXPECT_EQ(AnsweredAt("n1 init_ok"), 400);
  Ask("n1", R"({"type": "write", "msg_id": 2, "key": 1, "value": 2})");
  Pass(1'500);
  EXPECT_NE(AnsweredAt("n1 write_ok"), -1) << last_;
}

// --- --data-dir auto -----------------------------------------------------------------------------

class AutoData : public ::testing::Test {
 protected:
  // A process of n1, alone in its cluster, that is handed its init as message `id` and says what
  // its log has after a write.
  uint64_t CommitIndexAfterAWrite(uint64_t id) {
    cluster::SpawnOptions spawn;
    spawn.command = {"/usr/bin/env", Concat("TMPDIR=", dir_.path()), *FindNodeProgram(""),
                     "--data-dir", "auto"};
    auto process = cluster::Process::Spawn(spawn);
    EXPECT_TRUE(process.ok()) << process.status();
    (*process)->Write(
        Concat(InitOf("n1", id, R"("n1")"), "\n", R"({"id": )", id + 1,
               R"(, "src": "c1", "dest": "n1", "body": {"type": "write", "msg_id": 2, )"
               R"("key": 1, "value": 2}})",
               "\n"));
    uint64_t index = 0;
    while (index == 0 && (*process)->Await(kPatience)) {
      while (const auto line = (*process)->NextLine()) {
        const auto envelope = cluster::ParseEnvelope(*line);
        if (!envelope || envelope->type() != "write_ok") continue;
        index = static_cast<uint64_t>(envelope->Integer("commit_index").value_or(0));
      }
    }
    (void)(*process)->Kill();
    return index;
  }

  cluster::TempDir dir_ = *cluster::TempDir::Create();
};

TEST_F(AutoData, ARestartFindsItsTestsMemoryAndTheNextTestNone) {
  const uint64_t fresh = CommitIndexAfterAWrite(0);
  ASSERT_GT(fresh, 0u);
  EXPECT_GT(CommitIndexAfterAWrite(50), fresh) << "a restart: all of it is there";
  EXPECT_EQ(CommitIndexAfterAWrite(0), fresh) << "the next test counts its messages anew";
  EXPECT_EQ(CommitIndexAfterAWrite(1), fresh) << "and the next";
  EXPECT_GT(CommitIndexAfterAWrite(7), fresh);
}

}  // namespace
}  // namespace tidemark::crash
