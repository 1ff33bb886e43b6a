// A key and what it holds, in one block of memory: a canonical text, with the hash of key and text
// kept beside it. A million of them are most of what a node takes.
#ifndef TIDEMARK_NODE_KV_ITEM_H_
#define TIDEMARK_NODE_KV_ITEM_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "node/kv/blocks.h"

namespace tidemark::kv {

// Whether a canonical JSON text is a list. Texts were checked at the gateway; two bytes decide.
inline bool IsList(std::string_view text) {
  return text.size() >= 2 && text.front() == '[' && text.back() == ']';
}

class Item {
 public:
  // In one of `blocks`. `epoch` is a number of the owner's.
  static Item* New(Blocks* blocks, std::string_view key, std::string_view text, uint32_t epoch);
  // A list of one, and a list with one more: with room for others to come.
  static Item* List(Blocks* blocks, std::string_view key, std::string_view element, uint32_t epoch);
  static Item* Longer(Blocks* blocks, const Item& list, std::string_view element, uint32_t epoch);
  // Gives the block back that it is in.
  void Delete(Blocks* blocks);

  std::string_view key() const { return {bytes(), key_bytes_}; }
  std::string_view text() const { return {bytes() + key_bytes_, text_bytes_}; }
  uint32_t epoch() const { return epoch_; }
  // Of key and text.
  uint64_t Hash() const;

  // A text of so many bytes fits, and wastes little room.
  bool Fits(size_t text_bytes) const;
  // REQUIRES: Fits(text.size()).
  void Assign(std::string_view text);

  bool FitsWith(std::string_view element) const { return BytesWith(element) <= room_; }
  // In place, so that a list of n elements costs O(n) to build. REQUIRES: it is a list, and
  // FitsWith(element).
  void Append(std::string_view element);

 private:
  friend class ItemList;

  Item(std::string_view key, size_t room, uint32_t epoch);
  static Item* Take(Blocks* blocks, std::string_view key, size_t room, uint32_t epoch);
  // Of the list, with `element` appended.
  size_t BytesWith(std::string_view element) const;

  const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }
  char* bytes() { return reinterpret_cast<char*>(this + 1); }
  char* text_begin() { return bytes() + key_bytes_; }
  void SetText(std::string_view text);

  union {
    uint64_t hash_state_ = 0;  // GrowingTextHash's
    Item* next_;               // in an ItemList
  };
  uint32_t key_bytes_;
  uint32_t text_bytes_ = 0;
  uint32_t room_;  // for the text
  uint32_t epoch_;
  // The key and the text follow.
};

// Items that are no longer part of the state, which have no Hash any more: it costs them no memory
// to stand in a list.
class ItemList {
 public:
  bool empty() const { return first_ == nullptr; }
  void Push(Item* item) { item->next_ = std::exchange(first_, item); }
  // REQUIRES: !empty().
  Item* Pop() { return std::exchange(first_, first_->next_); }

  template <typename Visit>
  void ForEach(const Visit& visit) const {
    for (const Item* item = first_; item != nullptr; item = item->next_) visit(*item);
  }

 private:
  Item* first_ = nullptr;
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_ITEM_H_
