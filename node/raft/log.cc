#include "node/raft/log.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "node/base/assert.h"

namespace tidemark::raft {

Log::Log(std::vector<EntryRef> entries) {
  entries_.reserve(entries.size());
  for (EntryRef& entry : entries) Append(std::move(entry));
}

LogPosition Log::last() const { return entries_.empty() ? LogPosition{} : entries_.back()->at; }

Term Log::TermAt(Index index) const {
  TM_ASSERT(index <= last_index());
  return index ? Get(index).at.term : Term();
}

const EntryRef& Log::At(Index index) const {
  TM_ASSERT(index);
  TM_ASSERT(index <= last_index());
  return entries_[index.value() - 1];
}

bool Log::Matches(LogPosition position) const {
  return position.index <= last_index() && TermAt(position.index) == position.term;
}

Index Log::FirstOfTermAt(Index index) const {
  const Term term = TermAt(index);
  auto first = std::partition_point(entries_.begin(), entries_.end(),
                                    [&](const EntryRef& e) { return e->at.term < term; });
  return (*first)->at.index;
}

Index Log::LastAtMost(Term term) const {
  auto beyond = std::partition_point(entries_.begin(), entries_.end(),
                                     [&](const EntryRef& e) { return e->at.term <= term; });
  return Index(static_cast<uint64_t>(beyond - entries_.begin()));
}

void Log::Append(EntryRef entry) {
  TM_ASSERT(entry->at.index == last_index().Next());
  TM_ASSERT(entry->at.term >= last().term);
  if (std::holds_alternative<ConfigurationEntry>(entry->body)) {
    configurations_.push_back(entry->at.index);
  }
  entries_.push_back(std::move(entry));
}

void Log::TruncateFrom(Index index) {
  TM_ASSERT(index);
  TM_ASSERT(index <= last_index());
  entries_.resize(index.value() - 1);
  while (!configurations_.empty() && configurations_.back() >= index) configurations_.pop_back();
}

const Configuration* Log::configuration() const {
  if (configurations_.empty()) return nullptr;
  return &std::get<ConfigurationEntry>(Get(configurations_.back()).body).configuration;
}

const Configuration* Log::ConfigurationAt(Index index) const {
  auto beyond = std::upper_bound(configurations_.begin(), configurations_.end(), index);
  if (beyond == configurations_.begin()) return nullptr;
  return &std::get<ConfigurationEntry>(Get(*std::prev(beyond)).body).configuration;
}

}  // namespace tidemark::raft
