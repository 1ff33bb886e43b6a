// The numbers on the disk. They are there for good: a number that falls out of use is never given
// to something else.
#ifndef TIDEMARK_NODE_WIRE_BINARY_FORMAT_H_
#define TIDEMARK_NODE_WIRE_BINARY_FORMAT_H_

#include <cstdint>

namespace tidemark::wire {

enum class RecordKind : uint8_t { kHardState = 1, kEntry = 2, kWriterNumber = 3, kLogBase = 4 };

enum class EntryKind : uint8_t {
  kTermStart = 1,
  kConfiguration = 2,
  kCommand = 3,            // one that claims nothing
  kCommandWithClaims = 4,  // at least one of ClaimFlags
};

// What a command claims about itself.
enum ClaimFlags : uint8_t { kClaimsOnce = 1, kClaimsSession = 2 };

enum class OperationKind : uint8_t {
  kWrite = 1,
  kCas = 2,
  kDelete = 3,
  kTxn = 4,
  kOpenWriter = 5,
  kOpenClient = 6,
  kFate = 7,
};

enum class TxnOpKind : uint8_t { kRead = 1, kWrite = 2, kAppend = 3 };

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_BINARY_FORMAT_H_
