// Snapshots for tests of consensus: small ones, whose files are bytes of no meaning.
#ifndef TIDEMARK_NODE_RAFT_TESTING_SNAPSHOTS_H_
#define TIDEMARK_NODE_RAFT_TESTING_SNAPSHOTS_H_

#include <cstdint>
#include <string>

#include "node/raft/testing/played.h"

namespace tidemark::raft {

// 100 bytes, of the state at index 5 of term 1.
inline Snapshot Taken(uint64_t term = 1, uint64_t index = 5, uint64_t checksum = 7) {
  return {At(term, index), {kCluster, {kN1, kN2, kN3}}, 100, checksum};
}

inline SnapshotPiece PieceOf(const Snapshot& snapshot, uint64_t offset, uint64_t bytes = 10) {
  return {snapshot, offset, std::string(bytes, 'x')};
}

// Pieces of 10 bytes, four at a time; a log that keeps nothing.
inline Options Small() {
  Options options;
  options.snapshot_piece_bytes = 10;
  options.keep_log_bytes = 0;
  return options;
}

inline InstallReply ReplyOf(uint64_t term, uint64_t round, const Snapshot& snapshot,
                            uint64_t offset, uint64_t written) {
  return {Term(term),     {kLife, Term(term), round}, snapshot.last_included,
          snapshot.bytes, snapshot.checksum,          offset,
          written};
}

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_TESTING_SNAPSHOTS_H_
