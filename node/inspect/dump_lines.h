// What a node's directory holds, as lines of JSON (without their newlines).
#ifndef TIDEMARK_NODE_INSPECT_DUMP_LINES_H_
#define TIDEMARK_NODE_INSPECT_DUMP_LINES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "node/kv/state_part.h"
#include "node/raft/snapshot.h"
#include "node/raft/types.h"
#include "node/server/io.h"
#include "node/storage/identity.h"

namespace tidemark::inspect {

std::string IdentityLine(std::string_view directory, const storage::Identity& identity);
// Of the whole snapshot: the head of its state is its first part.
std::string SnapshotLine(std::string_view file, const raft::Snapshot& snapshot,
                         const kv::StateHead& head);
std::string KeyLine(const kv::KeyPart& key);
std::string RecordLine(std::string_view file, uint64_t offset, const server::Record& record);
// What is odd there.
std::string NoteLine(std::string_view note);
// Where it ended early, and why.
std::string ProblemLine(std::string_view problem);

}  // namespace tidemark::inspect

#endif  // TIDEMARK_NODE_INSPECT_DUMP_LINES_H_
