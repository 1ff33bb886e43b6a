#include "node/kv/data.h"

namespace tidemark::kv {

const std::string* Data::Get(std::string_view key) const {
  const Value* value = Find(own_, key);
  if (value == nullptr) value = Below(key);
  return value == nullptr ? nullptr : &value->text();
}

void Data::Put(const std::string& key, std::string_view text) {
  const auto [at, is_new] = own_.try_emplace(key, key, text);
  if (!is_new) {
    hash_ -= at->second.Hash();
    at->second.Assign(key, text);
  } else if (const Value* below = Below(key)) {
    hash_ -= below->Hash();
  } else {
    ++size_;
  }
  hash_ += at->second.Hash();
}

void Data::Append(const std::string& key, std::string_view element) {
  const auto [at, is_new] = own_.try_emplace(key, key, "[]");
  if (!is_new) {
    hash_ -= at->second.Hash();
  } else if (const Value* below = Below(key)) {
    hash_ -= below->Hash();
    at->second = *below;
  } else {
    ++size_;
  }
  at->second.Append(element);
  hash_ += at->second.Hash();
}

bool Data::Erase(const std::string& key) {
  const auto own = own_.find(key);
  const Value* below = Below(key);
  if (own == own_.end() && below == nullptr) return false;
  hash_ -= own == own_.end() ? below->Hash() : own->second.Hash();
  if (own != own_.end()) own_.erase(own);
  if (below != nullptr) covered_.insert(key);
  --size_;
  return true;
}

const Value* Data::Find(const Map& map, std::string_view key) {
  // absl::string_view is a type of its own in some builds, and the map looks for that one.
  const auto found = map.find(absl::string_view(key.data(), key.size()));
  return found == map.end() ? nullptr : &found->second;
}

const Value* Data::Below(std::string_view key) const {
  if (base_ == nullptr) return nullptr;
  if (covered_.contains(absl::string_view(key.data(), key.size()))) return nullptr;
  return Find(base_->own_, key);
}

}  // namespace tidemark::kv
