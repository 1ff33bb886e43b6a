// What a record means for what the segments of a log hold.
#ifndef TIDEMARK_NODE_STORAGE_GREATEST_H_
#define TIDEMARK_NODE_STORAGE_GREATEST_H_

#include <algorithm>
#include <variant>

#include "node/base/assert.h"
#include "node/base/overloaded.h"
#include "node/raft/types.h"
#include "node/server/io.h"

namespace tidemark::storage {

// The entry that the record is; nullptr: it is none, and is restated at the head of a new segment.
inline const raft::EntryRef* EntryIn(const server::Record& record) {
  using Entry = const raft::EntryRef*;
  return std::visit(Overloaded{
                        [](const raft::EntryRef& entry) -> Entry { return &entry; },
                        [](const raft::HardState&) -> Entry { return nullptr; },
                        [](const raft::LogBase&) -> Entry { return nullptr; },
                        [](const raft::Rebirth&) -> Entry { return nullptr; },
                        [](const server::WriterNumber&) -> Entry { return nullptr; },
                        [](const server::Quarantine&) -> Entry { return nullptr; },
                        [](const server::CommitHint&) -> Entry { return nullptr; },
                        [](const server::GoneBack&) -> Entry { return nullptr; },
                    },
                    record);
}

// `record` comes last of all that is in `segments`, whose `greatest` is the index of the last entry
// in them that may be needed. A log base empties the log: none of those before it is.
template <typename Segments>
void NoteGreatest(const server::Record& record, Segments* segments) {
  TM_ASSERT(!segments->empty());
  if (std::holds_alternative<raft::LogBase>(record)) {
    for (auto& segment : *segments) segment.greatest = raft::Index();
  } else if (const raft::EntryRef* entry = EntryIn(record)) {
    raft::Index& greatest = segments->back().greatest;
    greatest = std::max(greatest, (*entry)->at.index);
  }
}

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_GREATEST_H_
