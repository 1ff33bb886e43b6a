// Records and entries as bytes, for the disk (and, later, for peers over TCP): little-endian,
// length-prefixed, with no padding. Decoding checks everything: the bytes come from outside.
#ifndef TIDEMARK_NODE_WIRE_BINARY_H_
#define TIDEMARK_NODE_WIRE_BINARY_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "node/raft/types.h"
#include "node/server/io.h"

namespace tidemark::wire {

// A record's bytes are appended to `out`. The encoding of a record never changes its length when
// decoded and encoded again.
void AppendRecord(const server::Record& record, std::string* out);

// The record that `bytes` is, all of it. Errors: DataLoss, naming the field and the offset.
absl::StatusOr<server::Record> DecodeRecord(std::string_view bytes);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_BINARY_H_
