// What can happen next.
#include "harness/explore/world.h"

namespace tidemark::explore {

// Goes through what can happen in one world; each function returns whether to go on.
class Branching {
 public:
  Branching(Universe* universe, const World& world, Successor* next, Visit visit)
      : universe_(*universe), world_(world), next_(*next), visit_(visit) {}

  void Run() {
    for (size_t i = 0; i < world_.messages.size(); ++i) {
      // What is under way twice is one choice.
      const bool repeated = i > 0 && world_.messages[i] == world_.messages[i - 1];
      if (!repeated && !Message(i)) return;
    }
    for (size_t n = 0; n < universe_.model_.options().nodes; ++n) {
      if (!Node(n)) return;
    }
  }

 private:
  bool Has(Budget budget) const { return world_.budgets[budget] > 0; }

  bool Message(size_t i) {
    const uint32_t id = world_.messages[i];
    const KnownMessage& message = universe_.model_.message(id);
    const Event deliver{Action::kDeliver, id};
    if (!Arrive(i, deliver)) return false;
    const KnownNode& to = universe_.model_.node(world_.nodes[message.to]);
    if (message.asks_for_vote && to.loyal_follower &&
        !Arrive(i, {Action::kDeliverAfterSilence, id})) {
      return false;
    }
    if (message.answers_leader && to.leads && Has(Budget::kLateAnswers) && !ArriveTooLate(i)) {
      return false;
    }
    if (Has(Budget::kDrops) && !Drop(i, message.to)) return false;
    if (!Has(Budget::kDuplicates)) return true;
    Begin({.node = message.to, .event = deliver, .duplicated = true});
    next_.world.budgets.Spend(Budget::kDuplicates);
    return Step(message.to, deliver);
  }

  bool Arrive(size_t i, Event event) {
    const size_t to = universe_.model_.message(world_.messages[i]).to;
    Begin({.node = to, .event = event});
    Remove(i);
    return Step(to, event);
  }

  bool ArriveTooLate(size_t i) {
    const Event event{Action::kDeliverTooLate, world_.messages[i]};
    const size_t to = universe_.model_.message(world_.messages[i]).to;
    Begin({.node = to, .event = event});
    Remove(i);
    next_.world.budgets.Spend(Budget::kLateAnswers);
    return Step(to, event);
  }

  bool Drop(size_t i, size_t to) {
    Begin({.node = to, .event = {Action::kDeliver, world_.messages[i]}, .dropped = true});
    Remove(i);
    next_.world.budgets.Spend(Budget::kDrops);
    return visit_(next_);
  }

  bool Node(size_t n) {
    const KnownNode& node = universe_.model_.node(world_.nodes[n]);
    if (node.pending_steps > 0 && !Free(n, {Action::kSync})) return false;
    if (node.has_deadline && !Spend(n, Budget::kTimeouts, {Action::kTimeOut})) return false;
    if (node.has_deadline && Has(Budget::kElections) && !Elections(n)) return false;
    for (size_t surviving = 0; surviving <= node.pending_records; ++surviving) {
      const Event crash{Action::kCrash, static_cast<uint32_t>(surviving)};
      if (!Spend(n, Budget::kCrashes, crash)) return false;
    }
    if (!Spend(n, Budget::kWipes, {Action::kWipe})) return false;
    if (node.log.empty() && !Spend(n, Budget::kRequests, {Action::kBootstrap})) return false;
    return !node.leads || Lead(n);
  }

  bool Lead(size_t n) {
    const Event propose{Action::kPropose, world_.budgets[Budget::kWrites]};
    return Spend(n, Budget::kHeartbeats, {Action::kHeartbeat}) &&
           Spend(n, Budget::kWrites, propose) && Spend(n, Budget::kReads, {Action::kRead});
  }

  bool Elections(size_t n) {
    for (size_t voter = 0; voter < universe_.model_.options().nodes; ++voter) {
      if (voter == n) continue;
      Begin({.node = n, .event = {Action::kElect, static_cast<uint32_t>(voter)}});
      next_.world.budgets.Spend(Budget::kElections);
      if (universe_.Elect(n, voter, &next_) && !visit_(next_)) return false;
    }
    return true;
  }

  bool Spend(size_t n, Budget budget, Event event) {
    if (!Has(budget)) return true;
    Begin({.node = n, .event = event});
    next_.world.budgets.Spend(budget);
    return Step(n, event);
  }

  bool Free(size_t n, Event event) {
    Begin({.node = n, .event = event});
    return Step(n, event);
  }

  void Begin(const Happening& happening) {
    next_.happening = happening;
    next_.violation.reset();
    next_.world = world_;
  }

  void Remove(size_t i) { next_.world.messages.erase(next_.world.messages.begin() + i); }

  // Where the step waits for the disk, the disk may also finish within it: a choice of its own, by
  // which a given depth reaches further.
  bool Step(size_t n, Event event) {
    if (universe_.model_.options().instant_disks) {
      universe_.TakeStepAndSync(n, event, &next_);
      return visit_(next_);
    }
    universe_.TakeStep(n, event, &next_);
    if (!visit_(next_)) return false;
    const bool waits = universe_.model_.node(next_.world.nodes[n]).pending_steps > 0;
    if (!waits || event.action == Action::kSync || next_.violation) return true;
    next_.happening.synced = true;
    universe_.TakeStep(n, {Action::kSyncAll}, &next_);
    return visit_(next_);
  }

  Universe& universe_;
  const World& world_;
  Successor& next_;
  Visit visit_;
};

void Universe::ForEachSuccessor(const World& world, Successor* next, Visit visit) {
  Branching(this, world, next, visit).Run();
}

}  // namespace tidemark::explore
