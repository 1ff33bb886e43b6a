#include "node/kv/data.h"

#include <algorithm>

#include "node/base/assert.h"
#include "node/kv/hash.h"

namespace tidemark::kv {
namespace {

// At a million keys each table holds 244: it grows in microseconds.
constexpr int kTableBits = 12;
constexpr size_t kTables = size_t{1} << kTableBits;
// So many keys lie in one table: kTables of them would be more than what they hold.
constexpr size_t kFewKeys = 1024;

constexpr size_t kSweepPerChange = 4;
constexpr size_t kSweepPerSlice = 4096;

// For the order of a copy, so it is the same in every process.
uint64_t OrderOf(std::string_view key) { return HashText(0, key); }

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::optional<std::string_view> Data::Get(std::string_view key) const {
  const Item* item = Find(key);
  if (item == nullptr) item = Below(key);
  if (item == nullptr) return std::nullopt;
  return item->text();
}

void Data::Put(std::string_view key, std::string_view text) {
  Sweep(kSweepPerChange);
  const size_t table = TableOf(key);
  const Slot* slot = SlotOf(table, key);
  if (slot == nullptr || Frozen(table, *slot->item) || !slot->item->Fits(text.size())) {
    return Store(table, slot, Item::New(&blocks_, key, text, epoch_));
  }
  hash_ -= slot->item->Hash();
  slot->item->Assign(text);
  hash_ += slot->item->Hash();
}

void Data::Append(std::string_view key, std::string_view element) {
  Sweep(kSweepPerChange);
  const size_t table = TableOf(key);
  const Slot* slot = SlotOf(table, key);
  if (slot == nullptr || Frozen(table, *slot->item) || !slot->item->FitsWith(element)) {
    const Item* list = slot == nullptr ? Below(key) : slot->item;
    return Store(table, slot,
                 list == nullptr ? Item::List(&blocks_, key, element, epoch_)
                                 : Item::Longer(&blocks_, *list, element, epoch_));
  }
  hash_ -= slot->item->Hash();
  slot->item->Append(element);
  hash_ += slot->item->Hash();
}

bool Data::Erase(std::string_view key) {
  Sweep(kSweepPerChange);
  const size_t table = TableOf(key);
  const auto at = tables_[table].find(Absl(key));
  const bool own = at != tables_[table].end();
  const Item* below = Below(key);
  if (!own && below == nullptr) return false;
  hash_ -= own ? at->item->Hash() : below->Hash();
  --size_;
  if (below != nullptr) covered_.insert(std::string(key));
  if (own) {
    Item* item = at->item;
    tables_[table].erase(at);
    Drop(table, item);
  }
  return true;
}

void Data::BeginCopy() {
  TM_ASSERT(base_ == nullptr);
  TM_ASSERT(!copy_.has_value());
  // Where keys lie must not change while tables are given out one by one.
  if (tables_.size() == 1) Spread();
  copy_.emplace(Copy{});
  copy_->aside.resize(tables_.size());
  garbage_.reserve(tables_.size());
  ++epoch_;
}

bool Data::NextParts(Slice* slice) {
  TM_ASSERT(copy_.has_value());
  Sweep(kSweepPerSlice);
  for (; copy_->table < tables_.size(); EndTable()) {
    if (!copy_->begun) BeginTable();
    for (; copy_->given < copy_->items.size(); ++copy_->given) {
      if (slice->full()) return false;
      const Item& item = *copy_->items[copy_->given].second;
      slice->Add(KeyPart{item.key(), item.text()}, item.key().size() + item.text().size());
    }
  }
  return true;
}

void Data::EndCopy() {
  for (ItemList& items : copy_->aside) Discard(&items);
  copy_.reset();
}

size_t Data::TableOf(std::string_view key) const {
  return tables_.size() == 1 ? 0 : OrderOf(key) >> (64 - kTableBits);
}

void Data::Spread() {
  std::vector<Table> few(kTables);
  few.swap(tables_);
  for (const Slot& slot : few[0]) {
    tables_[TableOf(slot.item->key())].insert(slot);
  }
}

const Data::Slot* Data::SlotOf(size_t table, std::string_view key) const {
  const auto at = tables_[table].find(Absl(key));
  return at == tables_[table].end() ? nullptr : &*at;
}

const Item* Data::Find(std::string_view key) const {
  const Slot* slot = SlotOf(TableOf(key), key);
  return slot == nullptr ? nullptr : slot->item;
}

const Item* Data::Below(std::string_view key) const {
  if (base_ == nullptr) return nullptr;
  if (covered_.contains(Absl(key))) return nullptr;
  return base_->Find(key);
}

void Data::Store(size_t table, const Slot* slot, Item* item) {
  const Item* former = slot == nullptr ? Below(item->key()) : slot->item;
  if (former == nullptr) ++size_;
  if (former != nullptr) hash_ -= former->Hash();
  hash_ += item->Hash();
  if (slot != nullptr) {
    return Drop(table, std::exchange(slot->item, item));
  }
  tables_[table].insert(Slot{item});
  if (tables_.size() == 1 && tables_[0].size() > kFewKeys) Spread();
}

bool Data::Frozen(size_t table, const Item& item) const {
  return copy_.has_value() && table >= copy_->table && item.epoch() != epoch_;
}

void Data::Drop(size_t table, Item* item) {
  if (!Frozen(table, *item)) return item->Delete(&blocks_);
  copy_->aside[table].Push(item);
}

void Data::BeginTable() {
  const size_t table = copy_->table;
  const auto add = [&](const Item& item) {
    if (Frozen(table, item)) copy_->items.emplace_back(OrderOf(item.key()), &item);
  };
  for (const Slot& slot : tables_[table]) add(*slot.item);
  copy_->aside[table].ForEach(add);
  std::sort(copy_->items.begin(), copy_->items.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second->key() < b.second->key();
  });
  copy_->begun = true;
}

void Data::EndTable() {
  Discard(&copy_->aside[copy_->table]);
  copy_->items.clear();
  copy_->given = 0;
  copy_->begun = false;
  ++copy_->table;
}

void Data::Discard(ItemList* items) {
  if (!items->empty()) garbage_.push_back(std::exchange(*items, {}));
}

void Data::Sweep(size_t most) {
  for (; most > 0 && !garbage_.empty(); --most) {
    if (garbage_.back().empty()) {
      garbage_.pop_back();
    } else {
      garbage_.back().Pop()->Delete(&blocks_);
    }
  }
}

}  // namespace tidemark::kv
