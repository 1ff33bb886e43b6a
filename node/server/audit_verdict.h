// What one round of comparing states has come to at one node: a function of what was told.
#ifndef TIDEMARK_NODE_SERVER_AUDIT_VERDICT_H_
#define TIDEMARK_NODE_SERVER_AUDIT_VERDICT_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"

namespace tidemark::server {

// What a member of the configuration has told of the round's index.
struct MemberWord {
  std::optional<uint64_t> hash;  // nullopt: nothing yet
  // A majority has judged its state before: it speaks for nobody's state, and against none.
  bool odd = false;
};

enum class RoundVerdict {
  kNoDifference,  // nobody who counts has told anything else than this node has
  kAgreed,        // a majority has what this node has
  kOutvoted,      // a majority agrees on something else, whoever is among it
  kOpen,      // states differ, and those who are still silent may make a majority with this node
  kHopeless,  // states differ, and no majority can come to agree with this node any more
};

// `own`: this node's hash, which stands among `members` too if the configuration names the node.
RoundVerdict VerdictOfRound(uint64_t own, absl::Span<const MemberWord> members, size_t quorum);

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_AUDIT_VERDICT_H_
