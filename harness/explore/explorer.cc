#include "harness/explore/explorer.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <limits>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "harness/explore/abort_report.h"
#include "harness/explore/layer.h"
#include "harness/explore/starts.h"
#include "harness/explore/visited.h"
#include "harness/explore/world.h"
#include "node/base/assert.h"

namespace tidemark::explore {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kChunk = 64;  // worlds that a thread takes at a time

// What one thread finds in one layer.
struct Found {
  explicit Found(size_t nodes) : worlds(nodes) {}
  Layer worlds;
  std::vector<Origin> origins;
  uint64_t transitions = 0;
};

class Explorer {
 public:
  Explorer(const WorldOptions& options, const SearchLimits& limits,
           const std::function<void(const SoFar&)>& progress)
      : limits_(limits), progress_(progress), universe_(options) {}

  Report Run();

 private:
  Report Summary() const;
  void Expand(Found* found, bool tells);
  void ExpandOne(size_t parent, Successor* next, Found* found);
  bool Recovers(size_t parent, const Successor& successor);
  bool Advance();
  void Enter(std::vector<std::unique_ptr<Found>> layer);
  void Get(size_t i, World* world) const;
  void Violate(size_t parent, const Successor& successor);
  bool OutOfLimits() const;
  void Tell();
  double Seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }
  Report::End End() const;
  Origin OriginOf(size_t depth, size_t i) const;
  std::vector<std::string> PathTo(size_t parent);
  void ReportAbort(size_t parent, const Happening& trying);
  size_t nodes() const { return universe_.model().options().nodes; }

  const SearchLimits limits_;
  const std::function<void(const SoFar&)>& progress_;
  const Clock::time_point begin_ = Clock::now();
  Universe universe_;
  Visited visited_;
  std::atomic<uint64_t> states_ = 0;
  uint64_t transitions_ = 0;
  double last_told_ = 0;

  World start_;
  // The layer that is expanded, by the threads that found its worlds, and how many worlds it has.
  std::vector<std::unique_ptr<Found>> layer_;
  size_t layer_size_ = 0;
  std::atomic<size_t> taken_ = 0;
  bool goes_on_ = true;  // what is found will be expanded
  // How the worlds of each layer were reached, layer 1 first, by the threads that found them.
  std::vector<std::vector<std::vector<Origin>>> origins_;
  std::atomic<bool> stopped_ = false;

  std::mutex violation_mutex_;
  std::optional<check::Violation> violation_;
  std::vector<std::string> path_;
};

Report Explorer::Run() {
  start_ = StartOf(&universe_);
  visited_.Insert(universe_.Fingerprint(start_));
  states_ = 1;
  layer_.push_back(std::make_unique<Found>(nodes()));
  layer_[0]->worlds.Add(start_);
  layer_size_ = 1;
  while (Advance()) continue;
  return Summary();
}

Report Explorer::Summary() const {
  Report report;
  report.end = End();
  report.depth = static_cast<int>(origins_.size());
  report.states = states_;
  report.transitions = transitions_;
  report.seconds = Seconds();
  report.distinct_nodes = universe_.model().distinct_nodes();
  report.distinct_messages = universe_.model().distinct_messages();
  report.core_steps = universe_.model().distinct_steps();
  report.violation = violation_;
  report.path = path_;
  return report;
}

// Expands the present layer; whether there is another to expand.
bool Explorer::Advance() {
  if (layer_size_ == 0 || static_cast<int>(origins_.size()) >= limits_.depth) return false;
  goes_on_ = static_cast<int>(origins_.size()) + 1 < limits_.depth;
  std::vector<std::unique_ptr<Found>> next;
  for (int job = 0; job < limits_.jobs; ++job) next.push_back(std::make_unique<Found>(nodes()));
  taken_ = 0;
  std::vector<std::thread> threads;
  for (size_t job = 1; job < next.size(); ++job) {
    threads.emplace_back([this, found = next[job].get()] { Expand(found, false); });
  }
  Expand(next[0].get(), true);
  for (std::thread& thread : threads) thread.join();
  for (const auto& found : next) transitions_ += found->transitions;
  if (stopped_) return false;
  Enter(std::move(next));
  return true;
}

void Explorer::Enter(std::vector<std::unique_ptr<Found>> layer) {
  layer_ = std::move(layer);
  layer_size_ = 0;
  origins_.emplace_back();
  for (const auto& found : layer_) {
    layer_size_ += found->origins.size();
    origins_.back().push_back(std::move(found->origins));
  }
  TM_ASSERT(layer_size_ <= std::numeric_limits<uint32_t>::max());
}

void Explorer::Expand(Found* found, bool tells) {
  Successor next;
  size_t parent = 0;
  const AbortReport report([&] { ReportAbort(parent, next.happening); });
  while (!stopped_) {
    const size_t begin = taken_.fetch_add(kChunk);
    if (begin >= layer_size_) return;
    for (parent = begin; parent < std::min(begin + kChunk, layer_size_); ++parent) {
      ExpandOne(parent, &next, found);
    }
    if (OutOfLimits()) stopped_ = true;
    if (tells) Tell();
  }
}

void Explorer::ExpandOne(size_t parent, Successor* next, Found* found) {
  World world;
  Get(parent, &world);
  uint16_t choice = 0;
  universe_.ForEachSuccessor(world, next, [&](const Successor& successor) {
    ++found->transitions;
    const uint16_t chosen = choice++;
    if (successor.violation) {
      Violate(parent, successor);
      return false;
    }
    if (visited_.Insert(universe_.Fingerprint(successor.world))) {
      if (!Recovers(parent, successor)) return false;
      states_.fetch_add(1, std::memory_order_relaxed);
      if (goes_on_) found->worlds.Add(successor.world);
      found->origins.push_back({static_cast<uint32_t>(parent), chosen});
    }
    return true;
  });
}

bool Explorer::Recovers(size_t parent, const Successor& successor) {
  if (!universe_.model().options().must_recover) return true;
  std::optional<check::Violation> broken = universe_.CheckRecovery(successor.world);
  if (!broken) return true;
  Successor stuck = successor;
  stuck.violation = std::move(broken);
  Violate(parent, stuck);
  return false;
}

void Explorer::Get(size_t i, World* world) const {
  size_t job = 0;
  for (; i >= layer_[job]->worlds.size(); ++job) i -= layer_[job]->worlds.size();
  layer_[job]->worlds.Get(i, world);
}

void Explorer::Violate(size_t parent, const Successor& successor) {
  std::lock_guard lock(violation_mutex_);
  stopped_ = true;
  if (violation_) return;
  violation_ = successor.violation;
  path_ = PathTo(parent);
  path_.push_back(universe_.TextOf(successor.happening));
}

bool Explorer::OutOfLimits() const {
  return states_ >= limits_.states || Seconds() >= limits_.seconds;
}

void Explorer::Tell() {
  const double seconds = Seconds();
  if (progress_ == nullptr || seconds < last_told_ + 1) return;
  last_told_ = seconds;
  progress_({static_cast<int>(origins_.size()) + 1, states_, seconds});
}

Report::End Explorer::End() const {
  if (violation_) return Report::End::kViolation;
  if (stopped_) return Report::End::kLimit;
  return layer_size_ == 0 ? Report::End::kComplete : Report::End::kDepth;
}

Origin Explorer::OriginOf(size_t depth, size_t i) const {
  const auto& jobs = origins_[depth - 1];
  size_t job = 0;
  for (; i >= jobs[job].size(); ++job) i -= jobs[job].size();
  return jobs[job][i];
}

// The steps to a world of the present layer: back to the start by the origins, then the same way
// again, since a choice only has a meaning in its world.
std::vector<std::string> Explorer::PathTo(size_t parent) {
  std::vector<uint16_t> choices;
  for (size_t depth = origins_.size(); depth > 0; --depth) {
    const Origin origin = OriginOf(depth, parent);
    choices.push_back(origin.choice);
    parent = origin.parent;
  }
  std::reverse(choices.begin(), choices.end());
  World world = start_;
  std::vector<std::string> path;
  for (const uint16_t choice : choices) {
    Successor next;
    uint16_t left = choice;
    universe_.ForEachSuccessor(world, &next, [&](const Successor&) { return left-- > 0; });
    path.push_back(universe_.TextOf(next.happening));
    world = next.world;
  }
  return path;
}

void Explorer::ReportAbort(size_t parent, const Happening& trying) {
  std::vector<std::string> path = PathTo(parent);
  path.push_back(universe_.TextOf(trying));
  std::fputs(Numbered(path).c_str(), stderr);
}

}  // namespace

Report Explore(const WorldOptions& options, const SearchLimits& limits,
               const std::function<void(const SoFar&)>& progress) {
  return std::make_unique<Explorer>(options, limits, progress)->Run();
}

}  // namespace tidemark::explore
