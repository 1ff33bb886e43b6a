#include "node/server/ryw_decision.h"

namespace tidemark::server {
namespace {

RywDecision DecideAsLeader(const RywSituation& s) {
  return s.applied >= s.need ? RywDecision::kServeAsLeader : RywDecision::kConfirm;
}

RywDecision DecideAsFollower(const RywSituation& s) {
  if (s.prefer_follower && s.applied >= s.need) return RywDecision::kServeAsFollower;
  if (s.prefer_follower && !s.wait_over) return RywDecision::kWaitForEntries;
  if (!s.leader_known) return RywDecision::kWaitForLeader;
  return s.prefer_follower ? RywDecision::kForwardBehind : RywDecision::kForwardPreferred;
}

}  // namespace

RywDecision DecideRyw(const RywSituation& situation) {
  return situation.leads ? DecideAsLeader(situation) : DecideAsFollower(situation);
}

}  // namespace tidemark::server
