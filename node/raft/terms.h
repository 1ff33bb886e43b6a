// Which terms a node believes in (docs/design.md, terms).
#ifndef TIDEMARK_NODE_RAFT_TERMS_H_
#define TIDEMARK_NODE_RAFT_TERMS_H_

#include <cstdint>

#include "node/raft/messages.h"
#include "node/raft/types.h"

namespace tidemark::raft {

// No message brings a node beyond this term, and none stands beyond it. There is room behind it for
// what counts terms, and each up to it is a number that every reader of JSON keeps.
inline constexpr Term kHighestTerm((uint64_t{1} << 53) - (uint64_t{1} << 32));
// By so many terms at most one message brings a node on that has a log.
inline constexpr uint64_t kFarthestJump = uint64_t{1} << 32;

// The term that a message would bring its receiver to; zero: it is of none.
Term TermOf(const Body& body);

// Whether only a leader says this.
bool IsLeaders(const Body& body);

// Whether this says that what was sent is not looked at.
bool IsRefusal(const Body& body);

// Why one who is in term `own` must not look at this message any further; null: it may.
const char* DoubtAbout(const Header& header, const Body& body, Term own, bool has_log);

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_TERMS_H_
