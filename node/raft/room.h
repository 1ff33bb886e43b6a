// How much room storage has left for entries, as far as it has said so.
#ifndef TIDEMARK_NODE_RAFT_ROOM_H_
#define TIDEMARK_NODE_RAFT_ROOM_H_

#include <cstdint>
#include <vector>

#include "node/raft/digest.h"

namespace tidemark::raft {

// Until Set is called there is always room.
class Room {
 public:
  // Behind the records of step `sequence` there is room for `bytes`. Word that comes late, after
  // that of a later step, changes nothing.
  void Set(uint64_t sequence, uint64_t bytes);
  // Whether `bytes` more fit, behind what was appended in later steps than the one of the last Set.
  bool Has(uint64_t bytes) const { return !known_ || used_ + bytes <= bytes_; }

  // An entry is appended in the step under way, whose number EndStep tells.
  void Use(uint64_t bytes);
  void EndStep(uint64_t sequence);
  // Nothing will be said any more of what was before step `sequence`.
  void Persisted(uint64_t sequence);

  // `persisted`: steps count from there.
  void AddTo(uint64_t persisted, Digest* digest) const;

 private:
  struct Step {
    uint64_t sequence = 0;
    uint64_t bytes = 0;
  };

  void Forget(uint64_t sequence);

  bool known_ = false;
  uint64_t sequence_ = 0;
  uint64_t bytes_ = 0;
  uint64_t under_way_ = 0;
  uint64_t used_ = 0;        // by steps_ and what is under way
  std::vector<Step> steps_;  // a few
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_ROOM_H_
