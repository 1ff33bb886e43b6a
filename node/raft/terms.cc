#include "node/raft/terms.h"

#include <variant>

namespace tidemark::raft {
namespace {

struct TermIn {
  Term operator()(const RequestVote& m) const { return m.term; }
  Term operator()(const RequestFounding& m) const { return m.term; }
  Term operator()(const Vote& m) const { return m.term; }
  Term operator()(const AppendEntries& m) const { return m.term; }
  Term operator()(const AppendReply& m) const { return m.term; }
  Term operator()(const FoundingWanted&) const { return Term(); }
  Term operator()(const WrongIncarnation&) const { return Term(); }
  Term operator()(const WrongCluster&) const { return Term(); }
  Term operator()(const InstallSnapshot& m) const { return m.term; }
  Term operator()(const InstallReply& m) const { return m.term; }
  Term operator()(const NewerTerm& m) const { return m.term; }
};

}  // namespace

Term TermOf(const Body& body) { return std::visit(TermIn(), body); }

bool IsLeaders(const Body& body) {
  return std::holds_alternative<AppendEntries>(body) ||
         std::holds_alternative<InstallSnapshot>(body);
}

const char* DoubtAbout(const Header& header, const Body& body, Term own, bool has_log) {
  const Term term = TermOf(body);
  if (term > kHighestTerm) return "no cluster gets that far";
  const bool far = term > own && term.value() - own.value() > kFarthestJump;
  // Without a log there is no term to compare with, but what the cluster's leader says.
  const bool may_jump = !has_log && header.cluster && IsLeaders(body);
  return far && !may_jump ? "no cluster gets on that fast" : nullptr;
}

}  // namespace tidemark::raft
