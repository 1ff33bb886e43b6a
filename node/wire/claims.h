// Which commands can make which claims. A log that says otherwise was written by no correct node.
#ifndef TIDEMARK_NODE_WIRE_CLAIMS_H_
#define TIDEMARK_NODE_WIRE_CLAIMS_H_

#include <variant>

#include "node/kv/command.h"

namespace tidemark::wire {

// An id of the client's own: for plain writes.
inline bool MayBeOnce(const kv::Operation& operation) {
  return !std::holds_alternative<kv::OpenWriter>(operation) &&
         !std::holds_alternative<kv::OpenClient>(operation) &&
         !std::holds_alternative<kv::Fate>(operation);
}

// A session: for what a client asks for in one.
inline bool MayHaveSession(const kv::Operation& operation) {
  return !std::holds_alternative<kv::OpenWriter>(operation) &&
         !std::holds_alternative<kv::OpenClient>(operation);
}

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_CLAIMS_H_
