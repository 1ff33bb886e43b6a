#include "node/storage/largest_entry.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "node/raft/types.h"
#include "node/server/peer_messages.h"

namespace tidemark::storage {
namespace {

raft::EntryRef EntryWith(uint64_t index, decltype(raft::Entry::body) body) {
  return std::make_shared<raft::Entry>(
      raft::Entry{{raft::Term(1), raft::Index(index)}, std::move(body)});
}

TEST(LargestEntry, HasToFitIntoHalfASegment) {
  Options options;
  options.segment_bytes = 4000;
  EXPECT_TRUE(HoldsEntriesOf({.line = 1000}, options).ok());
  const absl::Status too_small = HoldsEntriesOf({.line = 1001}, options);
  EXPECT_EQ(too_small.message(),
            "its cluster takes messages of up to 1001 bytes (max_line_bytes), and an entry with "
            "one may not fit into the segments of 4000 bytes that its log is made of. Start it "
            "with --segment-bytes 4004");
  EXPECT_TRUE(HoldsEntriesOf({.line = 1000, .value = 1'000'000, .answer = 1'000'000}, options).ok())
      << "what appends make, and what is read, is in no entry";
}

// The shortest operations that a line can bring make the most of an entry.
TEST(LargestEntry, OfALineTakesNoMoreThanHalfOfTheLeastSegment) {
  const Limits limits;
  kv::Txn txn;
  const std::string op = R"(["r",1,1],)";
  txn.ops.assign(limits.line / op.size(), {kv::TxnOp::Kind::kWrite, "1", "1"});
  const auto command = std::make_shared<const server::LogCommand>(kv::Command{{2, 1, 1}, txn});
  EXPECT_LT(raft::RoomFor(*EntryWith(3, command)), LeastSegmentBytes(limits) / 2);
}

TEST(LatestConfiguration, IsTheLogsLastOneOrTheSnapshots) {
  server::Recovered recovered;
  EXPECT_EQ(LatestConfiguration(recovered), nullptr);
  recovered.snapshot.emplace();
  recovered.snapshot->configuration.limits.line = 300;
  EXPECT_EQ(LatestConfiguration(recovered)->limits.line, 300u);
  raft::ConfigurationEntry entry;
  for (const uint64_t line : {400, 500}) {
    entry.configuration.limits.line = line;
    recovered.log.push_back(EntryWith(line, entry));
  }
  recovered.log.push_back(EntryWith(501, raft::TermStart()));
  EXPECT_EQ(LatestConfiguration(recovered)->limits.line, 500u);
}

}  // namespace
}  // namespace tidemark::storage
