// What a crash leaves of a node.
#ifndef TIDEMARK_HARNESS_EXPLORE_DISK_H_
#define TIDEMARK_HARNESS_EXPLORE_DISK_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/explore/options.h"
#include "node/raft/messages.h"
#include "node/raft/snapshot.h"
#include "node/raft/types.h"

namespace tidemark::explore {

// Nothing is ever compacted here, so no log begins anew.
using Record = std::variant<raft::HardState, raft::EntryRef, raft::LogBase, raft::Rebirth>;

struct Disk {
  raft::Rebirth rebirth;
  raft::HardState hard_state;
  std::vector<raft::EntryRef> log;

  void Write(const Record& record);
  // What a disk of this kind has left after a crash; an honest one: all that was written.
  void Crash(DiskKind kind);
};

// What `message` promises in its sender's name that a crash of the sender would break; nothing: it
// promises nothing, or the sender's disk keeps it.
std::optional<std::string> BrokenPromise(const raft::Message& message, const Disk& disk);

}  // namespace tidemark::explore

#endif  // TIDEMARK_HARNESS_EXPLORE_DISK_H_
