// The worlds that are some number of steps from the start, packed.
#ifndef TIDEMARK_HARNESS_EXPLORE_LAYER_H_
#define TIDEMARK_HARNESS_EXPLORE_LAYER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/explore/world.h"

namespace tidemark::explore {

// How a world was first reached: as which successor of which world of the layer before.
struct Origin {
  uint32_t parent = 0;
  uint16_t choice = 0;
};

// Worlds that one thread has found; another may read them afterwards.
class Layer {
 public:
  explicit Layer(size_t nodes) : nodes_(nodes) {}

  size_t size() const { return begins_.size(); }
  void Add(const World& world);
  void Get(size_t i, World* world) const;

 private:
  size_t nodes_;
  std::vector<uint64_t> begins_;
  std::vector<uint32_t> words_;
};

}  // namespace tidemark::explore

#endif  // TIDEMARK_HARNESS_EXPLORE_LAYER_H_
