// Which commands can make which claims. A log that says otherwise was written by no correct node.
#ifndef TIDEMARK_NODE_WIRE_CLAIMS_H_
#define TIDEMARK_NODE_WIRE_CLAIMS_H_

#include <variant>

#include "node/base/overloaded.h"
#include "node/kv/command.h"

namespace tidemark::wire {

// An id of the client's own: for plain writes.
inline bool MayBeOnce(const kv::Operation& operation) {
  return std::visit(
      Overloaded{[](const kv::Write&) { return true; }, [](const kv::Cas&) { return true; },
                 [](const kv::Delete&) { return true; }, [](const kv::Txn&) { return true; },
                 [](const kv::OpenWriter&) { return false; },
                 [](const kv::OpenClient&) { return false; },
                 [](const kv::Fate&) { return false; }},
      operation);
}

// A session: for what a client asks for in one.
inline bool MayHaveSession(const kv::Operation& operation) {
  return std::visit(
      Overloaded{[](const kv::Write&) { return true; }, [](const kv::Cas&) { return true; },
                 [](const kv::Delete&) { return true; }, [](const kv::Txn&) { return true; },
                 [](const kv::OpenWriter&) { return false; },
                 [](const kv::OpenClient&) { return false; }, [](const kv::Fate&) { return true; }},
      operation);
}

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_CLAIMS_H_
