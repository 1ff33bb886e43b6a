// What takes more than one node's step: an election at once, and what becomes of a world in which
// nothing goes wrong any more.
#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "harness/explore/world.h"
#include "node/base/concat.h"

namespace tidemark::explore {
namespace {

// Each message is taken once and brings at most a few others; a heartbeat comes once a turn.
constexpr int kMostDeliveries = 500;
constexpr int kTurns = 12;

bool IsRequest(const raft::Message& message, const raft::Raft& candidate) {
  const auto* request = std::get_if<raft::RequestVote>(&message.body);
  return request != nullptr && message.header.from == candidate.self() &&
         request->term == candidate.term() && request->ballot == raft::Ballot::kElection;
}

bool IsVote(const raft::Message& message, const raft::Raft& voter, const raft::Raft& candidate) {
  const auto* vote = std::get_if<raft::Vote>(&message.body);
  return vote != nullptr && message.header.from == voter.self() &&
         message.header.to == candidate.self() && vote->asked_term == candidate.term();
}

}  // namespace

// Takes what `matches` off the messages under way; the last of them that is for `to`.
template <typename Matches>
std::optional<uint32_t> Universe::TakeMessages(size_t to, World* world, Matches matches) {
  std::optional<uint32_t> taken;
  const auto rest = [&](uint32_t id) {
    const KnownMessage& message = model_.message(id);
    if (!matches(message.message)) return false;
    if (message.to == to) taken = id;
    return true;
  };
  world->messages.erase(std::remove_if(world->messages.begin(), world->messages.end(), rest),
                        world->messages.end());
  return taken;
}

// False: `voter` does not elect it. A violation on the way ends it.
bool Universe::Elect(size_t candidate, size_t voter, Successor* next) {
  const auto raft_of = [&](size_t n) -> const raft::Raft& {
    return model_.node(next->world.nodes[n]).node->raft();
  };
  TakeStepAndSync(candidate, {Action::kStand}, next);
  if (next->violation) return true;
  const std::optional<uint32_t> request = TakeMessages(
      voter, &next->world,
      [&](const raft::Message& message) { return IsRequest(message, raft_of(candidate)); });
  if (!request) return false;
  TakeStepAndSync(voter, {Action::kDeliverAfterSilence, *request}, next);
  if (next->violation) return true;
  const std::optional<uint32_t> vote =
      TakeMessages(candidate, &next->world, [&](const raft::Message& message) {
        return IsVote(message, raft_of(voter), raft_of(candidate));
      });
  if (!vote) return false;
  TakeStepAndSync(candidate, {Action::kDeliver, *vote}, next);
  return next->violation.has_value() || raft_of(candidate).leads();
}

std::optional<check::Violation> Universe::CheckRecovery(const World& world) {
  Successor next{world, {}, {}};
  for (size_t n = 0; n < model_.options().nodes; ++n) TakeStepAndSync(n, {Action::kSyncAll}, &next);
  for (int turn = 0; turn < kTurns; ++turn) {
    if (!DeliverAll(&next)) break;
    if (LeadsWithAllCommitted(next.world)) return std::nullopt;
    TakeTurn(static_cast<size_t>(turn) % model_.options().nodes, &next);
  }
  if (next.violation) return next.violation;
  return check::Violation{"Recovery", "from here on nobody leads and commits, though all is well"};
}

bool Universe::DeliverAll(Successor* next) {
  for (int i = 0; i < kMostDeliveries; ++i) {
    if (next->violation) return false;
    if (next->world.messages.empty()) return true;
    const uint32_t id = next->world.messages.front();
    next->world.messages.erase(next->world.messages.begin());
    const KnownMessage& message = model_.message(id);
    const bool silence =
        message.asks_for_vote && model_.node(next->world.nodes[message.to]).loyal_follower;
    TakeStepAndSync(message.to, {silence ? Action::kDeliverAfterSilence : Action::kDeliver, id},
                    next);
  }
  return false;
}

bool Universe::LeadsWithAllCommitted(const World& world) const {
  for (size_t n = 0; n < model_.options().nodes; ++n) {
    const KnownNode& node = model_.node(world.nodes[n]);
    if (node.leads && node.commit == node.log.size()) return true;
  }
  return false;
}

// What a node does that has waited long enough.
void Universe::TakeTurn(size_t n, Successor* next) {
  const KnownNode& node = model_.node(next->world.nodes[n]);
  if (node.leads) return TakeStepAndSync(n, {Action::kHeartbeat}, next);
  if (node.log.empty()) return TakeStepAndSync(n, {Action::kBootstrap}, next);
  if (node.has_deadline) TakeStepAndSync(n, {Action::kTimeOut}, next);
}

}  // namespace tidemark::explore
