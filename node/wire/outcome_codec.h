// What came of a command, as JSON.
#ifndef TIDEMARK_NODE_WIRE_OUTCOME_CODEC_H_
#define TIDEMARK_NODE_WIRE_OUTCOME_CODEC_H_

#include <string_view>

#include "node/kv/command.h"
#include "node/wire/checked.h"
#include "node/wire/object_writer.h"

namespace tidemark::wire {

// `body` has the fields among others, which are left alone.
kv::Applied DecodeApplied(const Checked& body);
void AppendApplied(const kv::Applied& applied, ObjectWriter* body);

// "committed" and its like.
std::string_view Spelled(kv::Fated::Kind kind);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_OUTCOME_CODEC_H_
