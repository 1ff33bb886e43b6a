#include "harness/simulation/landmarks.h"

#include <algorithm>
#include <string>
#include <variant>

#include "harness/simulation/message_kind.h"
#include "harness/simulation/units.h"

namespace tidemark::simulation {
namespace {

using raft::Index;
using raft::Term;
using Role = raft::Raft::Role;

constexpr int64_t kLongestRequestUs = 10 * kSecondUs;
constexpr size_t kManyInputs = 100;

// --- What stands around -------------------------------------------------------------------------

template <typename Body>
const Body* Arriving(const Scene& s) {
  return RaftBody<Body>(*s.message);
}

bool LeadsHere(const Scene& s) { return s.raft().leads(); }
bool LedBefore(const Scene& s) { return s.machine.seen.leads; }

bool Has(const std::vector<Term>& terms, Term term) {
  return std::find(terms.begin(), terms.end(), term) != terms.end();
}

// Another node leads in a newer term.
bool IsSucceeded(const Scene& s) {
  return std::any_of(s.around.machines.begin(), s.around.machines.end(), [&](const Machine& other) {
    return other.up() && other.number != s.machine.number && other.server->raft().leads() &&
           other.server->raft().term() > s.raft().term();
  });
}

// Another node still believes that it leads in an older one.
bool HasPredecessor(const Scene& s) {
  return std::any_of(s.around.machines.begin(), s.around.machines.end(), [&](const Machine& other) {
    return other.up() && other.number != s.machine.number && other.server->raft().leads() &&
           other.server->raft().term() < s.raft().term();
  });
}

// Answers to what this node sent as the leader of an older term.
bool LateAnswersUnderWay(const Scene& s) {
  return s.around.AnyUnderWay([&](const server::PeerMessage& message) {
    const auto* reply = RaftBody<raft::AppendReply>(message);
    return reply != nullptr && message.header.to.id == s.machine.id &&
           reply->term < s.raft().term();
  });
}

// What this node sent as the leader of an older term.
bool LateAppendsUnderWay(const Scene& s) {
  return s.around.AnyUnderWay([&](const server::PeerMessage& message) {
    const auto* append = RaftBody<raft::AppendEntries>(message);
    return append != nullptr && message.header.from.id == s.machine.id &&
           append->term < s.raft().term();
  });
}

// Whether a client waits at this node for a request of this kind.
template <typename Holds>
bool WaitsFor(const Scene& s, const Holds& holds) {
  const std::deque<Attempt>& attempts = s.around.clients.attempts();
  for (auto it = attempts.rbegin(); it != attempts.rend(); ++it) {
    if (it->asked_us + kLongestRequestUs < s.around.now_us) return false;
    const bool open = it->node == s.machine.number && it->life == s.machine.life && !it->answered;
    if (open && holds(*it->call)) return true;
  }
  return false;
}

bool IsRead(const Call& call) { return !call.opens && !Writes(call.function); }
bool IsWrite(const Call& call) { return Writes(call.function); }

bool CutOffFrom(const Scene& s, const raft::NodeId& other) {
  return !other.empty() && s.around.network.IsCut(other[1] - '1', s.machine.number);
}

bool CutOffFromAll(const Scene& s) {
  return std::all_of(s.around.machines.begin(), s.around.machines.end(), [&](const Machine& other) {
    return other.number == s.machine.number || CutOffFrom(s, other.id);
  });
}

Index HighestCommit(const Scene& s) {
  Index highest;
  for (const Machine& machine : s.around.machines) {
    if (machine.up()) highest = std::max(highest, machine.server->raft().commit_index());
  }
  return highest;
}

const raft::Progress* Peer(const Scene& s, const raft::Member& member) {
  for (const raft::Progress& peer : s.raft().peers()) {
    if (peer.peer() == member) return &peer;
  }
  return nullptr;
}

// --- What clients are told ----------------------------------------------------------------------

bool Told(const Scene& s, server::Reason reason) {
  const auto* error = std::get_if<server::Error>(&s.reply->body);
  return error != nullptr && error->reason == reason;
}

const server::ServedByFollower* FollowerServed(const Scene& s) {
  const auto* ok = std::get_if<server::RywReadOk>(&s.reply->body);
  return ok == nullptr ? nullptr : std::get_if<server::ServedByFollower>(&ok->served);
}

const Call& Asked(const Scene& s) {
  return *s.around.clients.attempt(static_cast<uint32_t>(s.reply->to.msg_id)).call;
}

bool Proved(const Scene& s) {
  const server::ServedByFollower* served = FollowerServed(s);
  return served != nullptr && served->proved_index;
}

bool TellsFate(const Scene& s, kv::Fated::Kind kind) {
  const auto* ok = std::get_if<server::FateOk>(&s.reply->body);
  return ok != nullptr && ok->fate.kind == kind;
}

// --- Elections and terms ------------------------------------------------------------------------

constexpr Landmark kOfTerms[] = {
    {"a node led twice within one life", When::kElected,
     [](const Scene& s) { return !s.notes.led.empty(); }},
    {"a leader was re-elected while answers to its former term were under way", When::kElected,
     [](const Scene& s) { return !s.notes.led.empty() && LateAnswersUnderWay(s); }},
    {"a leader was re-elected while what it had sent in its former term was under way",
     When::kElected, [](const Scene& s) { return !s.notes.led.empty() && LateAppendsUnderWay(s); }},
    {"a node led again after a restart, while answers to its former life were under way",
     When::kElected,
     [](const Scene& s) { return !s.notes.led_before.empty() && LateAnswersUnderWay(s); }},
    {"what a leader sent in its former term arrived at one who follows it in the new one",
     When::kArrives,
     [](const Scene& s) {
       const auto* append = Arriving<raft::AppendEntries>(s);
       return append != nullptr && append->term < s.raft().term() &&
              s.raft().leader() == s.message->header.from.id;
     }},
    {"an answer of an older term arrived at a leader that had led that term", When::kArrives,
     [](const Scene& s) {
       const auto* reply = Arriving<raft::AppendReply>(s);
       return reply != nullptr && LeadsHere(s) && reply->term < s.raft().term() &&
              Has(s.notes.led, reply->term);
     }},
    {"an append of an older term arrived at the leader of a newer one", When::kArrives,
     [](const Scene& s) {
       const auto* append = Arriving<raft::AppendEntries>(s);
       return append != nullptr && LeadsHere(s) && append->term < s.raft().term();
     }},
    {"a vote of an older term arrived at a candidate", When::kArrives,
     [](const Scene& s) {
       const auto* vote = Arriving<raft::Vote>(s);
       return vote != nullptr && vote->granted && s.role_before == Role::kCandidate &&
              vote->asked_term < s.raft().term();
     }},
    {"a vote arrived at one who led already", When::kArrives,
     [](const Scene& s) {
       const auto* vote = Arriving<raft::Vote>(s);
       return vote != nullptr && vote->granted && LeadsHere(s) &&
              vote->asked_term == s.raft().term();
     }},
    {"two nodes led at one time, in two terms", When::kElected, HasPredecessor},
    {"a leader stepped down since it heard no majority", When::kDeposed,
     [](const Scene& s) { return s.raft().term() == s.machine.seen.term; }},
    {"a leader led for less than 100 ms", When::kDeposed,
     [](const Scene& s) { return s.around.now_us - s.notes.elected_us < 100 * kMs; }},
    {"five terms went by between two that a node led", When::kElected,
     [](const Scene& s) {
       return !s.notes.led.empty() && s.notes.led.back().value() + 5 <= s.raft().term().value();
     }},
    {"a leader was deposed while reads waited there", When::kDeposed,
     [](const Scene& s) { return WaitsFor(s, IsRead); }},
    {"a leader was deposed while writes waited there", When::kDeposed,
     [](const Scene& s) { return WaitsFor(s, IsWrite); }},
    {"a node woke up as a leader after another had been elected", When::kSteps,
     [](const Scene& s) { return s.inputs > 1 && LedBefore(s) && IsSucceeded(s); }},
    {"a node took a hundred messages at once", When::kSteps,
     [](const Scene& s) { return s.inputs >= kManyInputs; }},
};

// --- The log ------------------------------------------------------------------------------------

constexpr Landmark kOfTheLog[] = {
    {"a leader was deposed with entries of its own that were not committed", When::kDeposed,
     [](const Scene& s) {
       const Machine::Seen& seen = s.machine.seen;
       return seen.last() > seen.commit_index && seen.TermAt(seen.last()) == seen.term;
     }},
    {"a former leader's entries gave way to its successor's", When::kCut,
     [](const Scene& s) { return Has(s.notes.led, s.machine.seen.TermAt(s.machine.seen.last())); }},
    {"entries of two terms gave way at once", When::kCut,
     [](const Scene& s) {
       const Machine::Seen& seen = s.machine.seen;
       return seen.TermAt(s.cut_from) != seen.TermAt(seen.last());
     }},
    {"ten entries gave way at once", When::kCut,
     [](const Scene& s) { return s.machine.seen.last().value() >= s.cut_from.value() + 9; }},
    {"a leader was elected with uncommitted entries of two older terms (figure 8)", When::kElected,
     [](const Scene& s) {
       const Machine::Seen& seen = s.machine.seen;
       return seen.last() > seen.commit_index.Next() &&
              seen.TermAt(seen.commit_index.Next()) != seen.TermAt(seen.last());
     }},
    {"a leader committed an entry of an older term behind one of its own", When::kSteps,
     [](const Scene& s) {
       const Machine::Seen& seen = s.machine.seen;
       return LeadsHere(s) && s.raft().commit_index() > seen.commit_index &&
              seen.commit_index < seen.last() && seen.TermAt(seen.commit_index.Next()) < seen.term;
     }},
    {"an append arrived of which all was committed already", When::kArrives,
     [](const Scene& s) {
       const auto* append = Arriving<raft::AppendEntries>(s);
       return append != nullptr && append->term == s.raft().term() && !append->entries.empty() &&
              append->entries.back()->at.index <= s.raft().commit_index();
     }},
    {"a conflict arrived below what its sender was known to have", When::kArrives,
     [](const Scene& s) {
       const auto* reply = Arriving<raft::AppendReply>(s);
       if (reply == nullptr || !LeadsHere(s)) return false;
       const auto* conflict = std::get_if<raft::Conflict>(&reply->result);
       if (conflict == nullptr) return false;
       const raft::Progress* peer = Peer(s, s.message->header.from);
       return peer != nullptr && conflict->prev_index <= peer->match_index();
     }},
    {"a restart lost entries that were not synced", When::kStarts,
     [](const Scene& s) {
       return s.notes.last_when_stopped > s.machine.server->raft().log().last_index();
     }},
    {"a leader crashed with entries that were not synced", When::kStops,
     [](const Scene& s) { return LeadsHere(s) && !s.machine.disk.idle(); }},
    {"a node crashed with promises that waited for its disk", When::kStops,
     [](const Scene& s) { return s.machine.host->holds(); }},
    {"a node started in a term that it had led", When::kStarts,
     [](const Scene& s) { return Has(s.notes.led_before, s.machine.server->raft().term()); }},
};

// --- Bootstrap, incarnations ---------------------------------------------------------------------

constexpr Landmark kOfBootstrap[] = {
    {"a node crashed before there was a cluster", When::kStops,
     [](const Scene& s) { return s.raft().log().empty(); }},
    {"a founder crashed between its log's first entry and that entry's commit", When::kStops,
     [](const Scene& s) {
       return !s.raft().log().empty() && !s.raft().commit_index() && s.machine.number == 0;
     }},
    {"a node came back empty and was sent a snapshot", When::kInstalled,
     [](const Scene& s) { return s.notes.came_back_empty; }},
    {"a founder came back empty where there was a cluster", When::kStarts,
     [](const Scene& s) {
       return s.notes.came_back_empty && s.machine.number == 0 && HighestCommit(s).value() > 0;
     }},
    {"a bootstrap was asked for where there was a history", When::kArrives,
     [](const Scene& s) {
       return Arriving<raft::RequestBootstrap>(s) != nullptr && !s.raft().log().empty();
     }},
    {"a vote came from an incarnation that is not named", When::kArrives,
     [](const Scene& s) {
       const auto* vote = Arriving<raft::Vote>(s);
       const raft::Configuration* configuration = s.raft().log().configuration();
       return vote != nullptr && configuration != nullptr &&
              !configuration->Names(s.message->header.from);
     }},
};

// --- Snapshots ----------------------------------------------------------------------------------

constexpr Landmark kOfSnapshots[] = {
    {"a snapshot took the place of entries that were not committed", When::kInstalled,
     [](const Scene& s) { return s.machine.seen.last() > s.machine.seen.commit_index; }},
    {"a snapshot was installed while a newer one was taken", When::kInstalled,
     [](const Scene& s) { return s.notes.takes_snapshot_at.has_value(); }},
    {"a leader took a snapshot while it sent an older one", When::kSteps,
     [](const Scene& s) {
       return s.out->slice && s.out->slice->first && LeadsHere(s) &&
              s.notes.sends_snapshot_in == s.raft().term();
     }},
    {"a transfer went on under another leader", When::kArrives,
     [](const Scene& s) {
       const auto* install = Arriving<raft::InstallSnapshot>(s);
       return install != nullptr &&
              s.notes.is_sent == install->piece.snapshot.last_included.index &&
              s.notes.is_sent_in < install->term && s.notes.is_sent_by != s.message->header.from.id;
     }},
    {"a piece of a snapshot arrived that was behind what was applied", When::kArrives,
     [](const Scene& s) {
       const auto* install = Arriving<raft::InstallSnapshot>(s);
       return install != nullptr && !install->piece.bytes.empty() &&
              install->piece.snapshot.last_included.index <= s.machine.server->applied();
     }},
    {"a piece of a snapshot arrived of an older term", When::kArrives,
     [](const Scene& s) {
       const auto* install = Arriving<raft::InstallSnapshot>(s);
       return install != nullptr && install->term < s.raft().term();
     }},
    {"an answer about a snapshot arrived of an older term", When::kArrives,
     [](const Scene& s) {
       const auto* reply = Arriving<raft::InstallReply>(s);
       return reply != nullptr && LeadsHere(s) && reply->term < s.raft().term();
     }},
    {"a node crashed while it was being sent a snapshot", When::kStops,
     [](const Scene& s) { return s.notes.is_sent.has_value(); }},
    {"a leader was deposed while it sent a snapshot", When::kDeposed,
     [](const Scene& s) { return s.notes.sends_snapshot_in == s.machine.seen.term; }},
    {"a node crashed while it took a snapshot", When::kStops,
     [](const Scene& s) { return s.notes.takes_snapshot_at.has_value(); }},
};

// --- Reads --------------------------------------------------------------------------------------

constexpr Landmark kOfReads[] = {
    {"a proof was served ahead of what anybody knew to be committed", When::kReplies,
     [](const Scene& s) {
       return Proved(s) && *FollowerServed(s)->proved_index > HighestCommit(s);
     }},
    {"a proof was served by a follower that its leader did not reach", When::kReplies,
     [](const Scene& s) { return Proved(s) && CutOffFrom(s, s.raft().leader()); }},
    {"a proof was served by a follower that was cut off from everybody", When::kReplies,
     [](const Scene& s) { return Proved(s) && CutOffFromAll(s); }},
    {"a follower that had served a proof came to lead before it had applied so far", When::kElected,
     [](const Scene& s) { return s.notes.proved > s.machine.seen.applied; }},
    {"a follower that had served a made-up proof lost the entry", When::kCut,
     [](const Scene& s) { return s.cut_from <= s.notes.proved; }},
    {"a read was served by a follower after it had waited", When::kReplies,
     [](const Scene& s) {
       const server::ServedByFollower* served = FollowerServed(s);
       return served != nullptr && served->waited_ms > 0;
     }},
    {"a leader was asked to read while another led in a newer term", When::kSteps,
     [](const Scene& s) {
       return s.inputs == 1 && LeadsHere(s) && !s.out->replies.empty() && IsSucceeded(s);
     }},
    {"a question arrived at one who had led and led no more", When::kArrives,
     [](const Scene& s) {
       return std::holds_alternative<server::Question>(s.message->body) && !LeadsHere(s) &&
              !s.notes.led.empty();
     }},
    {"an answer arrived to a question of a former life", When::kArrives,
     [](const Scene& s) {
       const auto* answer = std::get_if<server::Answer>(&s.message->body);
       return answer != nullptr && answer->life != s.notes.life;
     }},
    {"token_from_future was told", When::kReplies,
     [](const Scene& s) { return Told(s, server::Reason::kTokenFromFuture); }},
    {"token_lost_history was told", When::kReplies,
     [](const Scene& s) { return Told(s, server::Reason::kTokenLostHistory); }},
    {"token_other_cluster was told", When::kReplies,
     [](const Scene& s) { return Told(s, server::Reason::kTokenOtherCluster); }},
};

// --- States, and histories ----------------------------------------------------------------------

constexpr Landmark kOfStates[] = {
    {"a node found out that its state differs", When::kSteps,
     [](const Scene& s) { return s.raft().quarantined(); }},
    {"a leader found out that its state differs", When::kDeposed,
     [](const Scene& s) { return s.raft().quarantined(); }},
    {"a node started that knew of its quarantine", When::kStarts,
     [](const Scene& s) { return s.raft().quarantined(); }},
    {"a node whose state was in doubt served again", When::kReplies,
     [](const Scene& s) {
       return s.notes.was_in_doubt && !Told(s, server::Reason::kStateDiverged) &&
              !std::holds_alternative<server::StatusOk>(s.reply->body) &&
              !std::holds_alternative<server::Error>(s.reply->body);
     }},
    {"state_diverged was told", When::kReplies,
     [](const Scene& s) { return Told(s, server::Reason::kStateDiverged); }},
    {"a session of a lost history was refused in the history that took its place", When::kReplies,
     [](const Scene& s) {
       return Asked(s).of_lost_history && Told(s, server::Reason::kTokenLostHistory);
     }},
    {"a session of a forced cluster's predecessor was refused", When::kReplies,
     [](const Scene& s) {
       return Asked(s).of_lost_history && Told(s, server::Reason::kTokenOtherCluster);
     }},
    {"a writer of a lost history was nobody's", When::kReplies,
     [](const Scene& s) {
       return Asked(s).once && !s.around.clients.IsNameHere(Asked(s)) &&
              Told(s, server::Reason::kOutcomeForgotten);
     }},
};

// --- Writes -------------------------------------------------------------------------------------

constexpr Landmark kOfWrites[] = {
    {"a write that was handed in more than once was acknowledged", When::kReplies,
     [](const Scene& s) { return CommitIndexIn(s.reply->body) && Asked(s).maybe_handed_in > 1; }},
    {"a fate cancelled a write", When::kReplies,
     [](const Scene& s) { return TellsFate(s, kv::Fated::Kind::kCancelled); }},
    {"a cancelled write was handed in again and refused", When::kReplies,
     [](const Scene& s) { return Told(s, server::Reason::kCancelled); }},
    {"a fate was told that was committed", When::kReplies,
     [](const Scene& s) { return TellsFate(s, kv::Fated::Kind::kCommitted); }},
    {"a fate was unknown", When::kReplies,
     [](const Scene& s) { return TellsFate(s, kv::Fated::Kind::kUnknown); }},
    {"an outcome was forgotten", When::kReplies,
     [](const Scene& s) { return Told(s, server::Reason::kOutcomeForgotten); }},
    {"a client was refused by an overloaded node", When::kReplies,
     [](const Scene& s) { return Told(s, server::Reason::kOverloaded); }},
    {"a client was refused by a leader that has as much as may be uncommitted", When::kReplies,
     [](const Scene& s) {
       return Told(s, server::Reason::kOverloaded) && LeadsHere(s) && !s.raft().TailTakes(64);
     }},
    {"a client was refused by a leader whose disk was full", When::kReplies,
     [](const Scene& s) { return Told(s, server::Reason::kNoRoom) && LeadsHere(s); }},
    {"a fate was asked for under a name that nobody was told", When::kReplies,
     [](const Scene& s) { return Asked(s).guess && TellsFate(s, kv::Fated::Kind::kUnknown); }},
    {"a client was answered by a node that its leader did not reach", When::kReplies,
     [](const Scene& s) {
       return CommitIndexIn(s.reply->body) && CutOffFrom(s, s.raft().leader());
     }},
};

// --- Disks that go back -------------------------------------------------------------------------

bool Lacks(const Scene& s, const raft::WentBack& word) {
  return word.lost.index > s.raft().log().base().index && !s.raft().log().Matches(word.lost);
}

// A conflict that proves to this leader that the sender's disk has gone back.
const raft::Progress* FoundOut(const Scene& s) {
  const auto* reply = Arriving<raft::AppendReply>(s);
  if (reply == nullptr || !LeadsHere(s) || reply->term != s.raft().term()) return nullptr;
  const auto* conflict = std::get_if<raft::Conflict>(&reply->result);
  const raft::Progress* peer = Peer(s, s.message->header.from);
  const bool ours = reply->echo.term == s.raft().term() && s.notes.life != 0;
  if (conflict == nullptr || peer == nullptr || !ours || peer->is_told()) return nullptr;
  return peer->ProvesLoss(*conflict, reply->echo.round) ? peer : nullptr;
}

constexpr Landmark kOfDisksThatGoBack[] = {
    {"a disk went back", When::kStarts, [](const Scene& s) { return s.machine.went_back; }},
    {"a leader found out that a disk had gone back", When::kArrives,
     [](const Scene& s) { return FoundOut(s) != nullptr && FoundOut(s)->counts(); }},
    {"the proof that a disk had gone back came while reads waited at the leader", When::kArrives,
     [](const Scene& s) {
       return FoundOut(s) != nullptr && FoundOut(s)->counts() && WaitsFor(s, IsRead);
     }},
    {"a learner's match fell", When::kArrives,
     [](const Scene& s) {
       return FoundOut(s) != nullptr && !FoundOut(s)->counts() && !FoundOut(s)->lost();
     }},
    {"a node was told that its disk had gone back", When::kArrives,
     [](const Scene& s) {
       const auto* word = Arriving<raft::WentBack>(s);
       return word != nullptr && word->term >= s.raft().term() && Lacks(s, *word);
     }},
    {"a node that had its right disk back was told of the older one", When::kArrives,
     [](const Scene& s) {
       const auto* word = Arriving<raft::WentBack>(s);
       return word != nullptr && word->term == s.raft().term() && !Lacks(s, *word);
     }},
    {"a node gave itself up by an opening that its disk did not remember", When::kSteps,
     [](const Scene& s) {
       return s.out->gone_back && s.raft().lost()->index == s.machine.server->applied();
     }},
};

std::vector<Landmark> AllOf() {
  std::vector<Landmark> all;
  const auto add = [&](absl::Span<const Landmark> some) {
    all.insert(all.end(), some.begin(), some.end());
  };
  add(kOfTerms);
  add(kOfTheLog);
  add(kOfBootstrap);
  add(kOfSnapshots);
  add(kOfReads);
  add(kOfStates);
  add(kOfWrites);
  add(kOfDisksThatGoBack);
  return all;
}

}  // namespace

absl::Span<const Landmark> Landmarks() {
  static const std::vector<Landmark>* const kAll = new std::vector<Landmark>(AllOf());
  return *kAll;
}

}  // namespace tidemark::simulation
