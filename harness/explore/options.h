// What an exploration may do, and how far it goes.
#ifndef TIDEMARK_HARNESS_EXPLORE_OPTIONS_H_
#define TIDEMARK_HARNESS_EXPLORE_OPTIONS_H_

#include <algorithm>
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
  // A whole election in one step: a node, which may have led until then, stands and is elected by
  // one other; what else it says meanwhile is lost.
  kElections,
  kRequests,     // a client at a node without a log needs a leader: found one
  kLateAnswers,  // one arrives an election time-out after what it answers was said
  kWipes,        // of one node, which comes back with an empty disk, as another incarnation
};
constexpr size_t kBudgets = 11;
constexpr uint8_t kMostOfABudget = 15;

// Four bits for each, so that all of them are one word.
class Budgets {
 public:
  uint8_t operator[](Budget budget) const {
    return static_cast<uint8_t>((word_ >> ShiftOf(budget)) & kMostOfABudget);
  }
  void Set(Budget budget, uint8_t left) {
    word_ &= ~(uint64_t{kMostOfABudget} << ShiftOf(budget));
    word_ |= uint64_t{left} << ShiftOf(budget);
  }
  // Requires that some of it is left.
  void Spend(Budget budget) { word_ -= uint64_t{1} << ShiftOf(budget); }
  uint64_t word() const { return word_; }
  static Budgets OfWord(uint64_t word) {
    Budgets budgets;
    budgets.word_ = word;
    return budgets;
  }

 private:
  static_assert(kBudgets <= 16);
  static size_t ShiftOf(Budget budget) { return 4 * static_cast<size_t>(budget); }

  uint64_t word_ = 0;
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
  std::string start = "bootstrapped";  // one of StartNames()
  Budgets budgets;
  DiskKind disk = DiskKind::kHonest;
  // Entries that one AppendEntries carries: one gives the most interleavings.
  size_t entries_per_message = 1;
  // Disks finish within the step that gives them something to do. What the order of syncs brings
  // about is not seen then, and a given depth reaches further.
  bool instant_disks = false;
  // Whether each world that is met must be able to recover: when nothing goes wrong any more,
  // somebody leads and commits.
  bool must_recover = false;
  // Rules that are not checked, by their names: to see what a breach leads to.
  std::vector<std::string> unchecked = {};

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
