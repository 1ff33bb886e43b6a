// What a session has seen, in a form that any node can check.
#ifndef TIDEMARK_CLIENT_CLI_TOKEN_H_
#define TIDEMARK_CLIENT_CLI_TOKEN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "node/wire/json.h"
#include "node/wire/session_text.h"

namespace tidemark::client {

// What nodes take as an index: more would not survive JSON readers that use doubles.
inline constexpr uint64_t kMaxIndex = (uint64_t{1} << 53) - 1;

using Token = kv::Session;

// "9f3a1c20:12:2:5be1c09a"
std::string ToText(const Token& token);
// Exactly what ToText writes. Errors: InvalidArgument, saying what is wrong.
absl::StatusOr<Token> ParseToken(std::string_view text);

// "9f3a1c20"
std::string ClusterText(uint32_t cluster);

// As messages carry it.
wire::Json ToJson(const Token& token);
// The `session` of a reply; nullopt: it has none, or none that can be read.
std::optional<Token> TokenOf(const wire::Json& reply);

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_TOKEN_H_
