#include "node/inspect/commands.h"

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/storage/node_storage.h"
#include "node/storage/testing/simulated_file_system.h"

namespace tidemark::inspect {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class InspectCommands : public testing::Test {
 protected:
  storage::NodeStorage OpenNode(const std::string& id) {
    absl::StatusOr<storage::NodeStorage> node =
        storage::OpenNodeStorage(&files_, "data", {id, {id}}, raft::Incarnation(1));
    EXPECT_TRUE(node.ok()) << node.status();
    return *std::move(node);
  }

  std::optional<int> Run(std::vector<std::string> arguments) {
    CLI::App app("node");
    const Commands commands(&app);
    arguments.insert(arguments.begin(), "node");
    std::vector<const char*> argv;
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    app.parse(static_cast<int>(argv.size()), argv.data());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const std::optional<int> status = commands.Run(&files_);
    out_ = testing::internal::GetCapturedStdout();
    errors_ = testing::internal::GetCapturedStderr();
    return status;
  }

  storage::SimulatedFileSystem files_;
  std::string out_;
  std::string errors_;
};

TEST_F(InspectCommands, AreLeftAloneUnlessAskedFor) { EXPECT_EQ(Run({}), std::nullopt); }

TEST_F(InspectCommands, GiveALineForEachNodeThatIsWell) {
  OpenNode("n1");
  OpenNode("n2");
  EXPECT_EQ(Run({"check", "data"}), kExitWell);
  EXPECT_THAT(out_, StartsWith("n1: incarnation"));
  EXPECT_THAT(out_, HasSubstr("\nn2: incarnation"));
  EXPECT_THAT(errors_, IsEmpty());
}

TEST_F(InspectCommands, SayWhatIsDamagedAndGoOn) {
  OpenNode("n1");
  OpenNode("n2");
  files_.SetContents("data/n1/identity", "");
  EXPECT_EQ(Run({"check", "data"}), kExitDamaged);
  EXPECT_THAT(errors_, StartsWith("tidemark error: data/n1/identity is damaged at byte 0"));
  EXPECT_THAT(out_, StartsWith("n2: incarnation"));
}

TEST_F(InspectCommands, SayThatANodeIsRunning) {
  const storage::NodeStorage running = OpenNode("n1");
  EXPECT_EQ(Run({"check", "data/n1"}), kExitInUse);
  EXPECT_THAT(errors_, HasSubstr("data/n1"));
  OpenNode("n2");
  files_.SetContents("data/n2/identity", "");
  EXPECT_EQ(Run({"check", "data"}), kExitDamaged);
}

TEST_F(InspectCommands, SayThatThereIsNoNode) {
  EXPECT_EQ(Run({"check", "elsewhere"}), kExitDamaged);
  EXPECT_THAT(errors_, HasSubstr("elsewhere"));
}

TEST_F(InspectCommands, WarnOfStrayFiles) {
  OpenNode("n1");
  files_.SetContents("data/notes.txt", "bring milk");
  EXPECT_EQ(Run({"check", "data"}), kExitWell);
  EXPECT_THAT(errors_, StartsWith("tidemark warning: data/notes.txt was put there by no node"));
  EXPECT_THAT(out_, StartsWith("n1: incarnation"));
}

TEST_F(InspectCommands, PrintLinesOfJson) {
  OpenNode("n1");
  EXPECT_EQ(Run({"dump", "data", "--keys"}), kExitWell);
  EXPECT_THAT(out_, StartsWith("{\"identity\": "));
  EXPECT_EQ(out_.back(), '\n');
}

}  // namespace
}  // namespace tidemark::inspect
