// The parse that can say what is wrong.
#ifndef TIDEMARK_NODE_WIRE_JSON_PARSE_H_
#define TIDEMARK_NODE_WIRE_JSON_PARSE_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "node/wire/json.h"

namespace tidemark::wire {

// As ParseJson, which asks it about each text that a scan (json_scan.h) does not take. Of others it
// would say the same as the scan, in ten times its time.
absl::StatusOr<Json> ParseInWords(std::string_view text, const ParseLimits& limits,
                                  ParseError* error);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_JSON_PARSE_H_
