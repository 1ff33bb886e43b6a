#include "node/server/ryw_decision.h"

#include "node/base/assert.h"

namespace tidemark::server {
namespace {

RywDecision DecideAsLeader(const RywSituation& s) {
  return s.applied >= s.need ? RywDecision::kServeAsLeader : RywDecision::kConfirm;
}

RywDecision DecidePreferred(const RywSituation& s) {
  if (s.applied >= s.need) return RywDecision::kServeAsFollower;
  if (s.proved) return RywDecision::kServeProved;
  // Without a leader there is nobody who could be faster.
  const bool may_wait = s.waiting_helps || !s.leader_known;
  if (may_wait && !s.wait_over) return RywDecision::kWaitForEntries;
  return s.leader_known ? RywDecision::kForwardBehind : RywDecision::kWaitForLeader;
}

RywDecision DecideAsFollower(const RywSituation& s) {
  if (s.prefer_follower) return DecidePreferred(s);
  return s.leader_known ? RywDecision::kForwardPreferred : RywDecision::kWaitForLeader;
}

}  // namespace

RywDecision DecideRyw(const RywSituation& situation) {
  if (situation.refused) return RywDecision::kRefuse;
  return situation.leads ? DecideAsLeader(situation) : DecideAsFollower(situation);
}

bool AnsweredAtOnce(RywDecision decision) {
  switch (decision) {
    case RywDecision::kRefuse:
    case RywDecision::kServeAsFollower:
    case RywDecision::kServeProved:
    case RywDecision::kServeAsLeader:
      return true;
    case RywDecision::kConfirm:
    case RywDecision::kWaitForEntries:
    case RywDecision::kForwardBehind:
    case RywDecision::kForwardPreferred:
    case RywDecision::kWaitForLeader:
      return false;
  }
  TM_ASSERT(false && "every decision is one of these");
  return false;
}

Explanation::Decision Explained(RywDecision decision) {
  using Decision = Explanation::Decision;
  switch (decision) {
    case RywDecision::kServeProved:
      return Decision::kProve;
    case RywDecision::kWaitForEntries:
      return Decision::kWait;
    case RywDecision::kForwardBehind:
      return Decision::kRedirect;
    case RywDecision::kForwardPreferred:
      return Decision::kLeaderPreferred;
    case RywDecision::kServeAsLeader:
    case RywDecision::kConfirm:
      return Decision::kLead;
    case RywDecision::kWaitForLeader:
      return Decision::kNoLeader;
    case RywDecision::kRefuse:
    case RywDecision::kServeAsFollower:
      return Decision::kServe;
  }
  return Decision::kServe;
}

}  // namespace tidemark::server
