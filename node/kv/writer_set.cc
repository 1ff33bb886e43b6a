#include "node/kv/writer_set.h"

#include "node/base/assert.h"
#include "node/kv/hash.h"

namespace tidemark::kv {
namespace {

uint64_t HashOf(LogIndex index, const Writer& writer) {
  uint64_t state = HashText(HashStep(0, index), writer.opened_as.node);
  state = HashStep(state, writer.opened_as.incarnation);
  state = HashStep(state, writer.opened_as.number);
  state = HashStep(state, writer.opened_as.bits);
  state = HashStep(state, writer.closed ? 1 : 0);
  return HashFinish(writer.outcomes.Hash(state));
}

}  // namespace

WriterSet::WriterSet(const Limits& limits) : limits_(limits) {
  TM_ASSERT(limits.max_writers > 0);
  TM_ASSERT(limits.max_outcomes > 0);
  TM_ASSERT(limits.max_bytes > 0);
}

WriterSet::WriterSet(const WriterSet* base)
    : base_(base),
      last_forgotten_(base->last_forgotten_),
      size_(base->size_),
      outcomes_(base->outcomes_),
      bytes_(base->bytes_),
      sum_(base->sum_),
      limits_(base->limits_) {}

void WriterSet::Open(LogIndex index, const OpenWriter& opened_as) {
  TM_ASSERT(index > last_forgotten_);
  TM_ASSERT(own_.empty() || own_.rbegin()->first < index);
  TM_ASSERT(base_ == nullptr || base_->own_.empty() || base_->own_.rbegin()->first < index);
  Writer& writer = own_[index];
  writer.opened_as = opened_as;
  Count(index, writer);
  if (size_ > limits_.max_writers) ForgetOldest();
}

void WriterSet::Close(LogIndex index) {
  Writer* writer = Change(index);
  Uncount(index, *writer);
  writer->closed = true;
  Count(index, *writer);
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
  // Whoever has not the key is told what those are told whose writer is forgotten, and nothing here
  // is changed by them.
  if (writer == nullptr || writer->opened_as.bits != id.key) {
    return Outcome{index, OutcomeForgotten{}};
  }
  const Outcomes::Kept* kept = writer->outcomes.Find(id.seq);
  if (kept != nullptr && kept->operation_hash.value_or(operation_hash) != operation_hash) {
    return Outcome{index, SeqReused{}};
  }
  DropBelow(id.first_unanswered, id.writer, writer);
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
  Uncount(name.writer, *writer);
  writer->outcomes.Add(name.seq, operation_hash, outcome);
  if (writer->outcomes.size() > limits_.max_outcomes) writer->outcomes.DropLowest();
  Count(name.writer, *writer);
  if (bytes_ > limits_.max_bytes) MakeRoom(name.writer);
}

void WriterSet::Restore(const WriterPart& part) {
  TM_ASSERT(size_ < limits_.max_writers);
  Open(part.index, part.opened_as);
  Writer& writer = own_[part.index];
  Uncount(part.index, writer);
  writer.closed = part.closed;
  if (part.last_dropped.has_value()) writer.outcomes.DropUpTo(*part.last_dropped);
  Count(part.index, writer);
}

void WriterSet::Restore(LogIndex index, const OutcomePart& part) {
  Writer& writer = own_.at(index);
  Uncount(index, writer);
  writer.outcomes.Add(part.seq, part.operation_hash, part.outcome);
  Count(index, writer);
}

uint64_t WriterSet::Hash(uint64_t seed) const {
  return HashFinish(HashStep(HashStep(seed, size_), sum_));
}

void WriterSet::Count(LogIndex index, const Writer& writer) {
  ++size_;
  outcomes_ += writer.outcomes.size();
  bytes_ += writer.outcomes.bytes();
  sum_ += HashOf(index, writer);
}

void WriterSet::Uncount(LogIndex index, const Writer& writer) {
  --size_;
  outcomes_ -= writer.outcomes.size();
  bytes_ -= writer.outcomes.bytes();
  sum_ -= HashOf(index, writer);
}

void WriterSet::DropBelow(uint64_t seq, LogIndex index, Writer* writer) {
  if (writer->outcomes.AllDroppedBelow(seq)) return;
  Uncount(index, *writer);
  writer->outcomes.DropBelow(seq);
  Count(index, *writer);
}

Writer* WriterSet::Change(LogIndex index) {
  const auto own = own_.find(index);
  if (own == own_.end()) return base_ == nullptr ? nullptr : Overlay(index);
  Freeze(index, &own->second);
  return &own->second;
}

Writer* WriterSet::Overlay(LogIndex index) {
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
  Uncount(oldest, *Find(oldest));
  if (ToBeCopied(oldest)) {
    copy_->forgotten.insert(copy_->forgotten.end(), own_.extract(oldest));
  } else {
    own_.erase(oldest);
  }
  last_forgotten_ = oldest;
}

void WriterSet::MakeRoom(LogIndex used) {
  while (bytes_ > limits_.max_bytes && Oldest() != used) ForgetOldest();
  if (bytes_ <= limits_.max_bytes) return;
  Writer* writer = Change(used);
  Uncount(used, *writer);
  while (bytes_ + writer->outcomes.bytes() > limits_.max_bytes) writer->outcomes.DropLowest();
  Count(used, *writer);
}

}  // namespace tidemark::kv
