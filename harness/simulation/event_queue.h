// What is still to happen, in the order of its time; at one moment, in the order in which it was
// planned.
#ifndef TIDEMARK_HARNESS_SIMULATION_EVENT_QUEUE_H_
#define TIDEMARK_HARNESS_SIMULATION_EVENT_QUEUE_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "node/base/assert.h"

namespace tidemark::simulation {

enum class EventKind : uint8_t {
  kMessage,    // arrives at `node`; `what`: its place in the post
  kWake,       // the deadline that `node` named
  kPersisted,  // of `node`, in its life `what`: the sync under way is done
  kWorked,     // of `node`, in its life `what`: its disk has done something for a snapshot
  kTakeInbox,  // a pause or a batch of `node` ends
  kRequest,    // the next client operation begins
  kArrival,    // the request of operation `what` is at `node`
  kReply,      // the reply of operation `what` is at its client
  kAct,        // the next fault begins
  kUndo,       // fault `what` ends
  kDirect,     // the next beat of the directed fault `what`
  kLook,       // `node` looks whether its disk has room again
  kHint,       // of `node`, in its life `what`: what it knows to be committed is written by itself
  kLaunch,     // `node` is started for the first time
  kPhase,      // faults end, healing is judged, …
};

struct Event {
  int64_t at_us = 0;
  uint64_t order = 0;
  EventKind kind = EventKind::kMessage;
  uint8_t node = 0;
  uint32_t what = 0;
};

class EventQueue {
 public:
  void Push(int64_t at_us, EventKind kind, int node, uint32_t what) {
    heap_.push_back({at_us, next_order_++, kind, static_cast<uint8_t>(node), what});
    std::push_heap(heap_.begin(), heap_.end(), Later());
  }
  bool empty() const { return heap_.empty(); }
  // When the next one is.
  int64_t next_us() const {
    TM_ASSERT(!heap_.empty());
    return heap_.front().at_us;
  }
  // Whether `holds(event)` for any, in no order.
  template <typename Holds>
  bool Any(const Holds& holds) const {
    return std::any_of(heap_.begin(), heap_.end(), holds);
  }
  // Forgets those for which `drops(event)`, in no order, holds.
  template <typename Drops>
  void Drop(const Drops& drops) {
    heap_.erase(std::remove_if(heap_.begin(), heap_.end(), drops), heap_.end());
    std::make_heap(heap_.begin(), heap_.end(), Later());
  }
  Event Pop() {
    TM_ASSERT(!heap_.empty());
    std::pop_heap(heap_.begin(), heap_.end(), Later());
    const Event event = heap_.back();
    heap_.pop_back();
    return event;
  }

 private:
  struct Later {
    bool operator()(const Event& a, const Event& b) const {
      return a.at_us != b.at_us ? a.at_us > b.at_us : a.order > b.order;
    }
  };

  std::vector<Event> heap_;
  uint64_t next_order_ = 0;
};

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_EVENT_QUEUE_H_
