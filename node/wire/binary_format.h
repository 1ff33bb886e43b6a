// The numbers on the disk. They are there for good: a number that falls out of use is never given
// to something else.
#ifndef TIDEMARK_NODE_WIRE_BINARY_FORMAT_H_
#define TIDEMARK_NODE_WIRE_BINARY_FORMAT_H_

#include <cstdint>

namespace tidemark::wire {

enum class RecordKind : uint8_t {
  kHardState = 1,
  kEntry = 2,
  kWriterNumber = 3,
  kLogBase = 4,
  kQuarantine = 5,
  kRebirth = 6,
  kCommitHint = 7,
  kGoneBack = 8,
};

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

// In snapshots.
enum class StatePartKind : uint8_t { kHead = 1, kWriter = 2, kOutcome = 3, kKey = 4 };

enum class ResultKind : uint8_t {
  kDone = 1,
  kTxnDone = 2,
  kKeyMissing = 3,
  kCasMismatch = 4,
  kNotAList = 5,
  kOpened = 6,
  kOpeningVoid = 7,
  kWriterClosed = 8,
  kOutcomeForgotten = 9,
  kSeqReused = 10,
  kCancelled = 11,
  kSessionRefused = 12,
  kFated = 13,
  kTooLarge = 14,
};

enum class VerdictKind : uint8_t {
  kHolds = 1,
  kOtherCluster = 2,
  kLostHistory = 3,
  kFromFuture = 4
};

enum class FateKind : uint8_t { kCommitted = 1, kRefused = 2, kCancelled = 3, kUnknown = 4 };

enum class RefusalKind : uint8_t {
  kNone = 1,
  kKeyMissing = 2,
  kCasMismatch = 3,
  kNotAList = 4,
  kOtherCluster = 5,
  kLostHistory = 6,
  kFromFuture = 7,
  kTooLarge = 8,
};

enum class LimitKind : uint8_t { kLine = 1, kKey = 2, kValue = 3, kAnswer = 4 };

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_BINARY_FORMAT_H_
