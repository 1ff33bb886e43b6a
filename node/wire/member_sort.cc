#include "node/wire/member_sort.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "node/base/assert.h"
#include "node/wire/json_view.h"

namespace tidemark::wire {
namespace {

constexpr size_t kPieceBytes = 8;
// No more keys than these are left to comparisons.
constexpr size_t kCompared = 1000;

// Zeros stand for what is not there, so that it does not tell all keys apart.
uint64_t PieceOf(std::string_view key, size_t offset) {
  uint64_t piece = 0;
  for (size_t i = offset; i < offset + kPieceBytes; ++i) {
    piece = piece << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0);
  }
  return piece;
}

}  // namespace

const JsonView* MemberSort::Sort(const JsonView* members, size_t count) {
  members_ = members;
  keys_.resize(count);
  for (uint32_t i = 0; i < count; ++i) keys_[i].index = i;
  const absl::Span<Key> keys = absl::MakeSpan(keys_);
  TakePieces(keys, 0);
  // What another node sends is canonical, and that is sorted.
  const auto before = [this](const Key& a, const Key& b) { return Before(a, b); };
  if (std::is_sorted(keys.begin(), keys.end(), before)) return members;
  SortRange(keys, 0);
  sorted_.clear();
  sorted_.reserve(2 * count);
  for (const Key& key : keys) {
    sorted_.push_back(members[size_t{2} * key.index]);
    sorted_.push_back(members[size_t{2} * key.index + 1]);
  }
  return sorted_.data();
}

// Of keys that agree in what stands before their pieces.
bool MemberSort::Before(const Key& a, const Key& b) const {
  if (a.piece != b.piece) return a.piece < b.piece;
  return members_[size_t{2} * a.index].string_value() <
         members_[size_t{2} * b.index].string_value();
}

void MemberSort::TakePieces(absl::Span<Key> keys, size_t offset) const {
  for (Key& key : keys) {
    key.piece = PieceOf(members_[size_t{2} * key.index].string_value(), offset);
  }
}

void MemberSort::SortByComparing(absl::Span<Key> keys) {
  std::sort(keys.begin(), keys.end(), [this](const Key& a, const Key& b) { return Before(a, b); });
}

// Keys that agree in their first `offset` bytes and have their pieces from there.
void MemberSort::SortRange(absl::Span<Key> keys, size_t offset) {
  if (keys.size() <= kCompared) return SortByComparing(keys);
  SortByPiece(keys);
  for (size_t begin = 0; begin < keys.size();) {
    const uint64_t piece = keys[begin].piece;
    size_t end = begin + 1;
    while (end < keys.size() && keys[end].piece == piece) ++end;
    SortAlike(keys.subspan(begin, end - begin), offset + kPieceBytes);
    begin = end;
  }
}

// Keys that agree in their first `offset` bytes, or end before.
void MemberSort::SortAlike(absl::Span<Key> keys, size_t offset) {
  TM_ASSERT(!keys.empty());
  // Zeros may stand for the end: what ends there has no further pieces to be told apart by.
  if (keys.size() <= kCompared || keys[0].piece == 0) return SortByComparing(keys);
  TakePieces(keys, offset);
  SortRange(keys, offset);
}

// A byte at a time, the last one first: comparisons of hundreds of thousands of keys would take
// longer than all else that is done with them.
void MemberSort::SortByPiece(absl::Span<Key> keys) {
  TM_ASSERT(!keys.empty() && keys.size() <= keys_.size());
  half_sorted_.resize(keys_.size());
  for (int shift = 0; shift < 64; shift += 8) {
    const auto digit = [shift](const Key& key) { return key.piece >> shift & 0xFF; };
    std::array<size_t, 257> begins{};
    for (const Key& key : keys) ++begins[digit(key) + 1];
    if (begins[digit(keys[0]) + 1] == keys.size()) continue;
    for (size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
    for (const Key& key : keys) half_sorted_[begins[digit(key)]++] = key;
    std::copy_n(half_sorted_.begin(), keys.size(), keys.begin());
  }
}

}  // namespace tidemark::wire
