#include "harness/simulation/onlooker.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "harness/simulation/landmarks.h"
#include "node/base/assert.h"

namespace tidemark::simulation {
namespace {

using Role = raft::Raft::Role;

size_t Number(When when) { return static_cast<size_t>(when); }

Relation RelationOf(std::optional<raft::Term> of_message, raft::Term of_node) {
  if (!of_message) return Relation::kNone;
  if (*of_message == of_node) return Relation::kSame;
  return *of_message < of_node ? Relation::kOlder : Relation::kNewer;
}

// The first index that `out` writes over what `seen` has; nullopt: it writes over nothing.
std::optional<raft::Index> CutBy(const server::Output& out, const Machine::Seen& seen) {
  for (const server::Record& record : out.records) {
    if (std::holds_alternative<raft::LogBase>(record)) return std::nullopt;
    const auto* entry = std::get_if<raft::EntryRef>(&record);
    if (entry == nullptr) continue;
    const raft::Index index = (*entry)->at.index;
    if (index <= seen.last() && index > seen.base) return index;
    return std::nullopt;
  }
  return std::nullopt;
}

StepOutcome OutcomeOf(const Machine& machine, Role role_before, const server::Output& out) {
  const raft::Raft& raft = machine.server->raft();
  if (raft.leads() && role_before != Role::kLeader) return StepOutcome::kLed;
  if (raft.role() == Role::kFollower && role_before != Role::kFollower)
    return StepOutcome::kDeposed;
  if (raft.term() > machine.seen.term) return StepOutcome::kTermRose;
  if (raft.commit_index() > machine.seen.commit_index) return StepOutcome::kCommitted;
  if (!out.records.empty() || !out.snapshot_pieces.empty()) return StepOutcome::kWrote;
  const bool answers = !out.send_now.empty() || !out.send_durable.empty() || !out.replies.empty();
  return answers || !out.snapshot_reads.empty() ? StepOutcome::kAnswered : StepOutcome::kNothing;
}

server::RywDecision RowOf(const server::Explanation& explanation) {
  using Decision = server::Explanation::Decision;
  using Row = server::RywDecision;
  switch (explanation.decision) {
    case Decision::kServe:
      return Row::kServeAsFollower;
    case Decision::kProve:
      return Row::kServeProved;
    case Decision::kWait:
      return Row::kWaitForEntries;
    case Decision::kRedirect:
      return Row::kForwardBehind;
    case Decision::kLeaderPreferred:
      return Row::kForwardPreferred;
    case Decision::kLead:
      return explanation.applied_index >= explanation.need ? Row::kServeAsLeader : Row::kConfirm;
    case Decision::kNoLeader:
      return Row::kWaitForLeader;
  }
  TM_ASSERT(false && "every decision is one of these");
  return Row::kRefuse;
}

const server::Served* ServedIn(const server::ReplyBody& body) {
  if (const auto* ok = std::get_if<server::RywReadOk>(&body)) return &ok->served;
  const auto* error = std::get_if<server::Error>(&body);
  return error != nullptr && error->served ? &*error->served : nullptr;
}

}  // namespace

Onlooker::Onlooker(const Surroundings& around) : around_(around) {
  const absl::Span<const Landmark> landmarks = Landmarks();
  TM_ASSERT(landmarks.size() <= kMostLandmarks);
  for (size_t i = 0; i < landmarks.size(); ++i) {
    waiting_[Number(landmarks[i].when)].push_back(i);
  }
}

Scene Onlooker::SceneAt(const Machine& machine) const {
  return {around_, machine, notes_[static_cast<size_t>(machine.number)], role_before_, inputs_};
}

// What was reached is not looked for again in this run.
void Onlooker::Look(size_t when, const Scene& scene) {
  std::vector<size_t>& waiting = waiting_[when];
  for (size_t i = 0; i < waiting.size();) {
    const size_t number = waiting[i];
    if (!Landmarks()[number].holds(scene)) {
      ++i;
      continue;
    }
    reached_.landmarks.set(number);
    news_.set(number);
    waiting[i] = waiting.back();
    waiting.pop_back();
  }
}

LandmarkSet Onlooker::TakeNews() { return std::exchange(news_, {}); }

void Onlooker::Started(const Machine& machine, uint64_t life) {
  Notes& notes = NotesOf(machine);
  notes.life = life;
  notes.led_before.insert(notes.led_before.end(), notes.led.begin(), notes.led.end());
  notes.led.clear();
  notes.takes_snapshot_at.reset();
  notes.is_sent.reset();
  notes.sends_snapshot_in = {};
  notes.proved = {};
  notes.was_in_doubt = false;
  role_before_ = Role::kFollower;
  inputs_ = 0;
  place_.reset();
  Look(Number(When::kStarts), SceneAt(machine));
}

void Onlooker::Stops(const Machine& machine) {
  if (!machine.up()) return;
  Look(Number(When::kStops), SceneAt(machine));
  NotesOf(machine).last_when_stopped = machine.seen.last();
}

void Onlooker::LostItsDisk(const Machine& machine) {
  Notes& notes = NotesOf(machine);
  notes = {};
  notes.came_back_empty = true;
}

void Onlooker::BeforeStep(const Machine& machine, absl::Span<const server::Input> inputs) {
  const raft::Raft& raft = machine.server->raft();
  role_before_ = raft.role();
  inputs_ = inputs.size();
  place_.reset();
  snapshot_taken_ = false;
  if (inputs.size() != 1) return;
  const auto* taken = std::get_if<server::SnapshotTaken>(&inputs[0]);
  snapshot_taken_ = taken != nullptr && taken->snapshot;
  const auto* message = std::get_if<server::PeerMessage>(&inputs[0]);
  if (message == nullptr) return;
  place_ = StepPlace{role_before_, KindOf(*message), RelationOf(TermOf(*message), raft.term())};
  Scene scene = SceneAt(machine);
  scene.message = message;
  Look(Number(When::kArrives), scene);
  const auto* install = RaftBody<raft::InstallSnapshot>(*message);
  if (install == nullptr || install->term < raft.term()) return;
  Notes& notes = NotesOf(machine);
  notes.is_sent = install->piece.snapshot.last_included.index;
  notes.is_sent_by = message->header.from.id;
  notes.is_sent_in = install->term;
}

void Onlooker::AfterStep(const Machine& machine, const server::Output& out) {
  if (place_) {
    place_->outcome = OutcomeOf(machine, role_before_, out);
    reached_.steps.set(NumberOf(*place_));
  }
  Scene scene = SceneAt(machine);
  scene.out = &out;
  NoteSnapshots(machine, out, scene);
  NoteRole(machine, scene);
  if (!out.replies.empty()) NoteReplies(out, scene);
  if (const std::optional<raft::Index> cut = CutBy(out, machine.seen)) {
    scene.cut_from = *cut;
    Look(Number(When::kCut), scene);
  }
  Look(Number(When::kSteps), scene);
}

void Onlooker::NoteRole(const Machine& machine, const Scene& scene) {
  const raft::Raft& raft = machine.server->raft();
  const Machine::Seen& seen = machine.seen;
  const bool same = raft.leads() && seen.leads && raft.term() == seen.term;
  if (same || (!raft.leads() && !seen.leads)) return;
  if (seen.leads) Look(Number(When::kDeposed), scene);
  if (!raft.leads()) return;
  Look(Number(When::kElected), scene);
  Notes& notes = NotesOf(machine);
  notes.led.push_back(raft.term());
  notes.elected_us = around_.now_us;
}

void Onlooker::NoteSnapshots(const Machine& machine, const server::Output& out,
                             const Scene& scene) {
  Notes& notes = NotesOf(machine);
  for (const server::Record& record : out.records) {
    const auto* base = std::get_if<raft::LogBase>(&record);
    if (base == nullptr) continue;
    Look(Number(When::kInstalled), scene);
    notes.is_sent.reset();
  }
  if (snapshot_taken_) notes.takes_snapshot_at.reset();
  if (out.slice && out.slice->abandoned) notes.takes_snapshot_at.reset();
  if (out.slice && out.slice->first) {
    notes.takes_snapshot_at = out.slice->snapshot.last_included.index;
  }
  if (!out.snapshot_reads.empty()) notes.sends_snapshot_in = machine.server->raft().term();
}

void Onlooker::NoteReplies(const server::Output& out, Scene scene) {
  Notes& notes = NotesOf(scene.machine);
  for (const server::Reply& reply : out.replies) {
    NoteTold(reply);
    scene.reply = &reply;
    Look(Number(When::kReplies), scene);
    const auto* error = std::get_if<server::Error>(&reply.body);
    if (error != nullptr && error->reason == server::Reason::kStateDiverged) {
      notes.was_in_doubt = !scene.raft().quarantined();
    }
    const server::Served* served = ServedIn(reply.body);
    const auto* follower =
        served == nullptr ? nullptr : std::get_if<server::ServedByFollower>(served);
    if (follower == nullptr || !follower->proved_index) continue;
    notes.proved = std::max(notes.proved, *follower->proved_index);
  }
}

void Onlooker::NoteTold(const server::Reply& reply) {
  using Row = server::RywDecision;
  if (const auto* error = std::get_if<server::Error>(&reply.body)) {
    reached_.told.set(NumberOf(error->code));
    if (error->reason) reached_.told.set(NumberOf(*error->reason));
    const Call& call = *around_.clients.attempt(static_cast<uint32_t>(reply.to.msg_id)).call;
    if (RefusesSession(*error) && call.function == check::Function::kRywRead) {
      reached_.told.set(NumberOf(Row::kRefuse));
    }
  }
  if (reply.explanation) reached_.told.set(NumberOf(RowOf(*reply.explanation)));
  const server::Served* served = ServedIn(reply.body);
  if (served == nullptr) return;
  if (const auto* leader = std::get_if<server::ServedByLeader>(served)) {
    reached_.told.set(NumberOf(leader->reason));
    if (leader->reason == server::Reason::kFollowerBehind) {
      reached_.told.set(NumberOf(Row::kForwardBehind));
    }
    if (leader->reason == server::Reason::kLeaderPreferred) {
      reached_.told.set(NumberOf(Row::kForwardPreferred));
    }
    return;
  }
  if (std::get<server::ServedByFollower>(*served).proved_index) {
    reached_.told.set(NumberOf(server::Reason::kProvedByToken));
  }
}

}  // namespace tidemark::simulation
