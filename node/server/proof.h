// A session is a proof: who holds (index, term, stamp) has been told that this entry is committed.
// Where a log has that entry, by Log Matching (paper §5.3) it has the whole committed history up to
// it, and can answer as of it though no leader has said so yet.
#ifndef TIDEMARK_NODE_SERVER_PROOF_H_
#define TIDEMARK_NODE_SERVER_PROOF_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "node/kv/state_machine.h"
#include "node/raft/types.h"
#include "node/server/context.h"

namespace tidemark::server {

// Whether this node's log has the entry that `session` names, in the session's cluster, not below
// applied() and not too far above it to be looked at.
bool Proves(const Context& context, const kv::Session& session);

// The state as of what sessions prove: a copy on write of the applied one, which stays as it is. If
// the session is forged, so is what its holder reads; nobody else notices.
class ProvedState {
 public:
  // The value of `key` as of session.index, or nullopt. Valid until the next call or step.
  // REQUIRES: Proves(context, session).
  std::optional<std::string_view> Get(const Context& context, const kv::Session& session,
                                      const std::string& key);

 private:
  void Begin(const Context& context);

  // One that reads can share: they come in numbers after one write.
  std::unique_ptr<kv::StateMachine> machine_;
  raft::Index from_;      // what was applied when it was made
  raft::LogPosition at_;  // the entry up to which it goes
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_PROOF_H_
