// A writer is opened under a number that must be on disk before anybody else hears of it.
//
// The schedule that this closes: n1 leads, takes number 7 and sends its opening at once. n2 and n3
// have it at index 120; n1 crashes before the number is on its own disk, comes back, takes 7 again,
// finds the opening at index 120 in the log, takes it for its own, and writes under ids that its
// former life has used: a new write is answered with what came of an old one.
#include <algorithm>
#include <variant>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "node/server/server.h"

namespace tidemark::server {
namespace {

bool IsOpening(const Record& record) {
  const auto* entry = std::get_if<raft::EntryRef>(&record);
  if (entry == nullptr) return false;
  const auto* command = std::get_if<raft::CommandRef>(&(*entry)->body);
  return command != nullptr &&
         std::holds_alternative<kv::OpenWriter>(LogCommand::Of(*command).operation);
}

bool HasOpening(const Output& out) {
  return std::any_of(out.records.begin(), out.records.end(), IsOpening);
}

// A node alone in its cluster, whose disk answers when the test says so.
class Alone {
 public:
  Alone() : server_({}, {{{"n1", raft::Incarnation(1)}, {"n1"}, raft::Life(1)}, 1, 1}, {}, Time{}) {
    Output out = Step(DeadlinePassed{});
    while (!out.records.empty()) out = Step(Persisted{out.sequence});
  }

  Output Step(Input input) { return server_.Step(Time{1}, absl::MakeSpan(&input, 1)); }

 private:
  Server server_;
};

TEST(Opening, WaitsForItsNumberToBeOnDisk) {
  Alone node;
  const Output asked = node.Step(ClientRequest{{"c1", 1}, WriteRequest{kv::Write{"1", "2"}}});
  ASSERT_EQ(asked.records.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<WriterNumber>(asked.records.front()));
  EXPECT_FALSE(HasOpening(asked));
  EXPECT_TRUE(HasOpening(node.Step(Persisted{asked.sequence})));
}

TEST(Opening, IsNotBroughtForwardByWhatElseHappens) {
  Alone node;
  const Output asked = node.Step(ClientRequest{{"c1", 1}, WriteRequest{kv::Write{"1", "2"}}});
  EXPECT_FALSE(HasOpening(node.Step(ClientRequest{{"c1", 2}, WriteRequest{kv::Write{"1", "3"}}})));
  EXPECT_FALSE(HasOpening(node.Step(DeadlinePassed{})));
  EXPECT_TRUE(HasOpening(node.Step(Persisted{asked.sequence})));
}

}  // namespace
}  // namespace tidemark::server
