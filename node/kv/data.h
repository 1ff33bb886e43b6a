// The keys and their values, with the hash of them all kept up. Nothing here takes longer because
// there are many of them: they lie in many small tables, each of which grows by itself.
#ifndef TIDEMARK_NODE_KV_DATA_H_
#define TIDEMARK_NODE_KV_DATA_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "node/kv/blocks.h"
#include "node/kv/item.h"
#include "node/kv/slice.h"

namespace tidemark::kv {

class Data {
 public:
  Data() : tables_(1) {}
  // What is changed here covers what `base` holds; `base` outlives it and does not change. Each key
  // that is changed costs a copy of its value at most.
  explicit Data(const Data* base)
      : base_(base), tables_(1), size_(base->size_), hash_(base->hash_) {}

  Data(Data&&) = default;
  Data& operator=(Data&&) = default;

  // The value's text, or nullopt. Valid until the next change.
  std::optional<std::string_view> Get(std::string_view key) const;

  // `text` is not a part of what is kept here.
  void Put(std::string_view key, std::string_view text);
  // REQUIRES: the key is missing or holds a list.
  void Append(std::string_view key, std::string_view element);
  // False: the key is missing.
  bool Erase(std::string_view key);

  // As StateMachine::BeginCopy and so on. No fork is copied. O(1).
  void BeginCopy();
  // The next of the keys and values as they were at BeginCopy, in the order of the keys' hashes.
  // What it gave is there until the next call of anything that is not const. True: that is all.
  bool NextParts(Slice* slice);
  void EndCopy();

  size_t size() const { return size_; }
  // The same for equal keys and values, however they came to be.
  uint64_t hash() const { return hash_; }

 private:
  // The place of an item in its table, where another of the same key may take its place.
  struct Slot {
    mutable Item* item;
  };
  static absl::string_view KeyOf(const Slot& slot) {
    const std::string_view key = slot.item->key();
    return {key.data(), key.size()};
  }
  static absl::string_view KeyOf(absl::string_view key) { return key; }
  struct HashKey {
    using is_transparent = void;
    template <typename Key>
    size_t operator()(const Key& key) const {
      return absl::Hash<absl::string_view>()(KeyOf(key));
    }
  };
  struct EqualKeys {
    using is_transparent = void;
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return KeyOf(a) == KeyOf(b);
    }
  };
  using Table = absl::flat_hash_set<Slot, HashKey, EqualKeys>;

  struct Copy {
    size_t table = 0;  // those before have been given
    // Of `table`, if it has been begun: what it held, in order, and how much of that was given.
    bool begun = false;
    std::vector<std::pair<uint64_t, const Item*>> items;
    size_t given = 0;
    // What was changed or deleted since the copy began, by table, where that was not given yet.
    std::vector<ItemList> aside;
  };

  size_t TableOf(std::string_view key) const;
  // One table was enough so far. Keys spread over all.
  void Spread();

  const Slot* SlotOf(size_t table, std::string_view key) const;  // or nullptr
  const Item* Find(std::string_view key) const;                  // of what is kept here; or nullptr
  // Base's item of a key that has no own one, where it is seen from here; or nullptr.
  const Item* Below(std::string_view key) const;

  // Puts `item` into its table, in the place of what is in `slot` (nullptr: nothing).
  void Store(size_t table, const Slot* slot, Item* item);
  // Of the copy that is being made: it still needs this item of `table`.
  bool Frozen(size_t table, const Item& item) const;
  // What was taken out of `table`: keeps it aside if it is needed.
  void Drop(size_t table, Item* item);
  void BeginTable();
  void EndTable();
  // Empties the list, and frees what was in it, but not at once: there may be very many.
  void Discard(ItemList* items);
  void Sweep(size_t most);

  const Data* base_ = nullptr;
  Blocks blocks_;              // all items are in there
  std::vector<Table> tables_;  // by the first bits of the keys' hashes: one, or kTables
  // Keys of base's that were deleted here: whether they came back is for tables_ to say.
  absl::flat_hash_set<std::string> covered_;
  size_t size_ = 0;
  uint64_t hash_ = 0;  // the sum of the items' hashes: any order gives the same

  // How many copies were begun. An item keeps the number that there was when it was made: what has
  // a lower one was there when the last copy began.
  uint32_t epoch_ = 0;
  std::optional<Copy> copy_;
  std::vector<ItemList> garbage_;
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_DATA_H_
