// What a node keeps on its disk as JSON, for people: entries as messages between nodes have them.
#ifndef TIDEMARK_NODE_WIRE_RECORD_TEXT_H_
#define TIDEMARK_NODE_WIRE_RECORD_TEXT_H_

#include "node/raft/types.h"
#include "node/server/io.h"
#include "node/wire/object_writer.h"

namespace tidemark::wire {

// A record is one member of `object`: hard_state, entry, writer_number, log_base, quarantine or
// rebirth.
void AppendRecordText(const server::Record& record, ObjectWriter* object);
// As the members cluster and members.
void AppendConfigurationText(const raft::Configuration& configuration, ObjectWriter* object);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_RECORD_TEXT_H_
