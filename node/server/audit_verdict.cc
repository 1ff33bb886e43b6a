#include "node/server/audit_verdict.h"

#include <algorithm>
#include <map>

#include "node/base/assert.h"

namespace tidemark::server {
namespace {

// The most members that agree on one hash which is not `own`.
size_t MostAgainst(uint64_t own, absl::Span<const MemberWord> members) {
  size_t most = 0;
  std::map<uint64_t, size_t> equals;
  for (const MemberWord& word : members) {
    if (word.hash && *word.hash != own) most = std::max(most, ++equals[*word.hash]);
  }
  return most;
}

}  // namespace

RoundVerdict VerdictOfRound(uint64_t own, absl::Span<const MemberWord> members, size_t quorum) {
  TM_ASSERT(quorum > members.size() / 2);
  if (MostAgainst(own, members) >= quorum) return RoundVerdict::kOutvoted;
  size_t agree = 0;
  size_t silent = 0;
  size_t differ = 0;
  for (const MemberWord& word : members) {
    if (word.odd) continue;
    size_t& count = !word.hash ? silent : *word.hash == own ? agree : differ;
    ++count;
  }
  if (agree >= quorum) return RoundVerdict::kAgreed;
  if (differ == 0) return RoundVerdict::kNoDifference;
  return agree + silent >= quorum ? RoundVerdict::kOpen : RoundVerdict::kHopeless;
}

}  // namespace tidemark::server
