// The keys and their values, with the hash of them all kept up.
#ifndef TIDEMARK_NODE_KV_DATA_H_
#define TIDEMARK_NODE_KV_DATA_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "node/kv/value.h"

namespace tidemark::kv {

class Data {
 public:
  Data() = default;
  // What is changed here covers what `base` holds; `base` outlives it and does not change. Each key
  // that is changed costs a copy of its value at most.
  explicit Data(const Data* base) : base_(base), size_(base->size_), hash_(base->hash_) {}

  // The value's text, or nullptr. Valid until the next change.
  const std::string* Get(std::string_view key) const;

  void Put(const std::string& key, std::string_view text);
  // REQUIRES: the key is missing or holds a list.
  void Append(const std::string& key, std::string_view element);
  // False: the key is missing.
  bool Erase(const std::string& key);

  size_t size() const { return size_; }
  // The same for equal keys and values, however they came to be.
  uint64_t hash() const { return hash_; }

 private:
  using Map = absl::flat_hash_map<std::string, Value>;
  static const Value* Find(const Map& map, std::string_view key);

  // Base's value of a key that has no own one, where it is seen from here; or nullptr.
  const Value* Below(std::string_view key) const;

  const Data* base_ = nullptr;
  Map own_;
  // Keys of base's that were deleted here: whether they came back is for own_ to say.
  absl::flat_hash_set<std::string> covered_;
  size_t size_ = 0;
  uint64_t hash_ = 0;  // the sum of the values' hashes: any order gives the same
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_DATA_H_
