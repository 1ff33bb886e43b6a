// Lines without `src`: what is done to the nodes and the network rather than said to them.
#ifndef TIDEMARK_HARNESS_TRANSCRIPT_DIRECTIVE_H_
#define TIDEMARK_HARNESS_TRANSCRIPT_DIRECTIVE_H_

#include "absl/status/statusor.h"
#include "harness/transcript/script.h"
#include "node/wire/json.h"

namespace tidemark::transcript {

// Errors: InvalidArgument, saying what is wrong.
absl::StatusOr<Step> ParseDirective(const wire::Json& object);

}  // namespace tidemark::transcript

#endif  // TIDEMARK_HARNESS_TRANSCRIPT_DIRECTIVE_H_
