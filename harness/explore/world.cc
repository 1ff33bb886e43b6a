#include "harness/explore/world.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "node/base/assert.h"
#include "node/raft/digest.h"

namespace tidemark::explore {

World Universe::Begin(const std::vector<Node>& nodes, const std::vector<raft::Message>& under_way) {
  World world;
  world.budgets = model_.options().budgets;
  for (size_t n = 0; n < nodes.size(); ++n) world.nodes[n] = model_.Add(nodes[n]);
  for (const raft::Message& message : under_way) Send(model_.Add(message), &world);
  world.past = Add(Past());
  std::optional<check::Violation> none;
  for (size_t n = 0; n < nodes.size(); ++n) Settle(n, {}, false, &world, &none);
  TM_ASSERT(!none);
  return world;
}

void Universe::TakeStep(size_t node, Event event, Successor* next) {
  World& world = next->world;
  const uint32_t before = world.nodes[node];
  const Step& step = model_.StepOf(before, event);
  world.nodes[node] = step.node;
  for (const uint32_t message : step.sent) Send(message, &world);
  if (step.violation != nullptr) {
    next->violation = *step.violation;
    return;
  }
  const bool asks = event.action == Action::kRead;
  if (asks || Matters(model_.node(before), model_.node(step.node), step)) {
    Settle(node, step, asks, &world, &next->violation);
  }
}

void Universe::TakeStepAndSync(size_t node, Event event, Successor* next) {
  TakeStep(node, event, next);
  if (next->violation || model_.node(next->world.nodes[node]).pending_steps == 0) return;
  TakeStep(node, {Action::kSyncAll}, next);
}

void Universe::Settle(size_t stepped, const Step& step, bool asks, World* world,
                      std::optional<check::Violation>* violation) {
  std::array<const KnownNode*, kMostNodes> nodes = {};
  for (size_t n = 0; n < model_.options().nodes; ++n) nodes[n] = &model_.node(world->nodes[n]);
  Past past = pasts_[world->past].past;
  if (asks) past.asked_at = past.committed.size();
  *violation = explore::Settle(model_.options(), {nodes.data(), model_.options().nodes}, stepped,
                               step, &past);
  world->past = Add(std::move(past));
}

uint32_t Universe::Add(Past past) {
  const uint64_t fingerprint = past.Fingerprint();
  return pasts_.Intern(fingerprint, [&] { return KnownPast{std::move(past), fingerprint}; });
}

void Universe::Send(uint32_t message, World* world) const {
  const auto before = [this](uint32_t a, uint32_t b) {
    return model_.message(a).fingerprint < model_.message(b).fingerprint;
  };
  auto& messages = world->messages;
  messages.insert(std::upper_bound(messages.begin(), messages.end(), message, before), message);
}

uint64_t Universe::Fingerprint(const World& world) const {
  raft::Digest digest(DigestOf);
  for (size_t n = 0; n < model_.options().nodes; ++n) {
    digest.Add(model_.node(world.nodes[n]).fingerprint);
  }
  digest.Add(world.budgets.word()).Add(pasts_[world.past].fingerprint);
  for (const uint32_t message : world.messages) digest.Add(model_.message(message).fingerprint);
  return digest.value();
}

}  // namespace tidemark::explore
