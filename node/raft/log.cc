#include "node/raft/log.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "node/base/assert.h"

namespace tidemark::raft {

Log::Log(std::vector<EntryRef> entries, LogPosition base,
         std::optional<Configuration> configuration)
    : base_(base), base_configuration_(std::move(configuration)) {
  for (EntryRef& entry : entries) Append(std::move(entry));
}

Term Log::TermAt(Index index) const {
  if (index == base_.index) return base_.term;
  return At(index)->at.term;
}

const EntryRef& Log::At(Index index) const {
  TM_ASSERT(index > base_.index);
  TM_ASSERT(index <= last_index());
  return entries_[Slot(index)].entry;
}

bool Log::Matches(LogPosition position) const {
  if (!position.index) return !position.term;
  return position.index >= base_.index && position.index <= last_index() &&
         TermAt(position.index) == position.term;
}

Index Log::FirstOfTermAt(Index index) const {
  if (index == base_.index) return index;
  const Term term = TermAt(index);
  auto first = std::partition_point(entries_.begin(), entries_.end(),
                                    [&](const Held& h) { return h.entry->at.term < term; });
  return first->entry->at.index;
}

Index Log::LastAtMost(Term term) const {
  if (base_.term > term) return Index();
  auto beyond = std::partition_point(entries_.begin(), entries_.end(),
                                     [&](const Held& h) { return h.entry->at.term <= term; });
  return base_.index.Plus(static_cast<uint64_t>(beyond - entries_.begin()));
}

void Log::Append(EntryRef entry) {
  TM_ASSERT(entry->at.index == last_index().Next());
  TM_ASSERT(entry->at.term >= last().term);
  if (std::holds_alternative<ConfigurationEntry>(entry->body)) {
    configurations_.push_back(entry->at.index);
  }
  const uint64_t end = EndAt(last_index()) + entry->SizeBytes();
  entries_.push_back({std::move(entry), end});
}

void Log::TruncateFrom(Index index) {
  TM_ASSERT(index > base_.index);
  TM_ASSERT(index <= last_index());
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(Slot(index)), entries_.end());
  while (!configurations_.empty() && configurations_.back() >= index) configurations_.pop_back();
}

void Log::CompactTo(Index index) {
  const LogPosition base{TermAt(index), index};
  const auto beyond = std::upper_bound(configurations_.begin(), configurations_.end(), index);
  if (beyond != configurations_.begin()) {
    base_configuration_ = *ConfigurationAt(index);
    configurations_.erase(configurations_.begin(), beyond);
  }
  base_end_bytes_ = EndAt(index);
  for (Index i = base_.index; i < index; i = i.Next()) entries_.pop_front();
  base_ = base;
}

void Log::ResetTo(LogPosition base, Configuration configuration) {
  entries_.clear();
  configurations_.clear();
  base_ = base;
  base_end_bytes_ = 0;
  base_configuration_ = std::move(configuration);
}

const Configuration* Log::configuration() const { return ConfigurationAt(last_index()); }

const Configuration* Log::ConfigurationAt(Index index) const {
  auto beyond = std::upper_bound(configurations_.begin(), configurations_.end(), index);
  if (beyond == configurations_.begin()) {
    return base_configuration_ ? &*base_configuration_ : nullptr;
  }
  return &std::get<ConfigurationEntry>(Get(*std::prev(beyond)).body).configuration;
}

Index Log::LastWithBehind(uint64_t bytes) const {
  const uint64_t end = EndAt(last_index());
  if (end - base_end_bytes_ < bytes) return base_.index;
  auto beyond = std::partition_point(entries_.begin(), entries_.end(),
                                     [&](const Held& h) { return end - h.end_bytes >= bytes; });
  return base_.index.Plus(static_cast<uint64_t>(beyond - entries_.begin()));
}

uint64_t Log::EndAt(Index index) const {
  TM_ASSERT(index >= base_.index);
  return index == base_.index ? base_end_bytes_ : entries_[Slot(index)].end_bytes;
}

}  // namespace tidemark::raft
