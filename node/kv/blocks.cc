#include "node/kv/blocks.h"

#include <algorithm>
#include <new>

#include "node/base/assert.h"

namespace tidemark::kv {
namespace {

// Each is twice the one before: a fork that changes one key needs little.
constexpr size_t kFirstChunk = 4 << 10;
constexpr size_t kLargestChunk = 256 << 10;
constexpr size_t kDoublings = 6;
static_assert(kFirstChunk << kDoublings == kLargestChunk);

// AddressSanitizer sees what is used after it was given back only where each block is the
// allocator's own.
#ifdef __SANITIZE_ADDRESS__
constexpr bool kEachByItself = true;
#else
constexpr bool kEachByItself = false;
#endif

}  // namespace

Blocks& Blocks::operator=(Blocks&& other) noexcept {
  std::swap(free_, other.free_);
  std::swap(fresh_, other.fresh_);
  std::swap(fresh_bytes_, other.fresh_bytes_);
  std::swap(chunks_, other.chunks_);
  std::swap(large_, other.large_);
  return *this;
}

Blocks::~Blocks() {
  for (char* chunk : chunks_) ::operator delete(chunk);
  while (large_ != nullptr) ::operator delete(std::exchange(large_, large_->next));
}

size_t Blocks::RoundUp(size_t bytes) {
  if (bytes > kCoarse) return bytes;
  const size_t step = bytes > kFine ? kCoarseStep : kFineStep;
  return (bytes + step - 1) / step * step;
}

size_t Blocks::SizeClass(size_t bytes) {
  if (bytes <= kFine) return bytes / kFineStep;
  return kFine / kFineStep + (bytes - kFine) / kCoarseStep;
}

void* Blocks::Take(size_t bytes) {
  if (kEachByItself || bytes > kCoarse) return TakeLarge(bytes);
  Free*& free = free_[SizeClass(bytes)];
  if (free == nullptr) return TakeFresh(bytes);
  return std::exchange(free, free->next);
}

void Blocks::Give(void* block, size_t bytes) {
  if (kEachByItself || bytes > kCoarse) return GiveLarge(block);
  Free*& free = free_[SizeClass(bytes)];
  free = new (block) Free{free};
}

void* Blocks::TakeFresh(size_t bytes) {
  TM_ASSERT(RoundUp(bytes) == bytes);
  if (bytes > fresh_bytes_) {
    fresh_bytes_ = kFirstChunk << std::min(chunks_.size(), kDoublings);
    fresh_ = static_cast<char*>(::operator new(fresh_bytes_));
    chunks_.push_back(fresh_);
  }
  fresh_bytes_ -= bytes;
  return std::exchange(fresh_, fresh_ + bytes);
}

void* Blocks::TakeLarge(size_t bytes) {
  auto* large = new (::operator new(sizeof(Large) + bytes)) Large{nullptr, large_};
  if (large_ != nullptr) large_->previous = large;
  large_ = large;
  return large + 1;
}

void Blocks::GiveLarge(void* block) {
  Large* large = static_cast<Large*>(block) - 1;
  if (large->next != nullptr) large->next->previous = large->previous;
  (large->previous != nullptr ? large->previous->next : large_) = large->next;
  ::operator delete(large);
}

}  // namespace tidemark::kv
