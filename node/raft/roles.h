// A role's state lives in the role: a follower has no match_index to get wrong.
#ifndef TIDEMARK_NODE_RAFT_ROLES_H_
#define TIDEMARK_NODE_RAFT_ROLES_H_

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "node/base/time.h"
#include "node/raft/disk_watch.h"
#include "node/raft/messages.h"
#include "node/raft/progress.h"
#include "node/raft/rounds.h"
#include "node/raft/types.h"

namespace tidemark::raft {

struct Follower {
  NodeId leader;  // empty: not known
  // Until then a leader was heard recently enough to refuse votes (dissertation §4.2.3).
  Time loyal_until;
  // When to stand for election; Never for one who may not stand.
  Time election_deadline = Time::Never();
};

struct Candidate {
  Ballot ballot = Ballot::kPreVote;
  // When to try again; Never while bootstrapping, which only a request repeats.
  Time deadline = Time::Never();
  // A vote for oneself counts once it is on disk, as any other does.
  uint64_t own_vote_sequence = 0;
  std::vector<Member> votes;
};

// A linearizable read that waits for proof that this node still led when it arrived.
struct PendingRead {
  uint64_t id = 0;
  Index read_index;
  uint64_t round = 0;  // confirmed once a quorum has acknowledged this round
};

struct Leader {
  Index term_start;  // this term's first entry
  Rounds rounds;
  Time heartbeat_deadline;
  std::vector<Progress> peers;    // sorted by id, without this node
  std::deque<PendingRead> reads;  // ids, rounds and read indexes never fall from front to back
  DiskWatch own_disk;
  // Whose disks have gone back in this term, with what they lack. A name that has been another
  // incarnation meanwhile is this one again.
  std::map<Member, LogPosition> lost;
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_ROLES_H_
