#include "node/kv/writers.h"

#include "node/base/assert.h"
#include "node/kv/hash.h"
#include "node/kv/result_hash.h"

namespace tidemark::kv {

Writers::Writers(WriterLimits limits) : limits_(limits) {
  TM_ASSERT(limits.max_writers > 0);
  TM_ASSERT(limits.max_outcomes > 0);
}

Result Writers::Open(LogIndex index, const OpenWriter& opening) {
  TM_ASSERT(writers_.empty() || writers_.rbegin()->first < index);
  Writer* latest = Latest(opening);
  if (latest != nullptr && latest->opened_as.number >= opening.number) return OpeningVoid{};
  // Whatever came before the latest was closed when the latest was opened.
  if (latest != nullptr) latest->closed = true;
  writers_[index].opened_as = opening;
  if (writers_.size() > limits_.max_writers) writers_.erase(writers_.begin());
  return Opened{};
}

std::optional<Outcome> Writers::Lookup(LogIndex index, const WriteId& id) {
  const auto at = writers_.find(id.writer);
  if (at == writers_.end()) return Outcome{index, OutcomeForgotten{}};
  Writer& writer = at->second;
  writer.DropBelow(id.first_unanswered);
  if (id.seq < writer.first_kept) return Outcome{index, OutcomeForgotten{}};
  const auto kept = writer.outcomes.find(id.seq);
  if (kept != writer.outcomes.end()) return kept->second.outcome;
  if (writer.closed) return Outcome{index, WriterClosed{}};
  return std::nullopt;
}

void Writers::Remember(const WriteId& id, const Outcome& outcome) {
  const auto at = writers_.find(id.writer);
  TM_ASSERT(at != writers_.end());
  Writer& writer = at->second;
  TM_ASSERT(!writer.closed);
  TM_ASSERT(id.seq >= writer.first_kept);
  const size_t before = writer.outcomes.size();
  const uint64_t hash = HashOutcome(id.seq, outcome);
  writer.outcomes.emplace_hint(writer.outcomes.end(), id.seq, Kept{outcome, hash});
  TM_ASSERT(writer.outcomes.size() == before + 1);
  writer.outcomes_hash += hash;
  if (writer.outcomes.size() > limits_.max_outcomes) writer.DropLowest();
}

size_t Writers::outcomes() const {
  size_t sum = 0;
  for (const auto& [index, writer] : writers_) sum += writer.outcomes.size();
  return sum;
}

uint64_t Writers::Hash(uint64_t seed) const {
  uint64_t state = HashStep(seed, writers_.size());
  for (const auto& [index, writer] : writers_) {
    state = HashText(HashStep(state, index), writer.opened_as.node);
    state = HashStep(state, writer.opened_as.incarnation);
    state = HashStep(state, writer.opened_as.number);
    state = HashStep(state, writer.closed ? 1 : 0);
    state = HashStep(state, writer.first_kept);
    state = HashStep(state, writer.outcomes_hash);
  }
  return HashFinish(state);
}

void Writers::Writer::DropLowest() {
  const auto lowest = outcomes.begin();
  first_kept = lowest->first + 1;
  outcomes_hash -= lowest->second.hash;
  outcomes.erase(lowest);
}

void Writers::Writer::DropBelow(uint64_t seq) {
  while (!outcomes.empty() && outcomes.begin()->first < seq) DropLowest();
  if (first_kept < seq) first_kept = seq;
}

Writers::Writer* Writers::Latest(const OpenWriter& of) {
  for (auto at = writers_.rbegin(); at != writers_.rend(); ++at) {
    const OpenWriter& opened = at->second.opened_as;
    if (opened.incarnation == of.incarnation && opened.node == of.node) return &at->second;
  }
  return nullptr;
}

}  // namespace tidemark::kv
