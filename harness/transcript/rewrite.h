// A transcript's new text: what differed is replaced, everything else stays byte for byte.
#ifndef TIDEMARK_HARNESS_TRANSCRIPT_REWRITE_H_
#define TIDEMARK_HARNESS_TRANSCRIPT_REWRITE_H_

#include <string>
#include <vector>

#include "harness/transcript/match.h"
#include "harness/transcript/player.h"
#include "harness/transcript/script.h"

namespace tidemark::transcript {

struct Rewritten {
  std::string text;
  int added = 0;
  int removed = 0;
};

// Within each block, expected lines that match what came, in order, stay (as many as can). Between
// them a line is replaced by another answer to the same request (SameOccasion); the others are
// removed, and what else came is inserted behind the line that made it come. An "<any>" survives
// its line's replacement where the value is still there.
Rewritten Rewrite(const Script& script, const std::vector<Block>& blocks, MatchMode mode);

}  // namespace tidemark::transcript

#endif  // TIDEMARK_HARNESS_TRANSCRIPT_REWRITE_H_
