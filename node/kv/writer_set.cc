#include "node/kv/writer_set.h"

#include "node/base/assert.h"
#include "node/kv/hash.h"

namespace tidemark::kv {

WriterSet::WriterSet(const Limits& limits) : limits_(limits) {
  TM_ASSERT(limits.max_writers > 0);
  TM_ASSERT(limits.max_outcomes > 0);
  TM_ASSERT(limits.max_bytes > 0);
}

WriterSet::WriterSet(const WriterSet* base)
    : base_(base),
      last_forgotten_(base->last_forgotten_),
      size_(base->size_),
      bytes_(base->bytes_),
      limits_(base->limits_) {}

void WriterSet::Open(LogIndex index, const OpenWriter& opened_as) {
  TM_ASSERT(index > last_forgotten_);
  TM_ASSERT(own_.empty() || own_.rbegin()->first < index);
  TM_ASSERT(base_ == nullptr || base_->own_.empty() || base_->own_.rbegin()->first < index);
  own_[index].opened_as = opened_as;
  ++size_;
  if (size_ > limits_.max_writers) ForgetOldest();
}

const Writer* WriterSet::Find(LogIndex index) const {
  const auto own = own_.find(index);
  if (own != own_.end()) return &own->second;
  if (base_ == nullptr || index <= last_forgotten_) return nullptr;
  const auto below = base_->own_.find(index);
  return below == base_->own_.end() ? nullptr : &below->second;
}

std::optional<Outcome> WriterSet::Lookup(LogIndex index, const WriteId& id,
                                         uint64_t operation_hash) {
  Writer* writer = Change(id.writer);
  if (writer == nullptr) return Outcome{index, OutcomeForgotten{}};
  const Outcomes::Kept* kept = writer->outcomes.Find(id.seq);
  if (kept != nullptr && kept->operation_hash.value_or(operation_hash) != operation_hash) {
    return Outcome{index, SeqReused{}};
  }
  const size_t before = writer->outcomes.bytes();
  writer->outcomes.DropBelow(id.first_unanswered);
  bytes_ -= before - writer->outcomes.bytes();
  if (writer->outcomes.Dropped(id.seq)) return Outcome{index, OutcomeForgotten{}};
  if (kept != nullptr) return kept->outcome;
  if (writer->closed) return Outcome{index, WriterClosed{}};
  return std::nullopt;
}

void WriterSet::Remember(const WriteName& name, std::optional<uint64_t> operation_hash,
                         const Outcome& outcome) {
  Writer* writer = Change(name.writer);
  if (writer == nullptr || writer->outcomes.Dropped(name.seq)) return;
  TM_ASSERT(!writer->closed);
  const size_t before = writer->outcomes.bytes();
  writer->outcomes.Add(name.seq, operation_hash, outcome);
  if (writer->outcomes.size() > limits_.max_outcomes) writer->outcomes.DropLowest();
  bytes_ += writer->outcomes.bytes() - before;  // may fall, too: sizes wrap around
  if (bytes_ > limits_.max_bytes) MakeRoom(name.writer);
}

size_t WriterSet::outcomes() const {
  size_t sum = 0;
  ForEach([&sum](LogIndex, const Writer& writer) { sum += writer.outcomes.size(); });
  return sum;
}

uint64_t WriterSet::Hash(uint64_t seed) const {
  uint64_t state = HashStep(seed, size_);
  ForEach([&state](LogIndex index, const Writer& writer) {
    state = HashText(HashStep(state, index), writer.opened_as.node);
    state = HashStep(state, writer.opened_as.incarnation);
    state = HashStep(state, writer.opened_as.number);
    state = HashStep(state, writer.closed ? 1 : 0);
    state = writer.outcomes.Hash(state);
  });
  return HashFinish(state);
}

Writer* WriterSet::Change(LogIndex index) {
  const auto own = own_.find(index);
  if (own != own_.end()) return &own->second;
  if (base_ == nullptr) return nullptr;
  const Writer* below = Find(index);
  if (below == nullptr) return nullptr;
  Writer& overlay = own_[index];
  overlay.opened_as = below->opened_as;
  overlay.closed = below->closed;
  overlay.outcomes = Outcomes(&below->outcomes);
  return &overlay;
}

LogIndex WriterSet::Oldest() const {
  // What is new here lies behind all of base's, and what is not is base's as well.
  if (base_ != nullptr && OldestOfBase() != base_->own_.end()) return OldestOfBase()->first;
  return own_.begin()->first;
}

void WriterSet::ForgetOldest() {
  const LogIndex oldest = Oldest();
  bytes_ -= Find(oldest)->outcomes.bytes();
  --size_;
  own_.erase(oldest);
  last_forgotten_ = oldest;
}

void WriterSet::MakeRoom(LogIndex used) {
  while (bytes_ > limits_.max_bytes && Oldest() != used) ForgetOldest();
  Outcomes& outcomes = Change(used)->outcomes;
  while (bytes_ > limits_.max_bytes) {
    const size_t before = outcomes.bytes();
    outcomes.DropLowest();
    bytes_ -= before - outcomes.bytes();
  }
}

}  // namespace tidemark::kv
