#include "harness/check/timeline.h"

#include <algorithm>
#include <tuple>

#include "harness/check/operation.h"

namespace tidemark::check {
namespace {

struct Event {
  int64_t time;
  bool returns;
  uint32_t operation;

  bool operator<(const Event& other) const {
    return std::tie(time, returns, operation) <
           std::tie(other.time, other.returns, other.operation);
  }
};

}  // namespace

Timeline::Timeline(const History& history, const std::vector<uint32_t>& operations) {
  std::vector<Event> events;
  for (uint32_t i = 0; i < operations.size(); ++i) {
    const Operation& op = history.operations()[operations[i]];
    events.push_back({op.invoked, false, i});
    if (!Indeterminate(op)) events.push_back({op.returned, true, i});
  }
  std::sort(events.begin(), events.end());
  std::vector<uint32_t> calls(operations.size());
  entries_.reserve(events.size() + 1);
  entries_.push_back({UINT32_MAX, false});
  for (const Event& event : events) {
    const uint32_t number = static_cast<uint32_t>(entries_.size());
    Append(event.operation, !event.returns);
    if (event.returns) {
      entries_[calls[event.operation]].match = number;
    } else {
      calls[event.operation] = number;
    }
  }
}

void Timeline::Take(uint32_t call) {
  Unlink(call);
  if (entries_[call].match == 0) return;
  Unlink(entries_[call].match);
  --returns_;
}

void Timeline::PutBack(uint32_t call) {
  if (entries_[call].match != 0) {
    Relink(entries_[call].match);
    ++returns_;
  }
  Relink(call);
}

void Timeline::Append(uint32_t operation, bool call) {
  const uint32_t last = entries_[0].before;
  const uint32_t number = static_cast<uint32_t>(entries_.size());
  entries_.push_back({operation, call, 0, last, 0});
  entries_[last].after = number;
  entries_[0].before = number;
  returns_ += call ? 0 : 1;
}

void Timeline::Unlink(uint32_t number) {
  entries_[entries_[number].before].after = entries_[number].after;
  entries_[entries_[number].after].before = entries_[number].before;
}

void Timeline::Relink(uint32_t number) {
  entries_[entries_[number].before].after = number;
  entries_[entries_[number].after].before = number;
}

}  // namespace tidemark::check
