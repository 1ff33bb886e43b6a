#include "node/server/verdict.h"

#include <algorithm>

namespace tidemark::server {

kv::Verdict VerdictOn(const Context& context, const Token& token) {
  if (!token || token->index > context.applied().value()) return kv::Verdict::kHolds;
  return context.machine().history().Judge(*token, context.applied().value());
}

kv::Verdict VerdictBeyond(raft::Index committed, raft::ClusterId cluster, const Token& token) {
  const bool of_token = token && token->index > committed.value();
  if (of_token && token->cluster != cluster.value()) return kv::Verdict::kOtherCluster;
  return kv::Verdict::kFromFuture;
}

raft::Index NeedOf(raft::Index last_write_index, const Token& token, bool in_session) {
  const raft::Index seen(token ? token->index : (in_session ? 1 : 0));
  return std::max(last_write_index, seen);
}

}  // namespace tidemark::server
