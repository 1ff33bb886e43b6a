// Things under way, each in a numbered place that is used again once it is empty: an event names it
// by a number.
#ifndef TIDEMARK_HARNESS_SIMULATION_SLOTS_H_
#define TIDEMARK_HARNESS_SIMULATION_SLOTS_H_

#include <cstdint>
#include <utility>
#include <vector>

namespace tidemark::simulation {

template <typename T>
class Slots {
 public:
  // Returns its place.
  uint32_t Put(T&& thing) {
    if (free_.empty()) {
      things_.push_back(std::move(thing));
      return static_cast<uint32_t>(things_.size() - 1);
    }
    const uint32_t place = free_.back();
    free_.pop_back();
    things_[place] = std::move(thing);
    return place;
  }
  // To be moved from, or read, before the next Put. The place is empty from now on.
  T& Take(uint32_t place) {
    free_.push_back(place);
    return things_[place];
  }

  // What lies there, where something does.
  const T& at(uint32_t place) const { return things_[place]; }

 private:
  std::vector<T> things_;
  std::vector<uint32_t> free_;
};

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_SLOTS_H_
