#include "node/server/audit.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"

namespace tidemark::server {
namespace {

// So many states back a node can still say what its own was: enough for the time that a question
// takes at full speed.
constexpr size_t kOwnHashes = 8192;
constexpr size_t kMostRounds = 8;
// A word that is lost is asked for again once before anybody doubts for want of it.
constexpr int64_t kIntervalsToDecide = 2;

}  // namespace

void Audit::Applied(raft::Index index, uint64_t hash) {
  if (own_.empty()) own_.resize(kOwnHashes);
  own_[index.value() % kOwnHashes] = {index, hash};
}

std::optional<uint64_t> Audit::OwnAt(raft::Index index) const {
  if (own_.empty() || !index) return std::nullopt;
  const Known& known = own_[index.value() % kOwnHashes];
  if (known.index != index) return std::nullopt;
  return known.hash;
}

void Audit::Replaced(raft::Index index, uint64_t hash) {
  own_.clear();
  rounds_.clear();
  Applied(index, hash);
}

// As long as a difference is known the same index is named again: what decides may have been lost,
// here or at another node.
bool Audit::TimeToAsk(const Context& context) const {
  if (!context.leads() || context.now() < next_ask_) return false;
  return context.applied() > asked_ || finding_ == Finding::kDoubt || SomeOpen() || !odd_.empty();
}

bool Audit::SomeOpen() const {
  return std::any_of(rounds_.begin(), rounds_.end(), [this](const Round& round) {
    return round.own.index >= agreed_ && round.decide_by != Time::Never();
  });
}

void Audit::Advanced(Context* context) {
  if (finding_ == Finding::kDiffers) return;
  if (TimeToAsk(*context) && OwnAt(context->applied())) {
    // A new leader lets an interval pass, as an old one does.
    const bool first = next_ask_ == Time();
    next_ask_ = context->now() + context->options().audit_interval;
    if (!first) {
      asked_ = context->applied();
      TellAll(context, asked_);
    }
  }
  const raft::Index before = std::exchange(seen_, context->applied());
  if (seen_ <= before) return;
  auto leader = peers_.find(context->raft().leader());
  if (leader == peers_.end()) return;
  for (const Known& named : leader->second.told) {
    if (named.index > before) TellIfNamed(context, named.index);
  }
}

void Audit::Told(Context* context, const raft::Member& peer, const StateHash& told) {
  if (finding_ == Finding::kDiffers) return;
  Note(peer, told);
  if (peer.id == context->raft().leader()) TellIfNamed(context, told.index);
  JudgeAt(context, told.index);
}

void Audit::Note(const raft::Member& peer, const StateHash& told) {
  Peer& known = peers_[peer.id];
  if (known.incarnation != peer.incarnation) known = {peer.incarnation, {}};
  if (!IsOdd(peer)) odd_.erase(peer.id);  // it has come back as a new one
  auto same = std::find_if(known.told.begin(), known.told.end(),
                           [&](const Known& one) { return one.index == told.index; });
  if (same != known.told.end()) known.told.erase(same);
  known.told.push_back({told.index, told.hash});
  if (known.told.size() > kMostRounds) known.told.pop_front();
}

// Of a round that is over nothing is said again, or late copies would be answered by copies. The
// last one a leader names again where an answer was lost.
void Audit::TellIfNamed(Context* context, raft::Index index) {
  if (finding_ == Finding::kDiffers || index < last_told_) return;
  if (index > context->applied() || !OwnAt(index)) return;
  TellAll(context, index);
}

void Audit::TellAll(Context* context, raft::Index index) {
  TM_ASSERT(finding_ != Finding::kDiffers);
  const uint64_t own = *OwnAt(index);
  for (const raft::NodeId& id : context->raft().identity().node_ids) {
    if (id != context->self()) context->TellPeer(id, StateHash{index, own});
  }
  const bool begun = std::any_of(rounds_.begin(), rounds_.end(),
                                 [&](const Round& round) { return round.own.index == index; });
  last_told_ = index;
  if (!begun) rounds_.push_back({{index, own}});
  if (rounds_.size() > kMostRounds) rounds_.pop_front();
  JudgeAt(context, index);
}

bool Audit::IsOdd(const raft::Member& member) const {
  auto it = odd_.find(member.id);
  return it != odd_.end() && it->second == member.incarnation;
}

std::optional<uint64_t> Audit::WordOf(const Context& context, const raft::Member& member,
                                      const Round& round) const {
  if (member == context.raft().self()) return round.own.hash;
  auto it = peers_.find(member.id);
  if (it == peers_.end() || it->second.incarnation != member.incarnation) return std::nullopt;
  for (const Known& told : it->second.told) {
    if (told.index == round.own.index) return told.hash;
  }
  return std::nullopt;
}

std::vector<MemberWord> Audit::Words(const Context& context,
                                     const raft::Configuration& configuration,
                                     const Round& round) const {
  std::vector<MemberWord> words;
  for (const raft::Member& member : configuration.members) {
    words.push_back({WordOf(context, member, round), IsOdd(member)});
  }
  return words;
}

void Audit::JudgeAt(Context* context, raft::Index index) {
  for (Round& round : rounds_) {
    if (round.own.index == index) return Judge(context, &round);
  }
}

// Where a majority agreed at a later index, a difference that came before says nothing.
void Audit::Judge(Context* context, Round* round) {
  const raft::Index index = round->own.index;
  const raft::Configuration* configuration = context->raft().log().ConfigurationAt(index);
  if (configuration == nullptr) return;
  switch (VerdictOfRound(round->own.hash, Words(*context, *configuration, *round),
                         configuration->Quorum())) {
    case RoundVerdict::kNoDifference:
      return;
    case RoundVerdict::kAgreed:
      return Agreed(context, *configuration, round);
    case RoundVerdict::kOutvoted:
      return Conclude(context, index, Finding::kDiffers);
    case RoundVerdict::kOpen:
      if (index < agreed_) return;
      round->decide_by = std::min(
          round->decide_by,
          context->now() + Duration{context->options().audit_interval.us * kIntervalsToDecide});
      if (context->now() >= round->decide_by) Conclude(context, index, Finding::kDoubt);
      return;
    case RoundVerdict::kHopeless:
      if (index >= agreed_) Conclude(context, index, Finding::kDoubt);
      return;
  }
}

void Audit::Agreed(Context* context, const raft::Configuration& configuration, Round* round) {
  agreed_ = std::max(agreed_, round->own.index);
  round->decide_by = Time::Never();
  for (const raft::Member& member : configuration.members) {
    const std::optional<uint64_t> word = WordOf(*context, member, *round);
    if (!word || *word == round->own.hash || IsOdd(member)) continue;
    odd_[member.id] = member.incarnation;
    context->Tell(raft::Notice::Level::kWarning,
                  absl::StrCat(context->self(), ": the state of ", member.id, " at index ",
                               round->own.index.value(),
                               " is not the one that a majority agrees on, this node among it: ",
                               member.id, " is no longer listened to about states. Replace it"));
  }
  Conclude(context, round->own.index, Finding::kSound);
}

void Audit::PassDeadlines(Context* context) {
  for (Round& round : rounds_) {
    if (round.decide_by > context->now()) continue;
    Judge(context, &round);
    round.decide_by = Time::Never();
  }
}

Time Audit::deadline() const {
  Time first = Time::Never();
  for (const Round& round : rounds_) first = std::min(first, round.decide_by);
  return first;
}

void Audit::Conclude(Context* context, raft::Index index, Finding finding) {
  if (finding_ == Finding::kDiffers) return;
  if (finding == Finding::kSound && index < doubt_at_) return;
  if (finding == Finding::kDoubt) doubt_at_ = std::max(doubt_at_, index);
  if (finding == finding_) return;
  finding_ = finding;
  switch (finding) {
    case Finding::kSound:
      return context->Tell(
          raft::Notice::Level::kWarning,
          absl::StrCat(context->self(), ": a majority has the state that this node has at index ",
                       index.value(), ": it serves again"));
    case Finding::kDoubt:
      return TellDoubt(context, index);
    case Finding::kDiffers:
      return EnterQuarantine(context, index);
  }
}

void Audit::TellDoubt(Context* context, raft::Index index) const {
  context->Tell(raft::Notice::Level::kError,
                absl::StrCat(context->self(), ": the nodes' states differ at index ", index.value(),
                             " and no majority agrees on one: this node serves nothing until one "
                             "does. Start the nodes that are down; if it stays so, keep copies "
                             "of all directories and look for what differs (node dump)"));
}

// Consensus has told the operator what there is.
void Audit::Contradicted(Context* context, raft::Index index) {
  if (finding_ == Finding::kDiffers) return;
  finding_ = Finding::kDiffers;
  BeginQuarantine(context, index);
}

// From here on this node says nothing of its state any more: the others have what they need.
void Audit::BeginQuarantine(Context* context, raft::Index index) {
  for (Round& round : rounds_) round.decide_by = Time::Never();
  context->raft().Quarantine(context->now());
  context->Persist(server::Quarantine{index});
}

void Audit::EnterQuarantine(Context* context, raft::Index index) {
  BeginQuarantine(context, index);
  context->Tell(raft::Notice::Level::kError,
                absl::StrCat(context->self(),
                             ": a majority of the nodes agrees on another state "
                             "than this one has at index ",
                             index.value(),
                             ": it has put itself under quarantine, serves nothing and leads no "
                             "more. Stop it, keep a copy of its directory to find out why "
                             "(memory? disk? a bug?), and let it join again with an empty one"));
}

}  // namespace tidemark::server
