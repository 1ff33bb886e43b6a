// Results, in a state's parts.
#ifndef TIDEMARK_NODE_WIRE_RESULT_BYTES_H_
#define TIDEMARK_NODE_WIRE_RESULT_BYTES_H_

#include "node/kv/command.h"
#include "node/wire/byte_reader.h"
#include "node/wire/byte_writer.h"

namespace tidemark::wire {

void AppendResult(const kv::Result& result, ByteWriter* out);
kv::Result ReadResult(ByteReader* in);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_RESULT_BYTES_H_
