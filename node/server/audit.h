// Whether this node's state is what the others' is. Equal logs must give equal states; where they
// do not (broken memory, a bug, a tampered file), no answer of the odd one can be trusted. So the
// leader names an index now and then, everybody tells everybody the hash of its state there, and a
// majority of equals decides.
#ifndef TIDEMARK_NODE_SERVER_AUDIT_H_
#define TIDEMARK_NODE_SERVER_AUDIT_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "node/base/time.h"
#include "node/raft/types.h"
#include "node/server/audit_verdict.h"
#include "node/server/context.h"
#include "node/server/io.h"
#include "node/server/peer_messages.h"

namespace tidemark::server {

class Audit {
 public:
  enum class Finding {
    kSound,  // no difference is known that may not be another node's
    kDoubt,  // there is one, and no majority of equals (yet): nobody's answers can be trusted
    // A majority agrees on something else than this node has, or a leader has it: for good.
    kDiffers,
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
  // A peer says what its state was. Only a leader's word is answered.
  void Told(Context* context, const raft::Member& peer, const StateHash& told);
  // The state was replaced by the one at `index`, which hashes to `hash`: what was known of the
  // former says nothing.
  void Replaced(raft::Index index, uint64_t hash);
  // A leader has another entry at `index` than this node, where that is committed.
  void Contradicted(Context* context, raft::Index index);
  void PassDeadlines(Context* context);

  Time deadline() const;
  Finding finding() const { return finding_; }

 private:
  struct Known {
    raft::Index index;
    uint64_t hash = 0;
  };
  // What a node told last, a few at a time, in the order of arrival: whatever it names, it takes
  // nobody else's place.
  struct Peer {
    raft::Incarnation incarnation;
    std::deque<Known> told;
  };
  // An index at which this node has told its own state.
  struct Round {
    Known own;
    Time decide_by = Time::Never();  // while it is open: doubt from then on
  };

  std::optional<uint64_t> OwnAt(raft::Index index) const;
  bool TimeToAsk(const Context& context) const;
  // A round is open that is not overtaken by one in which a majority agreed.
  bool SomeOpen() const;
  void Note(const raft::Member& peer, const StateHash& told);
  // This node has reached what its leader named.
  void TellIfNamed(Context* context, raft::Index index);
  void TellAll(Context* context, raft::Index index);
  std::optional<uint64_t> WordOf(const Context& context, const raft::Member& member,
                                 const Round& round) const;
  std::vector<MemberWord> Words(const Context& context, const raft::Configuration& configuration,
                                const Round& round) const;
  void JudgeAt(Context* context, raft::Index index);
  void Judge(Context* context, Round* round);
  void Agreed(Context* context, const raft::Configuration& configuration, Round* round);
  bool IsOdd(const raft::Member& member) const;
  void Conclude(Context* context, raft::Index index, Finding finding);
  void TellDoubt(Context* context, raft::Index index) const;
  void BeginQuarantine(Context* context, raft::Index index);
  void EnterQuarantine(Context* context, raft::Index index);

  std::vector<Known> own_;  // the last states', at their index modulo the length
  std::map<raft::NodeId, Peer> peers_;
  std::deque<Round> rounds_;  // few, each index once
  // Whom a majority that this node belonged to has judged. No other word of theirs counts.
  std::map<raft::NodeId, raft::Incarnation> odd_;
  raft::Index last_told_;  // the last index for which this node began a round
  raft::Index agreed_;     // the last index at which a majority had this node's state
  raft::Index seen_;       // applied, when last looked at
  raft::Index asked_;      // the last index that this node named
  Time next_ask_;          // not before
  raft::Index doubt_at_;   // the last index at which there was doubt
  Finding finding_ = Finding::kSound;
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_AUDIT_H_
