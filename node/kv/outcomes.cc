#include "node/kv/outcomes.h"

#include <variant>

#include "node/base/assert.h"
#include "node/base/hash.h"
#include "node/kv/result_hash.h"

namespace tidemark::kv {
namespace {

// Numbers of their own, not sizeof: that differs between libraries.
constexpr size_t kOutcomeBytes = 160;
constexpr size_t kOpBytes = 72;

size_t TextBytes(const Done&) { return 0; }
size_t TextBytes(const KeyMissing&) { return 0; }
size_t TextBytes(const Opened&) { return 0; }
size_t TextBytes(const OpeningVoid&) { return 0; }
size_t TextBytes(const WriterClosed&) { return 0; }
size_t TextBytes(const OutcomeForgotten&) { return 0; }
size_t TextBytes(const SeqReused&) { return 0; }
size_t TextBytes(const Cancelled&) { return 0; }
size_t TextBytes(const SessionRefused&) { return 0; }
size_t TextBytes(const Fated&) { return 0; }
size_t TextBytes(const TooLarge&) { return 0; }

size_t TextBytes(const CasMismatch& result) { return result.current.size(); }

size_t TextBytes(const NotAList& result) { return result.key.size(); }

size_t TextBytes(const TxnDone& result) {
  size_t sum = 0;
  for (const TxnOp& op : result.ops) sum += kOpBytes + op.key.size() + op.value.size();
  return sum;
}

}  // namespace

size_t OutcomeBytes(const Outcome& outcome) {
  return kOutcomeBytes +
         std::visit([](const auto& result) { return TextBytes(result); }, outcome.result);
}

Outcomes::Outcomes(const Outcomes* base)
    : base_(base),
      last_dropped_(base->last_dropped_),
      size_(base->size_),
      bytes_(base->bytes_),
      sum_(base->sum_) {}

const Outcomes::Kept* Outcomes::Find(uint64_t seq) const {
  const auto own = own_.find(seq);
  if (own != own_.end()) return &own->second;
  if (base_ == nullptr || Dropped(seq)) return nullptr;
  const auto below = base_->own_.find(seq);
  return below == base_->own_.end() ? nullptr : &below->second;
}

void Outcomes::Add(uint64_t seq, std::optional<uint64_t> operation_hash, const Outcome& outcome) {
  TM_ASSERT(!Dropped(seq));
  const size_t before = own_.size();
  const uint64_t hash = HashOutcome(seq, operation_hash, outcome);
  bytes_ += OutcomeBytes(outcome);
  own_.emplace_hint(own_.end(), seq, Kept{outcome, operation_hash, hash});
  TM_ASSERT(own_.size() == before + 1);
  ++size_;
  sum_ += hash;
}

void Outcomes::DropLowest() {
  TM_ASSERT(size_ > 0);
  const auto lowest = Lowest();
  Uncount(lowest->second);
  last_dropped_ = lowest->first;
  if (!own_.empty() && own_.begin()->first == *last_dropped_) EraseLowestOwn();
}

void Outcomes::DropUpTo(uint64_t seq) {
  while (size_ > 0 && Lowest()->first <= seq) DropLowest();
  if (!Dropped(seq)) last_dropped_ = seq;
}

void Outcomes::KeepDropped(LogIndex frozen) {
  TM_ASSERT(base_ == nullptr);
  frozen_ = frozen;
  aside_.clear();
}

bool Outcomes::NextParts(LogIndex frozen, Progress* progress, Slice* slice) {
  std::optional<uint64_t>& last = progress->last;
  const auto give = [&](uint64_t seq, const Kept& kept) {
    slice->Add(OutcomePart{seq, kept.operation_hash, kept.outcome}, OutcomeBytes(kept.outcome));
    last = seq;
    --progress->left;
  };
  // Those aside lie below the others, and nobody else wants them. What was given before it was put
  // aside is not given again.
  while (!aside_.empty() && !slice->full()) {
    const auto& [seq, kept] = *aside_.begin();
    if (!last.has_value() || seq > *last) give(seq, kept);
    aside_.erase(aside_.begin());
  }
  auto own = last.has_value() ? own_.upper_bound(*last) : own_.begin();
  for (; progress->left > 0 && !slice->full(); ++own) {
    TM_ASSERT(own != own_.end());
    if (own->second.outcome.index <= frozen) give(own->first, own->second);
  }
  return progress->left == 0;
}

uint64_t Outcomes::Hash(uint64_t seed) const {
  const uint64_t state = HashStep(seed, last_dropped_.has_value() ? 1 : 0);
  return HashStep(HashStep(state, last_dropped_.value_or(0)), sum_);
}

Outcomes::Map::const_iterator Outcomes::LowestOfBase() const {
  return last_dropped_.has_value() ? base_->own_.upper_bound(*last_dropped_) : base_->own_.begin();
}

Outcomes::Map::const_iterator Outcomes::Lowest() const {
  if (base_ == nullptr) return own_.begin();
  const auto below = LowestOfBase();
  const bool is_below =
      own_.empty() || (below != base_->own_.end() && below->first < own_.begin()->first);
  return is_below ? below : own_.begin();
}

void Outcomes::EraseLowestOwn() {
  const auto lowest = own_.begin();
  if (lowest->second.outcome.index <= frozen_) {
    aside_.insert(aside_.end(), own_.extract(lowest));
  } else {
    own_.erase(lowest);
  }
}

void Outcomes::Uncount(const Kept& kept) {
  --size_;
  bytes_ -= OutcomeBytes(kept.outcome);
  sum_ -= kept.hash;
}

}  // namespace tidemark::kv
