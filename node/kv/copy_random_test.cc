// Copies of machines that go on, and what is built from them, against machines that were there.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/kv/drawer.h"
#include "node/kv/state_builder.h"
#include "node/kv/state_machine.h"
#include "node/kv/state_part.h"

namespace tidemark::kv {
namespace {

// How often a copy had to do with each thing.
struct CopyCounts {
  int restored = 0;
  int abandoned = 0;
  int writers = 0;
  int outcomes = 0;
  int dropped = 0;
  int closed = 0;
  int keys = 0;
};

void Count(const StatePart& part, CopyCounts* counts) {
  if (const auto* writer = std::get_if<WriterPart>(&part)) {
    ++counts->writers;
    counts->dropped += writer->last_dropped.has_value() ? 1 : 0;
    counts->closed += writer->closed ? 1 : 0;
  }
  counts->outcomes += std::holds_alternative<OutcomePart>(part) ? 1 : 0;
  counts->keys += std::holds_alternative<KeyPart>(part) ? 1 : 0;
}

void ExpectEqualParts(StateMachine* a, StateMachine* b) {
  std::vector<StatePart> of_a;
  std::vector<StatePart> of_b;
  a->BeginCopy();
  b->BeginCopy();
  ASSERT_FALSE(a->NextParts(SIZE_MAX, &of_a));
  ASSERT_FALSE(b->NextParts(SIZE_MAX, &of_b));
  ASSERT_EQ(of_a.size(), of_b.size());
  for (size_t i = 0; i < of_a.size(); ++i) ASSERT_EQ(of_a[i], of_b[i]) << "part " << i;
}

class Copied {
 public:
  Copied(uint64_t seed, CopyCounts* counts)
      : drawer_(seed),
        limits_(drawer_.SmallLimits()),
        machine_(std::make_shared<StateMachine>(limits_)),
        counts_(counts) {}

  void Go() {
    while (steps_.size() < 400 && !testing::Test::HasFatalFailure()) {
      for (uint64_t n = drawer_.Below(30); n > 0; --n) Draw();
      CopyOnce();
    }
  }

 private:
  void Draw() {
    steps_.push_back(drawer_.Draw(steps_.size() + 1));
    answers_.push_back(Take(steps_.size(), steps_.back(), machine_.get()));
    hashes_.push_back(machine_->Hash());
  }

  // Takes the steps behind the first `from`, which must give what they gave.
  void GoOn(size_t from, StateMachine* machine) const {
    for (size_t i = from; i < steps_.size(); ++i) {
      ASSERT_EQ(Take(i + 1, steps_[i], machine), answers_[i]) << "at " << i + 1;
      ASSERT_EQ(machine->Hash(), hashes_[i]) << "at " << i + 1;
    }
  }

  // The machine after the first `end` steps.
  std::shared_ptr<StateMachine> At(size_t end) const {
    auto machine = std::make_shared<StateMachine>(limits_);
    for (size_t i = 0; i < end; ++i) Take(i + 1, steps_[i], machine.get());
    return machine;
  }

  void CopyOnce() {
    const size_t frozen = steps_.size();
    StateBuilder builder(limits_);
    std::vector<StatePart> parts;
    machine_->BeginCopy();
    const uint64_t steps_between = drawer_.Below(8);
    const size_t bytes = drawer_.Below(2000);
    for (bool more = true; more;) {
      for (uint64_t n = drawer_.Below(steps_between + 1); n > 0; --n) Draw();
      if (drawer_.OneIn(100)) return Abandon();
      more = machine_->NextParts(bytes, &parts);
      ASSERT_FALSE(parts.empty() && more);
      for (const StatePart& part : parts) {
        Count(part, counts_);
        ASSERT_EQ(builder.Add(part), absl::OkStatus());
      }
    }
    ASSERT_FALSE(machine_->copying());
    auto restored = builder.Finish();
    ASSERT_TRUE(restored.ok()) << restored.status();
    Compare(frozen, *std::move(restored));
  }

  void Abandon() {
    ++counts_->abandoned;
    machine_->AbandonCopy();
  }

  void Compare(size_t frozen, std::shared_ptr<StateMachine> restored) {
    ++counts_->restored;
    const std::shared_ptr<StateMachine> then = At(frozen);
    ASSERT_EQ(restored->last_applied(), then->last_applied());
    ASSERT_EQ(restored->Hash(), then->Hash());
    ASSERT_EQ(restored->size(), then->size());
    ExpectEqualParts(then.get(), restored.get());
    GoOn(frozen, restored.get());
    // One that was restored is as good as the one that was not.
    if (drawer_.OneIn(3)) machine_ = std::move(restored);
  }

  Drawer drawer_;
  WriterLimits limits_;
  std::shared_ptr<StateMachine> machine_;
  std::vector<Step> steps_;
  std::vector<Applied> answers_;
  std::vector<uint64_t> hashes_;
  CopyCounts* counts_;
};

TEST(CopyRandomTest, WhatIsBuiltFromACopyIsWhatTheMachineWasThen) {
  CopyCounts counts;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Copied(seed, &counts).Go();
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(counts.restored, 1000);
  EXPECT_GT(counts.abandoned, 100);
  EXPECT_GT(counts.writers, 1000);
  EXPECT_GT(counts.outcomes, 1000);
  EXPECT_GT(counts.dropped, 1000);
  EXPECT_GT(counts.closed, 1000);
  EXPECT_GT(counts.keys, 1000);
}

}  // namespace
}  // namespace tidemark::kv
