#include "node/raft/terms.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/raft/raft.h"

namespace tidemark::raft {
namespace {

enum class Says {
  kLeader,     // only a leader says this
  kAnyone,     // whatever its role
  kBootstrap,  // who wants a first cluster, or has a part in it
  kRefusal,    // what was sent is not looked at
};

struct Facts {
  Term term;
  Says says = Says::kAnyone;
};

Facts FactsOf(const RequestVote& m) { return {m.term, Says::kAnyone}; }
Facts FactsOf(const RequestBootstrap& m) { return {m.term, Says::kBootstrap}; }
Facts FactsOf(const Vote& m) {
  return {m.term, m.ballot == Ballot::kBootstrap ? Says::kBootstrap : Says::kAnyone};
}
Facts FactsOf(const AppendEntries& m) { return {m.term, Says::kLeader}; }
Facts FactsOf(const AppendReply& m) { return {m.term, Says::kAnyone}; }
Facts FactsOf(const BootstrapWanted&) { return {Term(), Says::kAnyone}; }
Facts FactsOf(const WrongIncarnation&) { return {Term(), Says::kRefusal}; }
Facts FactsOf(const WrongCluster&) { return {Term(), Says::kRefusal}; }
Facts FactsOf(const InstallSnapshot& m) { return {m.term, Says::kLeader}; }
Facts FactsOf(const InstallReply& m) { return {m.term, Says::kAnyone}; }
Facts FactsOf(const NewerTerm& m) { return {m.term, Says::kAnyone}; }
Facts FactsOf(const Unnamed& m) { return {m.term, Says::kLeader}; }
Facts FactsOf(const CommitNotice& m) { return {m.term, Says::kLeader}; }
Facts FactsOf(const WentBack& m) { return {m.term, Says::kLeader}; }

Facts FactsIn(const Body& body) {
  return std::visit([](const auto& m) { return FactsOf(m); }, body);
}

bool IsOfBootstrap(const Body& body) { return FactsIn(body).says == Says::kBootstrap; }

}  // namespace

Term TermOf(const Body& body) { return FactsIn(body).term; }

bool IsLeaders(const Body& body) { return FactsIn(body).says == Says::kLeader; }

bool IsRefusal(const Body& body) { return FactsIn(body).says == Says::kRefusal; }

const char* DoubtAbout(const Header& header, const Body& body, Term own, bool has_log) {
  const Term term = TermOf(body);
  if (term > kHighestTerm) return "no cluster gets that far";
  const bool far = term > own && term.value() - own.value() > kFarthestJump;
  // Without a log there is no term to compare with, but what the cluster's leader says.
  const bool may_jump = !has_log && header.cluster && IsLeaders(body);
  return far && !may_jump ? "no cluster gets on that fast" : nullptr;
}

// False: the message must not be looked at any further.
bool Raft::BelievesTerm(const Header& header, const Body& body) {
  if (const char* doubt = DoubtAbout(header, body, hard_state_.term, !log_.empty())) {
    RefuseTerm(header, TermOf(body), doubt);
  } else if (TermOf(body) <= hard_state_.term || header.cluster || MayRaise(header, body)) {
    return true;
  }
  const bool has_nothing = !header.cluster && std::holds_alternative<NewerTerm>(body);
  if (has_nothing) TellUnnamed(header);
  return false;
}

// One that has no log says so by naming no cluster. Its word counts where its vote does: in the
// configuration, or, before there is one, in a bootstrap, which asks that itself.
bool Raft::MayRaise(const Header& header, const Body& body) const {
  const Configuration* configuration = log_.configuration();
  if (configuration == nullptr) return IsOfBootstrap(body);
  return configuration->Names(header.from) || std::holds_alternative<RequestBootstrap>(body);
}

void Raft::RefuseTerm(const Header& header, Term term, const char* why) {
  Term& told = told_of_terms_[header.from.id];
  if (std::exchange(told, term) == term) return;
  Tell(Notice::Level::kError,
       absl::StrCat("refused a message from ", header.from.id, ": it speaks of term ", term.value(),
                    ", and ", Me(), " is in term ", hard_state_.term.value(), ": ", why,
                    ". If this goes on, stop ", header.from.id,
                    ", empty its data directory and let it join again"));
}

void Raft::TellUnnamed(const Header& header) {
  if (!leads() || log_.configuration()->Names(header.from)) return;
  Send(header.from, Unnamed{hard_state_.term}, &ready_.send_now);
}

void Raft::HandleUnnamed(Time now, const Header& header, const Unnamed& unnamed) {
  const bool concerns_me = log_.empty() && header.cluster && header.to == self();
  if (concerns_me && unnamed.term < hard_state_.term) BeginAnew(now);
}

// Nothing is lost: there is no log, and what this incarnation has voted counts nowhere. It has to
// be another, since it may vote again in the terms in which this one has.
void Raft::BeginAnew(Time now) {
  TM_ASSERT(log_.empty() && !leads());
  TM_ASSERT(!commit_index_);
  const Term before = hard_state_.term;
  identity_.self.incarnation = Incarnation(random_->NextIdentity());
  reborn_ = true;
  hard_state_ = HardState();
  hard_state_changed_ = false;
  last_standing_ = Standing();
  BecomeFollower({.election_deadline = DrawElectionDeadline(now)});
  Tell(Notice::Level::kInfo,
       absl::StrCat(Me(), " has no log, is in term ", before.value(),
                    ", and is not known to the cluster, which is in an older one: it begins anew, "
                    "as incarnation ",
                    absl::Hex(self().incarnation.value(), absl::kZeroPad16)));
}

}  // namespace tidemark::raft
