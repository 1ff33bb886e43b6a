#include "harness/model/checker.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>
#include <utility>

namespace tidemark::model {
namespace {

uint64_t Mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
  return hash ^ (hash >> 29);
}

template <typename T>
uint64_t HashOf(uint64_t hash, const T& bytes) {
  for (size_t at = 0; at < sizeof bytes; at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, reinterpret_cast<const char*>(&bytes) + at,
                std::min<size_t>(8, sizeof bytes - at));
    hash = Mix(hash, word);
  }
  return hash;
}

// With n2 and n3 swapped if `swap`. Messages are a set, so what is added of them is a sum.
uint64_t HashOf(const State& state, bool swap) {
  const auto name = [swap](uint8_t n) -> uint8_t { return swap && n > 0 ? 3 - n : n; };
  uint64_t hash = 1;
  for (uint8_t n = 0; n < kNodes; ++n) {
    Node node = state.nodes[name(n)];
    if (swap && node.voted_for > 0) node.voted_for = name(node.voted_for - 1) + 1;
    if (swap) {
      std::swap(node.acked_round[1], node.acked_round[2]);
      std::swap(node.match[1], node.match[2]);
    }
    hash = HashOf(hash, node);
  }
  Question question = state.question;
  question.leader = name(question.leader);
  hash = HashOf(hash, question);
  hash = Mix(hash,
             state.writes | state.restarts << 8 | state.acknowledged << 16 | state.committed << 24);
  uint64_t sum = 0;
  for (Message message : state.under_way) {
    message.from = name(message.from);
    message.to = name(message.to);
    sum += HashOf(2, message);
  }
  return Mix(hash, sum);
}

struct Origin {
  uint32_t parent = 0;
  Step step;
};

class Checker {
 public:
  Checker(const Bounds& bounds, Without without) : bounds_(bounds), without_(without) {}

  Findings Run(const State& start) {
    start_ = start;
    Add(start, {});
    size_t end_of_layer = 1;
    for (size_t i = 0; i < origins_.size() && findings_.broken.empty(); ++i) {
      if (i == end_of_layer) {
        ++findings_.depth;
        end_of_layer = origins_.size();
      }
      Expand(static_cast<uint32_t>(i));
    }
    findings_.states = origins_.size();
    return findings_;
  }

 private:
  void Add(const State& state, const Origin& origin) {
    if (!seen_.insert(std::min(HashOf(state, false), HashOf(state, true))).second) return;
    origins_.push_back(origin);
    waiting_.push_back(state);
  }

  void Expand(uint32_t i) {
    const State state = std::move(waiting_[i - dropped_]);
    ForEachStep(state, bounds_, without_,
                [&](const Step& step, const State& next, const char* broken) {
                  if (broken != nullptr && findings_.broken.empty()) {
                    findings_.broken = broken;
                    findings_.path = PathTo(i, step);
                  }
                  Add(next, {i, step});
                });
    DropExpanded(i + 1);
  }

  // Only what is not expanded yet is kept.
  void DropExpanded(size_t upto) {
    if (upto - dropped_ < waiting_.size() / 2) return;
    waiting_.erase(waiting_.begin(),
                   waiting_.begin() + static_cast<std::ptrdiff_t>(upto - dropped_));
    dropped_ = upto;
  }

  std::vector<std::string> PathTo(uint32_t i, const Step& last) const {
    std::vector<Step> steps = {last};
    for (; i != 0; i = origins_[i].parent) steps.push_back(origins_[i].step);
    std::reverse(steps.begin(), steps.end());
    std::vector<std::string> path;
    State state = start_;
    for (const Step& taken : steps) {
      path.push_back(TextOf(state, taken));
      state = After(state, taken);
    }
    return path;
  }

  State After(const State& state, const Step& taken) const {
    State after;
    ForEachStep(state, bounds_, without_, [&](const Step& step, const State& next, const char*) {
      if (step.kind == taken.kind && step.a == taken.a && step.b == taken.b) after = next;
    });
    return after;
  }

  const Bounds bounds_;
  const Without without_;
  State start_;
  Findings findings_;
  std::unordered_set<uint64_t> seen_;
  std::vector<Origin> origins_;
  std::vector<State> waiting_;
  size_t dropped_ = 0;
};

}  // namespace

Findings Check(const State& start, const Bounds& bounds, Without without) {
  return Checker(bounds, without).Run(start);
}

}  // namespace tidemark::model
