// Parts of operations that lie alike in a log's records and in a state's.
#ifndef TIDEMARK_NODE_WIRE_OPERATION_BYTES_H_
#define TIDEMARK_NODE_WIRE_OPERATION_BYTES_H_

#include <vector>

#include "node/base/limits.h"
#include "node/kv/command.h"
#include "node/wire/byte_reader.h"
#include "node/wire/byte_writer.h"

namespace tidemark::wire {

void AppendTxnOps(const std::vector<kv::TxnOp>& ops, ByteWriter* out);
void AppendLimits(const Limits& limits, ByteWriter* out);
void AppendOpening(const kv::OpenWriter& opening, ByteWriter* out);

std::vector<kv::TxnOp> ReadTxnOps(ByteReader* in);
// Limits that no cluster has are refused.
Limits ReadLimits(ByteReader* in);
kv::OpenWriter ReadOpening(ByteReader* in);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_OPERATION_BYTES_H_
