// The version of all that a node's directory holds.
#ifndef TIDEMARK_NODE_STORAGE_FORMAT_H_
#define TIDEMARK_NODE_STORAGE_FORMAT_H_

#include <cstdint>

#include "absl/status/status.h"
#include "node/base/concat.h"

namespace tidemark::storage {

// 1 was one plain file without segments and snapshots; 2 had openings without bits and ids without
// keys; 3 had configurations without limits; 4 did not say of which cluster identity and log are,
// nor in a segment that another follows.
inline constexpr uint32_t kFormatVersion = 5;

// FailedPrecondition; says what, and not of which file.
inline absl::Status OtherFormat(uint32_t version) {
  return absl::FailedPreconditionError(Concat("it has format ", version,
                                              ", and this program reads format ", kFormatVersion,
                                              ". Start the program that wrote it"));
}

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_FORMAT_H_
