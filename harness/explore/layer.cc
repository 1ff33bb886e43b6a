#include "harness/explore/layer.h"

namespace tidemark::explore {

// A world is its nodes, its past, its budgets in two words, and as many messages as fill the rest.
void Layer::Add(const World& world) {
  begins_.push_back(words_.size());
  words_.insert(words_.end(), world.nodes.begin(), world.nodes.begin() + nodes_);
  words_.push_back(world.past);
  words_.push_back(static_cast<uint32_t>(world.budgets.word()));
  words_.push_back(static_cast<uint32_t>(world.budgets.word() >> 32));
  words_.insert(words_.end(), world.messages.begin(), world.messages.end());
}

void Layer::Get(size_t i, World* world) const {
  const uint32_t* word = words_.data() + begins_[i];
  const uint32_t* end = words_.data() + (i + 1 < size() ? begins_[i + 1] : words_.size());
  for (size_t n = 0; n < nodes_; ++n) world->nodes[n] = *word++;
  world->past = *word++;
  world->budgets = Budgets::OfWord(word[0] | uint64_t{word[1]} << 32);
  world->messages.assign(word + 2, end);
}

}  // namespace tidemark::explore
