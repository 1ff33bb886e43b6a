// Whether this node's state is what the others' is. Equal logs must give equal states; where they
// do not (broken memory, a bug, a tampered file), no answer of the odd one can be trusted. So the
// leader names an index now and then, everybody tells everybody the hash of its state there, and a
// majority of equals decides.
#ifndef TIDEMARK_NODE_SERVER_AUDIT_H_
#define TIDEMARK_NODE_SERVER_AUDIT_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "node/base/time.h"
#include "node/raft/types.h"
#include "node/server/context.h"
#include "node/server/io.h"
#include "node/server/peer_messages.h"

namespace tidemark::server {

class Audit {
 public:
  enum class Finding {
    kSound,    // no difference is known
    kDoubt,    // there is one, and no majority of equals (yet): nobody's answers can be trusted
    kDiffers,  // a majority agrees on something else than this node has; for good
  };

  // It was found before this start that the state differs.
  void Remember(const Quarantine& quarantine) {
    if (quarantine.index) finding_ = Finding::kDiffers;
  }
  // The state at `index`, which has just been applied, hashes to `hash`.
  void Applied(raft::Index index, uint64_t hash);
  // To be called in each step, once all is applied that can be: names an index where it is time for
  // one, and tells what was asked for.
  void Advanced(Context* context);
  // A peer says what its state was.
  void Told(Context* context, const raft::Member& peer, const StateHash& told);
  // The state was replaced by the one at `index`, which hashes to `hash`: what was known of the
  // former says nothing.
  void Replaced(raft::Index index, uint64_t hash);

  Finding finding() const { return finding_; }

 private:
  using Hashes = std::map<raft::Member, uint64_t>;
  struct Known {
    raft::Index index;
    uint64_t hash = 0;
  };

  std::optional<uint64_t> OwnAt(raft::Index index) const;
  bool TimeToAsk(const Context& context) const;
  // Where this node has reached `index` and has not told yet, it does.
  void TellIfReached(Context* context, raft::Index index);
  void TellAll(Context* context, raft::Index index);
  // What was told of `index`; the oldest round ends where there are too many.
  Hashes& Round(raft::Index index);
  void Judge(Context* context, raft::Index index);
  void Conclude(Context* context, raft::Index index, Finding finding);

  std::vector<Known> own_;  // the last states', at their index modulo the length
  // By index: what was told, this node's own among it. Few at a time.
  std::map<raft::Index, Hashes> rounds_;
  raft::Index newest_;    // of all rounds there were
  raft::Index seen_;      // applied, when last looked at
  raft::Index asked_;     // the last index that this node named
  Time next_ask_;         // not before
  raft::Index doubt_at_;  // the last index at which there was doubt
  Finding finding_ = Finding::kSound;
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_AUDIT_H_
