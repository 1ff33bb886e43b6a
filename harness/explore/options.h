// What an exploration may do, and how far it goes.
#ifndef TIDEMARK_HARNESS_EXPLORE_OPTIONS_H_
#define TIDEMARK_HARNESS_EXPLORE_OPTIONS_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tidemark::explore {

// What happens only so often in one execution.
enum class Budget : size_t {
  kWrites,
  kReads,
  kTimeouts,    // an election time-out at a follower or candidate, a silent majority at a leader
  kHeartbeats,  // a leader's
  kCrashes,     // of one node, which comes back at once with what its disk has
  kDrops,       // adds no behaviour of a node, since a message may also stay under way for ever
  kDuplicates,  // a message arrives and is still under way
};
constexpr size_t kBudgets = 7;

struct Budgets {
  // Bytes, so that the eight of them are one word; the last is not used.
  std::array<uint8_t, 8> left = {};

  uint8_t& operator[](Budget budget) { return left[static_cast<size_t>(budget)]; }
  uint8_t operator[](Budget budget) const { return left[static_cast<size_t>(budget)]; }
};

// A disk that breaks its promise: what proves that the checks see anything.
enum class DiskKind {
  kHonest,
  kForgetsEntry,   // a crash takes the last entry of the log with it, synced or not
  kForgetsVote,    // a crash takes the vote with it
  kAnswersTooSoon  // says that records are durable when it was given them
};

constexpr size_t kMostNodes = 5;

struct WorldOptions {
  size_t nodes = 3;
  std::string start = "founded";  // one of StartNames()
  Budgets budgets;
  DiskKind disk = DiskKind::kHonest;
  // Entries that one AppendEntries carries: one gives the most interleavings.
  size_t entries_per_message = 1;
  // Rules that are not checked, by their names: to see what a breach leads to.
  std::vector<std::string> unchecked;

  bool Checks(std::string_view rule) const {
    return std::find(unchecked.begin(), unchecked.end(), rule) == unchecked.end();
  }
};

struct SearchLimits {
  int depth = 1'000'000;  // steps from the start
  uint64_t states = UINT64_MAX;
  double seconds = 1e9;
  int jobs = 1;
};

}  // namespace tidemark::explore

#endif  // TIDEMARK_HARNESS_EXPLORE_OPTIONS_H_
