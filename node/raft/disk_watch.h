// Whether a leader's own disk hangs where those of a majority do not. It is told at each heartbeat
// how far everybody has come.
#ifndef TIDEMARK_NODE_RAFT_DISK_WATCH_H_
#define TIDEMARK_NODE_RAFT_DISK_WATCH_H_

#include "node/base/time.h"
#include "node/raft/digest.h"
#include "node/raft/types.h"

namespace tidemark::raft {

class DiskWatch {
 public:
  // The leader's log ends at `last`, and its disk has acknowledged all up to `durable`; a majority
  // without it, which is heard, has all up to `others` on disk.
  void Note(Time now, Index last, Index durable, Index others);
  // For three election time-outs a majority has had what the own disk still has not. Where that
  // majority took longer than that itself, for as long as it took, up to ten: one that is slow
  // among the slow does not hang.
  bool Hangs(Time now, Duration election_timeout) const;
  // The entry that the own disk is waited for; zero: none.
  Index watched() const { return watched_; }

  void AddTo(Time now, Digest* digest) const;

 private:
  Index watched_;
  Time since_;                        // when it was first waited for
  Time others_have_ = Time::Never();  // since when a majority has it
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_DISK_WATCH_H_
