#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/inspect/check.h"
#include "node/inspect/dump.h"
#include "node/inspect/node_directories.h"
#include "node/kv/command.h"
#include "node/kv/state_machine.h"
#include "node/raft/types.h"
#include "node/server/io.h"
#include "node/server/peer_messages.h"
#include "node/storage/node_storage.h"
#include "node/storage/testing/simulated_file_system.h"
#include "node/wire/json.h"
#include "node/wire/state_codec.h"

namespace tidemark::inspect {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr char kNode[] = "data/n1";
constexpr char kLog[] = "data/n1/log-0000000000000001";
constexpr char kSnapshot[] = "data/n1/snapshot-0000000000000003-0000000000000002";

const raft::Configuration kConfiguration{
    raft::ClusterId(0xc1), {{"n1", raft::Incarnation(0xa1)}, {"n2", raft::Incarnation(0xa2)}}};
const kv::Command kOpening{{0, 0, 0}, kv::OpenWriter{"n1", 0xa1, 1}};
const kv::Command kWrite{{2, 1, 1}, kv::Write{"\"k\"", "[1,2]"}};

server::Record EntryAt(uint64_t index, decltype(raft::Entry::body) body) {
  return std::make_shared<raft::Entry>(
      raft::Entry{{raft::Term(2), raft::Index(index)}, std::move(body)});
}

server::Record CommandAt(uint64_t index, kv::Command command) {
  return EntryAt(index, std::make_shared<server::LogCommand>(std::move(command)));
}

// Of all up to entry 3.
std::string State() {
  kv::StateMachine machine;
  machine.BeginTerm(1, 2, 7);
  machine.Configure(1, 0xc1, Limits());
  machine.Apply(2, kOpening);
  machine.Apply(3, kWrite);
  std::string bytes;
  std::vector<kv::StatePart> parts;
  machine.BeginCopy();
  for (bool more = true; more;) {
    more = machine.NextParts(1'000, &parts);
    for (const kv::StatePart& part : parts) wire::AppendStatePart(part, &bytes);
  }
  return bytes;
}

class Inspect : public testing::Test {
 protected:
  storage::NodeStorage OpenNode(const std::string& id) {
    absl::StatusOr<storage::NodeStorage> node = storage::OpenNodeStorage(
        &files_, "data", {id, {"n1", "n2"}}, raft::Incarnation(0xa1), {.segment_bytes = 16'384});
    EXPECT_TRUE(node.ok()) << node.status();
    return *std::move(node);
  }

  // Four entries; what they come to up to the third is in a snapshot, too.
  void MakeNode(bool with_snapshot) {
    storage::NodeStorage node = OpenNode("n1");
    node.log->Append({raft::HardState{raft::Term(2), {"n2", raft::Incarnation(0xa2)}},
                      EntryAt(1, raft::ConfigurationEntry{kConfiguration, raft::Stamp(7)}),
                      server::WriterNumber{1, 7}, CommandAt(2, kOpening), CommandAt(3, kWrite),
                      CommandAt(4, kWrite)});
    ASSERT_TRUE(node.log->Sync().ok());
    if (!with_snapshot) return;
    raft::Snapshot snapshot;
    snapshot.last_included = {raft::Term(2), raft::Index(3)};
    snapshot.configuration = kConfiguration;
    ASSERT_TRUE(node.snapshots->Begin(snapshot).ok());
    ASSERT_TRUE(node.snapshots->Add(State()).ok());
    ASSERT_TRUE(node.snapshots->Finish().ok());
  }

  void Flip(const std::string& path, size_t at) {
    std::string bytes = files_.Contents(path);
    ASSERT_LT(at, bytes.size());
    bytes[at] ^= 1;
    files_.SetContents(path, bytes);
  }

  CheckResult Check() {
    const uint64_t operations = files_.operations();
    CheckResult result = CheckNode(&files_, kNode);
    EXPECT_EQ(files_.operations(), operations) << "it has changed something";
    return result;
  }

  std::vector<std::string> Dump(bool keys = false) {
    std::vector<std::string> lines;
    const uint64_t operations = files_.operations();
    verdict_ = DumpNode(&files_, kNode, {.keys = keys},
                        [&](std::string_view line) { lines.emplace_back(line); });
    EXPECT_EQ(files_.operations(), operations) << "it has changed something";
    for (const std::string& line : lines) EXPECT_TRUE(wire::ParseJson(line).ok()) << line;
    return lines;
  }

  storage::SimulatedFileSystem files_;
  Verdict verdict_ = Verdict::kWell;
};

// --- Where nodes are ----------------------------------------------------------------------------

TEST_F(Inspect, FindsTheNodesOfADirectory) {
  OpenNode("n2");
  OpenNode("n1");
  ASSERT_TRUE(files_.MakeDirectories("data/something").ok());
  files_.SetContents("data/notes.txt", "bring milk");
  const FoundDirectories found = *NodeDirectories(files_, "data");
  EXPECT_THAT(found.nodes, ElementsAre("data/n1", "data/n2"));
  EXPECT_THAT(found.notes, ElementsAre(HasSubstr("data/notes.txt was put there by no node"),
                                       HasSubstr("data/something")));
  EXPECT_THAT(NodeDirectories(files_, "data/n1")->nodes, ElementsAre("data/n1"));
  EXPECT_TRUE(absl::IsNotFound(NodeDirectories(files_, "data/something").status()));
}

// --- Check --------------------------------------------------------------------------------------

TEST_F(Inspect, SaysWhatANodeRemembers) {
  MakeNode(true);
  const CheckResult result = Check();
  EXPECT_EQ(result.verdict, Verdict::kWell);
  EXPECT_THAT(result.problems, IsEmpty());
  const std::string bytes = std::to_string(files_.Contents(kSnapshot).size());
  EXPECT_EQ(result.summary,
            "n1: incarnation 00000000000000a1, cluster 000000c1, term 2, snapshot up to entry 3 (1 "
            "keys, " +
                bytes + " bytes), log of entries 1 to 4 in 1 segment");
}

TEST_F(Inspect, SaysAndShowsThatAMemoryHasGoneBack) {
  MakeNode(false);
  {
    storage::NodeStorage node = OpenNode("n1");
    node.log->Append({server::GoneBack{{raft::Term(2), raft::Index(9)}}});
    ASSERT_TRUE(node.log->Sync().ok());
  }
  EXPECT_THAT(Check().summary, HasSubstr("it has gone back and lacks entry 9 of term 2"));
  EXPECT_THAT(Dump(),
              testing::Contains(HasSubstr(R"("gone_back": {"lost_term": 2, "lost_index": 9})")));
}

TEST_F(Inspect, SaysThatANewNodeRemembersNothing) {
  OpenNode("n1");
  EXPECT_EQ(
      Check().summary,
      "n1: incarnation 00000000000000a1, no cluster yet, term 0, no snapshot, log empty behind "
      "entry 0 in 1 segment");
}

TEST_F(Inspect, SaysThatAFirstStartCameToNoEnd) {
  ASSERT_TRUE(files_.MakeDirectories(kNode).ok());
  ASSERT_TRUE(files_.TakeLock("data/n1/lock").ok());
  const CheckResult result = Check();
  EXPECT_EQ(result.verdict, Verdict::kWell);
  EXPECT_THAT(result.summary, HasSubstr("no memory"));
}

TEST_F(Inspect, SaysThatAnIdentityIsLost) {
  MakeNode(true);
  ASSERT_TRUE(files_.Remove("data/n1/identity").ok());
  EXPECT_EQ(Check().verdict, Verdict::kDamaged);
  EXPECT_THAT(Dump(), ElementsAre(StartsWith("{\"problem\": \"data/n1/identity is damaged")));
}

TEST_F(Inspect, SaysThatATailIsTorn) {
  {
    storage::NodeStorage node = OpenNode("n1");
    const kv::Command large{{2, 1, 1}, kv::Write{"\"k\"", std::string(3'000, '1')}};
    node.log->Append({EntryAt(1, raft::ConfigurationEntry{kConfiguration, raft::Stamp(7)})});
    node.log->Append({CommandAt(2, large)});
    ASSERT_TRUE(node.log->Sync().ok());
  }
  std::string bytes = files_.Contents(kLog);
  bytes.replace(1'024, 512, 512, '\0');  // one sector was not written
  files_.SetContents(kLog, bytes);
  const CheckResult result = Check();
  EXPECT_EQ(result.verdict, Verdict::kWell);
  EXPECT_THAT(result.summary, HasSubstr("entries 1 to 1"));
  EXPECT_THAT(result.summary, HasSubstr("bytes half written at its end"));
}

TEST_F(Inspect, NamesAllThatIsDamaged) {
  MakeNode(true);
  Flip(kSnapshot, files_.Contents(kSnapshot).size() - 1);
  Flip(kLog, 600);
  const CheckResult result = Check();
  EXPECT_EQ(result.verdict, Verdict::kDamaged);
  EXPECT_EQ(result.summary, "");
  EXPECT_THAT(result.problems,
              ElementsAre(StartsWith(std::string(kSnapshot) + " is damaged at byte "),
                          StartsWith(std::string(kLog) + " is damaged at byte ")));
}

TEST_F(Inspect, DoesNotBlameTheLogForTheSnapshot) {
  MakeNode(true);
  Flip(kSnapshot, 30);
  EXPECT_THAT(Check().problems, ElementsAre(StartsWith(kSnapshot)));
}

TEST_F(Inspect, LeavesANodeThatRunsAlone) {
  const storage::NodeStorage running = OpenNode("n1");
  const CheckResult result = Check();
  EXPECT_EQ(result.verdict, Verdict::kInUse);
  EXPECT_EQ(result.problems.size(), 1u);
  Dump();
  EXPECT_EQ(verdict_, Verdict::kInUse);
}

TEST_F(Inspect, SaysWhatNoNodeHasPutThere) {
  MakeNode(true);
  files_.SetContents("data/n1/log-1.bak", "old");
  const CheckResult result = Check();
  EXPECT_EQ(result.verdict, Verdict::kWell);
  EXPECT_THAT(result.notes, ElementsAre(StartsWith("data/n1/log-1.bak was put there by no node")));
}

TEST_F(Inspect, SaysThatADirectoryIsNotCalledAsItsNodes) {
  MakeNode(true);
  ASSERT_TRUE(files_.MakeDirectories("data/backup").ok());
  const std::vector<std::string> names = *files_.List(kNode);
  for (const std::string& name : names) {
    files_.SetContents("data/backup/" + name, files_.Contents("data/n1/" + name));
  }
  const CheckResult result = CheckNode(&files_, "data/backup");
  EXPECT_EQ(result.verdict, Verdict::kWell);
  EXPECT_THAT(result.notes, ElementsAre(AllOf(HasSubstr("data/backup is the memory of node n1"),
                                              HasSubstr("called n1"))));
  EXPECT_THAT(CheckNode(&files_, "data/n1/").notes, IsEmpty());
}

TEST_F(Inspect, SaysThatASnapshotIsOfAnotherCluster) {
  MakeNode(true);
  const std::string snapshot = files_.Contents(kSnapshot);
  files_ = storage::SimulatedFileSystem();
  {
    storage::NodeStorage node = OpenNode("n1");
    raft::Configuration other = kConfiguration;
    other.cluster = raft::ClusterId(0xc2);
    node.log->Append({EntryAt(1, raft::ConfigurationEntry{other, raft::Stamp(7), {}}),
                      CommandAt(2, kOpening), CommandAt(3, kWrite)});
    ASSERT_TRUE(node.log->Sync().ok());
  }
  files_.SetContents(kSnapshot, snapshot);
  const CheckResult result = Check();
  EXPECT_EQ(result.verdict, Verdict::kDamaged);
  EXPECT_THAT(result.problems,
              ElementsAre(HasSubstr("one of the two was put here from elsewhere")));
}

TEST_F(Inspect, LetsTheNodeStartThereafter) {
  MakeNode(true);
  Check();
  Dump();
  EXPECT_EQ(OpenNode("n1").recovered.log.size(), 4u);
}

// --- Dump ---------------------------------------------------------------------------------------

TEST_F(Inspect, ShowsWhoseMemoryItIs) {
  OpenNode("n1");
  EXPECT_EQ(Dump().at(0),
            R"({"identity": {"directory": "data/n1", "node_id": "n1", "node_ids": ["n1", "n2"], )"
            R"("incarnation": "00000000000000a1", "cluster": null}})");
  EXPECT_EQ(verdict_, Verdict::kWell);
}

TEST_F(Inspect, ShowsEachRecord) {
  MakeNode(false);
  std::vector<std::string> lines = Dump();
  ASSERT_GE(lines.size(), 7u);
  lines.erase(lines.begin(), lines.end() - 6);  // the identity, and what begins a segment
  uint64_t offset = 0;
  std::vector<std::string> records;
  for (const std::string& line : lines) {
    const wire::Json json = *wire::ParseJson(line);
    EXPECT_EQ(json.Find("file")->string_value(), kLog);
    EXPECT_GT(*json.Find("offset")->AsUint64(), offset);
    offset = *json.Find("offset")->AsUint64();
    records.push_back(
        "{" + line.substr(line.find(std::to_string(offset)) + std::to_string(offset).size() + 2));
  }
  EXPECT_THAT(
      records,
      ElementsAre(
          R"({"hard_state": {"term": 2, "voted_for": {"node_id": "n2", "incarnation": "00000000000000a2"}}})",
          R"({"entry": {"term": 2, "index": 1, "configuration": {"cluster": "000000c1", "stamp": "00000007", )"
          R"("members": [{"node_id": "n1", "incarnation": "00000000000000a1"}, )"
          R"({"node_id": "n2", "incarnation": "00000000000000a2"}], "limits": {"max_line_bytes": 1048576, )"
          R"("max_key_bytes": 1048576, "max_value_bytes": 1048576, "max_answer_bytes": 2097152}}}})",
          R"({"writer_number": 1, "bits": "0000000000000007"})", testing::_, testing::_,
          AllOf(HasSubstr(R"("term": 2, "index": 4)"), HasSubstr(R"("value": [1, 2])"))));
}

TEST_F(Inspect, ShowsTheSnapshotAndItsKeysIfAsked) {
  MakeNode(true);
  const std::string line = Dump().at(1);
  EXPECT_THAT(line, StartsWith(std::string(R"({"snapshot": {"file": ")") + kSnapshot +
                               R"(", "term": 2, "index": 3, "bytes": )"));
  EXPECT_THAT(line, HasSubstr(R"("configuration": {"cluster": "000000c1", "members": [{)"));
  EXPECT_THAT(line, HasSubstr(R"("state": {"last_applied": 3, "cluster": "000000c1", )"
                              R"("limits": {"max_line_bytes": 1048576, "max_key_bytes": 1048576, )"
                              R"("max_value_bytes": 1048576, "max_answer_bytes": 2097152}, )"
                              R"("terms": [{"term": 2, "first": 1, "stamp": "00000007"}], )"
                              R"("writers": 1, "outcomes": 1, "keys": 1, "hash": ")"));
  EXPECT_EQ(Dump(true).at(2), R"({"key": "k", "value": [1, 2]})");
  EXPECT_THAT(Dump(false).at(2), StartsWith(R"({"file": )"));
}

TEST_F(Inspect, ShowsWhatStandsBesideDamage) {
  MakeNode(true);
  Flip(kSnapshot, 30);
  const std::vector<std::string> lines = Dump();
  EXPECT_EQ(verdict_, Verdict::kDamaged);
  EXPECT_THAT(lines.at(0), StartsWith(R"({"identity")"));
  EXPECT_THAT(lines.at(1), StartsWith(std::string(R"({"problem": ")") + kSnapshot));
  EXPECT_THAT(lines.back(), HasSubstr(R"("index": 4)"));
}

TEST_F(Inspect, ShowsWhatStandsBeforeDamage) {
  MakeNode(false);
  const std::string whole = files_.Contents(kLog);
  Flip(kLog, whole.find_last_not_of('\0') - 4);
  const std::vector<std::string> lines = Dump();
  EXPECT_EQ(verdict_, Verdict::kDamaged);
  EXPECT_THAT(lines.at(lines.size() - 2), HasSubstr(R"("index": 3)"));
  EXPECT_THAT(lines.back(), StartsWith(std::string(R"({"problem": ")") + kLog));
}

}  // namespace
}  // namespace tidemark::inspect
