// A run of all that a log does, with the machine crashing at each moment of it, and with the disk
// failing at each: what was acknowledged is there afterwards.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "node/base/random.h"
#include "node/storage/node_storage.h"
#include "node/storage/storage_testing.h"

namespace tidemark::storage {
namespace {

using Records = std::vector<server::Record>;

uint64_t TermOf(const server::Record& record) {
  return std::get<raft::EntryRef>(record)->at.term.value();
}

// What a node remembers, as a test can follow it.
struct Model {
  uint64_t term = 0;
  uint64_t number = 0;
  raft::LogPosition base;          // snapshots stand for all up to here
  std::deque<server::Record> log;  // behind base

  uint64_t last() const { return base.index.value() + log.size(); }
  uint64_t last_term() const { return log.empty() ? base.term.value() : TermOf(log.back()); }

  void Add(const server::Record& record) {
    if (const auto* state = std::get_if<raft::HardState>(&record)) term = state->term.value();
    if (const auto* writer = std::get_if<server::WriterNumber>(&record)) number = writer->number;
    if (const auto* entry = std::get_if<raft::EntryRef>(&record)) {
      const uint64_t index = (*entry)->at.index.value();
      while (last() >= index) log.pop_back();
      log.push_back(record);
    }
    if (const auto* reset = std::get_if<raft::LogBase>(&record)) {
      base = reset->position;
      log.clear();
    }
  }
};

// One node's life on a disk: appends, votes, conflicts, snapshots, snapshots of others.
class Life {
 public:
  Life(SimulatedNode* node, uint64_t seed) : node_(node), random_(seed) {}

  absl::Status Start() {
    absl::StatusOr<NodeStorage> opened = node_->Open();
    if (!opened.ok()) return opened.status();
    storage_ = *std::move(opened);
    return absl::OkStatus();
  }

  // One operation; OK: all of it is acknowledged.
  absl::Status Step() {
    const int64_t what = random_.Between(0, 99);
    if (what < 8) return Compact();
    if (what < 10) return Replace();
    absl::Status status = Sync(what < 25 ? SomeVotes() : SomeEntries());
    if (status.ok() && random_.Between(0, 2) == 0) status = storage_.log->MakeRoom().status();
    return status;
  }

  const Model& model() const { return model_; }
  // With what Step, which failed or has not returned, was about.
  const Model& attempted() const { return attempted_; }
  LogStore* log() { return storage_.log.get(); }

 private:
  absl::Status Sync(const Records& records) {
    for (const server::Record& record : records) attempted_.Add(record);
    storage_.log->Append(records);
    absl::Status status = storage_.log->Sync();
    if (status.ok()) model_ = attempted_;
    return status;
  }

  Records SomeVotes() {
    const uint64_t term = model_.term + 1;
    if (random_.Between(0, 1) == 0) return {Promise(term, "n2")};
    return {Promise(term), Number(model_.number + 1)};
  }

  Records SomeEntries() {
    Records records;
    uint64_t index = model_.last() + 1;
    // A conflict: what is not committed, that is not in a snapshot, is replaced.
    const bool conflict = !model_.log.empty() && random_.Between(0, 5) == 0;
    if (conflict) index -= static_cast<uint64_t>(random_.Between(1, Least(model_.log.size(), 9)));
    const uint64_t term = std::max(model_.term, model_.last_term());
    const int64_t count = random_.Between(1, 4);
    for (int64_t i = 0; i < count; ++i) {
      const auto bytes = static_cast<size_t>(random_.Between(1, 900));
      records.push_back(EntryOf(index++, std::max<uint64_t>(term, 1), std::string(bytes, '7')));
    }
    return records;
  }
  static int64_t Least(size_t a, size_t b) { return static_cast<int64_t>(std::min(a, b)); }

  // A snapshot of the state somewhere in the log; a few entries before it are kept.
  absl::Status Compact() {
    if (model_.log.size() < 8) return absl::OkStatus();
    const size_t at = static_cast<size_t>(random_.Between(4, Least(model_.log.size(), 1000))) - 1;
    const raft::LogPosition included = std::get<raft::EntryRef>(model_.log[at])->at;
    absl::Status taken = TakeSnapshot(storage_.snapshots.get(), included);
    if (!taken.ok()) return taken;
    for (Model* model : {&model_, &attempted_}) {
      model->base = included;
      model->log.erase(model->log.begin(), model->log.begin() + static_cast<ptrdiff_t>(at) + 1);
    }
    return storage_.log->DropBelow(raft::Index(included.index.value() - 2));
  }

  // Another node's snapshot takes the log's place.
  absl::Status Replace() {
    const raft::LogPosition included = {raft::Term(std::max<uint64_t>(1, model_.last_term())),
                                        raft::Index(model_.last() + 7)};
    absl::Status taken = TakeSnapshot(storage_.snapshots.get(), included);
    if (!taken.ok()) return taken;
    const absl::Status synced = Sync({raft::LogBase{included}});
    return synced.ok() ? storage_.log->DropBelow(raft::Index(included.index.value() + 1)) : synced;
  }

  SimulatedNode* node_;
  Random random_;
  NodeStorage storage_;
  Model model_;
  Model attempted_;
};

// Between what was acknowledged and what was attempted.
void ExpectRecovered(const server::Recovered& found, const Model& least, const Model& most,
                     const std::string& where) {
  ASSERT_GE(found.hard_state.term.value(), least.term) << where;
  ASSERT_LE(found.hard_state.term.value(), most.term) << where;
  ASSERT_GE(found.writer_number.number, least.number) << where;
  ASSERT_LE(found.writer_number.number, most.number) << where;
  const raft::LogPosition included =
      found.snapshot ? found.snapshot->last_included : raft::LogPosition();
  ASSERT_LE(found.log_base.index, included.index) << where;
  uint64_t index = found.log_base.index.value();
  for (const raft::EntryRef& entry : found.log) ASSERT_EQ(entry->at.index.value(), ++index);
  for (const server::Record& record : least.log) {
    const raft::EntryRef& wanted = std::get<raft::EntryRef>(record);
    const raft::Index at = wanted->at.index;
    if (at <= included.index) continue;
    // What was to be replaced may be, from the first record on.
    const bool replaced =
        at.value() > most.last() || most.base.index > least.base.index ||
        Encoded(most.log[at.value() - most.base.index.value() - 1]) != Encoded(record);
    if (replaced) continue;
    ASSERT_LE(at.value(), index) << where << ": entry " << at.value() << " is missing";
    ASSERT_EQ(Encoded(found.log[at.value() - found.log_base.index.value() - 1]), Encoded(wanted))
        << where;
  }
}

// The node opens, has what it must have, goes on, and has that, too.
void ExpectLives(SimulatedFileSystem* files, const Model& least, const Model& most,
                 const std::string& where) {
  SimulatedNode node;
  node.files = *files;
  Model now;
  {
    absl::StatusOr<NodeStorage> opened = node.Open();
    ASSERT_TRUE(opened.ok()) << where << ": " << opened.status();
    ExpectRecovered(opened->recovered, least, most, where);
    const server::Recovered& found = opened->recovered;
    now.term = found.hard_state.term.value() + 1;
    now.number = found.writer_number.number;
    now.base = found.log_base;
    for (const raft::EntryRef& entry : found.log) now.log.push_back(entry);
    now.log.push_back(EntryOf(now.last() + 1, std::max<uint64_t>(1, now.last_term())));
    opened->log->Append({Promise(now.term), now.log.back()});
    ASSERT_EQ(opened->log->Sync(), absl::OkStatus()) << where;
  }
  absl::StatusOr<NodeStorage> again = node.Open();
  ASSERT_TRUE(again.ok()) << where << ", gone on: " << again.status();
  ASSERT_TRUE(again->notices.empty()) << where << ": " << again->notices[0];
  ExpectRecovered(again->recovered, now, now, where + ", gone on");
}

TEST(CrashTest, WhatWasAcknowledgedIsThereWheneverTheMachineStops) {
  SimulatedNode node;
  Life life(&node, 1);
  ASSERT_EQ(node.files.MakeDirectories("data"), absl::OkStatus());
  node.files.StartTrace();
  struct Moment {
    size_t trace;
    Model least;
    Model most;
  };
  std::vector<Moment> moments = {{0, {}, {}}};
  ASSERT_EQ(life.Start(), absl::OkStatus());
  for (int step = 0; step < 500; ++step) {
    const Model before = life.model();
    ASSERT_EQ(life.Step(), absl::OkStatus());
    moments.push_back({node.files.trace_size(), before, life.model()});
  }
  EXPECT_GT(node.Segments().back(), 8u) << "or too little happened";
  EXPECT_LT(node.Segments().size(), 12u);

  Random random(2);
  size_t next = 0;
  size_t crashes = 0;
  node.files.EnumerateCrashes(&random, [&](size_t point, SimulatedFileSystem* after) {
    if (testing::Test::HasFatalFailure()) return;
    while (next < moments.size() && moments[next].trace < point) ++next;
    const Moment& moment = moments[std::min(next, moments.size() - 1)];
    ++crashes;
    ExpectLives(after, moment.least, moment.most, "point " + std::to_string(point));
  });
  RecordProperty("crashes", static_cast<int>(crashes));
}

TEST(CrashTest, AfterAFailureOfTheDiskNothingIsAcknowledgedAndNothingIsLost) {
  uint64_t operations = 0;
  for (uint64_t n = 1; operations == 0 || n <= operations; ++n) {
    SimulatedNode node;
    Life life(&node, 3);
    ASSERT_EQ(life.Start(), absl::OkStatus());
    const uint64_t before = node.files.operations();
    node.files.FailAt(n);
    absl::Status status;
    int steps = 0;
    for (; steps < 120 && status.ok(); ++steps) status = life.Step();
    if (status.ok()) {
      operations = node.files.operations() - before;
      ASSERT_GT(operations, 200u);
      break;
    }
    // Whatever it was that failed, a log that has failed stays so.
    const bool of_log = !life.log()->MakeRoom().ok();
    if (of_log) {
      const uint64_t at = node.files.operations();
      life.log()->Append({Promise(life.model().term + 9)});
      ASSERT_FALSE(life.log()->Sync().ok());
      ASSERT_FALSE(life.log()->DropBelow(raft::Index(1'000'000)).ok());
      ASSERT_EQ(life.log()->room(), 0u);
      ASSERT_EQ(node.files.operations(), at) << "it went on after a failure";
    }
    Random random(n);
    node.files.Crash(&random);
    ExpectLives(&node.files, life.model(), life.attempted(), "failure " + std::to_string(n));
    if (testing::Test::HasFatalFailure()) return;
  }
}

// While syncs take their time, a crash finds the machine at some moment before they all ended.
TEST(CrashTest, CrashesWhileSyncsAreUnderWay) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SimulatedNode node;
    Random random(seed);
    Life life(&node, seed);
    ASSERT_EQ(life.Start(), absl::OkStatus());
    for (int64_t i = random.Between(0, 60); i > 0; --i) ASSERT_EQ(life.Step(), absl::OkStatus());
    node.files.set_deferred(true);
    const Model durable = life.model();
    // A state in between is a prefix of the steps; terms and numbers say that much.
    for (int64_t i = random.Between(1, 3); i > 0; --i) ASSERT_EQ(life.Step(), absl::OkStatus());
    node.files.Crash(&random);
    absl::StatusOr<NodeStorage> opened = node.Open();
    ASSERT_TRUE(opened.ok()) << "seed " << seed << ": " << opened.status();
    EXPECT_GE(opened->recovered.hard_state.term.value(), durable.term);
    EXPECT_LE(opened->recovered.hard_state.term.value(), life.model().term);
  }
}

}  // namespace
}  // namespace tidemark::storage
