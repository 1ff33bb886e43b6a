// The operations of a transaction: [["r", key, null], ["w", key, value], ["append", key, value]].
#ifndef TIDEMARK_NODE_WIRE_TXN_CODEC_H_
#define TIDEMARK_NODE_WIRE_TXN_CODEC_H_

#include <string>
#include <vector>

#include "node/kv/command.h"
#include "node/wire/checked.h"

namespace tidemark::wire {

// Whose values matter: a read asks with any value or none, and is answered with what it read.
enum class TxnValues { kOfWrites, kOfAll };

std::vector<kv::TxnOp> DecodeTxnOps(const Checked& ops, TxnValues values);

// A value that is empty is written as null.
void AppendTxnOps(const std::vector<kv::TxnOp>& ops, std::string* out);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_TXN_CODEC_H_
