#include "node/server/audit.h"

#include <algorithm>
#include <set>
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

// What the members of a configuration said of one index.
struct Count {
  size_t most = 0;  // as many agree on
  uint64_t hash = 0;
  bool differ = false;
};

Count CountOf(const std::map<raft::Member, uint64_t>& told,
              const raft::Configuration& configuration) {
  Count count;
  std::map<uint64_t, size_t> equals;
  for (const raft::Member& member : configuration.members) {
    auto it = told.find(member);
    if (it == told.end()) continue;
    const size_t equal = ++equals[it->second];
    if (equal <= count.most) continue;
    count.most = equal;
    count.hash = it->second;
  }
  count.differ = equals.size() > 1;
  return count;
}

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
  for (auto& [at, told] : rounds_) told.clear();
  Applied(index, hash);
}

// While there is doubt the same index is asked for again: what decides may have been lost.
bool Audit::TimeToAsk(const Context& context) const {
  if (!context.leads() || context.now() < next_ask_) return false;
  return context.applied() > asked_ || finding_ == Finding::kDoubt;
}

void Audit::Advanced(Context* context) {
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
  std::vector<raft::Index> reached;
  for (auto it = rounds_.upper_bound(before); it != rounds_.end() && it->first <= seen_; ++it) {
    reached.push_back(it->first);
  }
  for (const raft::Index index : reached) TellIfReached(context, index);
}

void Audit::Told(Context* context, const raft::Member& peer, const StateHash& told) {
  // Of a round that is over nothing is said again: late copies would be answered by copies.
  if (told.index <= newest_ && rounds_.count(told.index) == 0) return;
  Hashes& hashes = Round(told.index);
  const bool again = hashes.count(peer) > 0;
  hashes[peer] = told.hash;
  // The leader asks again where an answer was lost.
  if (again && peer.id == context->raft().leader()) {
    if (const std::optional<uint64_t> own = OwnAt(told.index)) {
      context->TellPeer(peer.id, StateHash{told.index, *own});
    }
  }
  TellIfReached(context, told.index);
}

void Audit::TellIfReached(Context* context, raft::Index index) {
  auto round = rounds_.find(index);
  if (round == rounds_.end() || index > context->applied()) return;
  if (!OwnAt(index)) {
    rounds_.erase(round);  // too long ago to say anything about it
  } else if (round->second.count(context->raft().self()) == 0) {
    TellAll(context, index);
  } else {
    Judge(context, index);
  }
}

void Audit::TellAll(Context* context, raft::Index index) {
  const uint64_t own = *OwnAt(index);
  for (const raft::NodeId& id : context->raft().identity().node_ids) {
    if (id != context->self()) context->TellPeer(id, StateHash{index, own});
  }
  Round(index)[context->raft().self()] = own;
  Judge(context, index);
}

Audit::Hashes& Audit::Round(raft::Index index) {
  newest_ = std::max(newest_, index);
  Hashes& hashes = rounds_[index];
  if (rounds_.size() > kMostRounds && rounds_.begin()->first != index) {
    rounds_.erase(rounds_.begin());
  }
  return hashes;
}

void Audit::Judge(Context* context, raft::Index index) {
  const raft::Configuration* configuration = context->raft().log().ConfigurationAt(index);
  if (configuration == nullptr) return;
  const Hashes& told = rounds_.at(index);
  const Count count = CountOf(told, *configuration);
  const uint64_t own = told.at(context->raft().self());
  if (count.most >= configuration->Quorum()) {
    Conclude(context, index, count.hash == own ? Finding::kSound : Finding::kDiffers);
  } else if (count.differ) {
    Conclude(context, index, Finding::kDoubt);
  }
}

void Audit::Conclude(Context* context, raft::Index index, Finding finding) {
  if (finding_ == Finding::kDiffers) return;
  if (finding == Finding::kSound && index < doubt_at_) return;
  if (finding == Finding::kDoubt) doubt_at_ = std::max(doubt_at_, index);
  if (finding == finding_) return;
  finding_ = finding;
  const std::string at = absl::StrCat("at index ", index.value());
  if (finding == Finding::kSound) {
    context->Tell(raft::Notice::Level::kWarning,
                  absl::StrCat(context->self(), ": a majority has the state that this node has ",
                               at, ": it serves again"));
  } else if (finding == Finding::kDoubt) {
    context->Tell(raft::Notice::Level::kError,
                  absl::StrCat(context->self(), ": the nodes' states differ ", at,
                               " and no majority agrees on one: this node serves nothing until one "
                               "does. Start the nodes that are down; if it stays so, keep copies "
                               "of all directories and look for what differs (node dump)"));
  } else {
    context->raft().Quarantine(context->now());
    context->Persist(server::Quarantine{index});
    context->Tell(raft::Notice::Level::kError,
                  absl::StrCat(context->self(),
                               ": a majority of the nodes agrees on another state "
                               "than this one has ",
                               at,
                               ": it has put itself under quarantine, serves nothing and leads no "
                               "more. Stop it, keep a copy of its directory to find out why "
                               "(memory? disk? a bug?), and let it join again with an empty one"));
  }
}

}  // namespace tidemark::server
