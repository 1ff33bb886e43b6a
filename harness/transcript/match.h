// Whether what came is what was expected.
#ifndef TIDEMARK_HARNESS_TRANSCRIPT_MATCH_H_
#define TIDEMARK_HARNESS_TRANSCRIPT_MATCH_H_

#include <string_view>

#include "node/wire/json.h"

namespace tidemark::transcript {

// kJson: the same JSON; key order and white space do not count, the spelling of numbers does.
// kBytes: the same bytes.
// In both, the string "<any>" stands for any value, where it stands for a value. (In kBytes a line
// with an "<any>" in it also requires that what came is spelled as nodes spell: ": ", ", ".)
enum class MatchMode { kJson, kBytes };

bool IsAny(const wire::Json& expected);

bool SameJson(const wire::Json& expected, const wire::Json& came);

// `json` is what `expected` says. A line that came and is no JSON never matches.
bool Matches(std::string_view expected, const wire::Json& json, std::string_view came,
             MatchMode mode);

// Whether `came` may take the place of `expected` in a transcript: it is the answer of the same
// node to the same request of the same client (or, where it answers nothing, a message of the same
// type between the same two), or the end of the same node.
bool SameOccasion(const wire::Json& expected, const wire::Json& came);

// `came` with "<any>" at those places where `expected` has it.
wire::Json WithAnys(const wire::Json& expected, wire::Json came);

}  // namespace tidemark::transcript

#endif  // TIDEMARK_HARNESS_TRANSCRIPT_MATCH_H_
