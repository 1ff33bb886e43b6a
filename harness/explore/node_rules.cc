#include "harness/explore/node_rules.h"

#include "node/base/concat.h"

namespace tidemark::explore {
namespace {

bool IsPrefix(const raft::Log& prefix, const raft::Log& log) {
  if (prefix.last_index() > log.last_index()) return false;
  for (raft::Index i(1); i <= prefix.last_index(); i = i.Next()) {
    if (prefix.At(i) != log.At(i)) return false;
  }
  return true;
}

bool LeadsOn(const raft::Raft& before, const raft::Raft& after) {
  return before.leads() && after.leads() && before.term() == after.term();
}

// Figure 3: "a leader never overwrites or deletes entries in its log".
bool BreaksAppendOnly(const raft::Raft& before, const raft::Raft& after) {
  return LeadsOn(before, after) && !IsPrefix(before.log(), after.log());
}

// Figure 2: matchIndex "increases monotonically".
bool LowersMatchIndex(const raft::Raft& before, const raft::Raft& after) {
  if (!LeadsOn(before, after)) return false;
  for (size_t i = 0; i < before.peers().size(); ++i) {
    const raft::Progress& was = before.peers()[i];
    const raft::Progress& is = after.peers()[i];
    if (was.peer() == is.peer() && is.match_index() < was.match_index()) return true;
  }
  return false;
}

// What a disk has said of a term it does not take back.
bool ChangesVote(const raft::HardState& before, const raft::HardState& after) {
  if (after.term != before.term) return after.term < before.term;
  return !before.voted_for.id.empty() && after.voted_for != before.voted_for;
}

// Each of its rounds began before the time that has just passed.
bool LeadsUnheard(const raft::Raft& before, const raft::Raft& after, const Happened& happened) {
  return happened.action == Action::kDeliverTooLate && LeadsOn(before, after);
}

bool RaisedByStranger(const raft::Raft& before, const raft::Raft& after, const Happened& happened) {
  if (happened.message == nullptr || after.term() == before.term()) return false;
  const raft::Header& header = happened.message->header;
  const raft::Configuration* configuration = before.log().configuration();
  return !header.cluster && configuration != nullptr && !configuration->Names(header.from);
}

std::optional<check::Violation> CheckMessage(const std::string& name, const raft::Raft& before,
                                             const raft::Raft& after, const Happened& happened) {
  if (LeadsUnheard(before, after, happened)) {
    return check::Violation{"CheckQuorum",
                            Concat(name, " leads on by a late answer to what it said long ago")};
  }
  if (RaisedByStranger(before, after, happened)) {
    return check::Violation{
        "Named raise terms",
        Concat(name, " takes term ", after.term().value(), " from a ",
               happened.message->header.from.id, " that belongs to no cluster")};
  }
  return std::nullopt;
}

}  // namespace

std::optional<check::Violation> CheckStep(const Node& before, const Node& after,
                                          const Happened& happened, const Departures& out) {
  // Another incarnation owes nothing to what the former one has said.
  if (before.raft().self() != after.raft().self()) return std::nullopt;
  const std::string name = NameOf(before.number());
  if (BreaksAppendOnly(before.raft(), after.raft())) {
    return check::Violation{
        "Leader Append-Only",
        Concat(name, " overwrote its log while it led in term ", after.raft().term().value())};
  }
  if (LowersMatchIndex(before.raft(), after.raft())) {
    return check::Violation{"Match index", Concat(name, " forgot what a peer had acknowledged")};
  }
  const bool same = before.disk().rebirth == after.disk().rebirth;
  if (same && ChangesVote(before.disk().hard_state, after.disk().hard_state)) {
    return check::Violation{
        "One vote a term",
        Concat("on ", name, "'s disk the vote of term ", before.disk().hard_state.term.value(),
               " for ", before.disk().hard_state.voted_for.id, " became one of term ",
               after.disk().hard_state.term.value(), " for ",
               after.disk().hard_state.voted_for.id)};
  }
  if (out.broken_promise) {
    return check::Violation{"Promises are durable", Concat(name, ": ", *out.broken_promise)};
  }
  return CheckMessage(name, before.raft(), after.raft(), happened);
}

}  // namespace tidemark::explore
