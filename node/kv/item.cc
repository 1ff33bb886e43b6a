#include "node/kv/item.h"

#include <cstring>
#include <limits>
#include <new>

#include "node/base/assert.h"
#include "node/kv/hash.h"

namespace tidemark::kv {
namespace {

// What may be wasted of small ones.
constexpr size_t kSpare = 16;

// No text comes near: a list that did would have taken all of the memory before.
constexpr size_t kMostBytes = std::numeric_limits<uint32_t>::max();

}  // namespace

Item::Item(std::string_view key, size_t room, uint32_t epoch)
    : key_bytes_(static_cast<uint32_t>(key.size())),
      room_(static_cast<uint32_t>(room)),
      epoch_(epoch) {
  std::memcpy(bytes(), key.data(), key.size());
}

Item* Item::New(Blocks* blocks, std::string_view key, std::string_view text, uint32_t epoch) {
  Item* item = Take(blocks, key, text.size(), epoch);
  item->SetText(text);
  return item;
}

Item* Item::List(Blocks* blocks, std::string_view key, std::string_view element, uint32_t epoch) {
  Item* empty = New(blocks, key, "[]", epoch);
  Item* list = Longer(blocks, *empty, element, epoch);
  empty->Delete(blocks);
  return list;
}

Item* Item::Longer(Blocks* blocks, const Item& list, std::string_view element, uint32_t epoch) {
  const size_t bytes = list.BytesWith(element);
  Item* item = Take(blocks, list.key(), bytes + bytes / 2, epoch);
  std::memcpy(item->text_begin(), list.text().data(), list.text().size());
  item->text_bytes_ = list.text_bytes_;
  item->hash_state_ = list.hash_state_;
  item->Append(element);
  return item;
}

void Item::Delete(Blocks* blocks) {
  const size_t block = sizeof(Item) + key_bytes_ + room_;
  this->~Item();
  blocks->Give(this, block);
}

Item* Item::Take(Blocks* blocks, std::string_view key, size_t room, uint32_t epoch) {
  TM_ASSERT(key.size() + room <= kMostBytes);
  const size_t fixed = sizeof(Item) + key.size();
  const size_t block = Blocks::RoundUp(fixed + room);
  return new (blocks->Take(block)) Item(key, block - fixed, epoch);
}

uint64_t Item::Hash() const { return GrowingTextHash(hash_state_, text_bytes_).Finish(text()); }

bool Item::Fits(size_t text_bytes) const {
  return text_bytes <= room_ && room_ - text_bytes <= room_ / 2 + kSpare;
}

void Item::Assign(std::string_view text) {
  TM_ASSERT(text.size() <= room_);
  SetText(text);
}

void Item::Append(std::string_view element) {
  TM_ASSERT(IsList(text()));
  TM_ASSERT(FitsWith(element));
  const size_t bytes_after = BytesWith(element);
  GrowingTextHash hash(hash_state_, text_bytes_);
  char* end = text_begin() + text_bytes_ - 1;  // the closing bracket gives way
  if (text_bytes_ > 2) *end++ = ',';
  std::memcpy(end, element.data(), element.size());
  end[element.size()] = ']';
  text_bytes_ = static_cast<uint32_t>(bytes_after);
  hash.Grow(text());
  hash_state_ = hash.state();
}

size_t Item::BytesWith(std::string_view element) const {
  const bool first = text_bytes_ == 2;
  return text_bytes_ + element.size() + (first ? 0 : 1);
}

void Item::SetText(std::string_view text) {
  std::memcpy(text_begin(), text.data(), text.size());
  text_bytes_ = static_cast<uint32_t>(text.size());
  GrowingTextHash hash(HashText(0, key()));
  hash.Grow(this->text());
  hash_state_ = hash.state();
}

}  // namespace tidemark::kv
