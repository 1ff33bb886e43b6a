#include "client_cli/token.h"

#include "node/base/concat.h"

namespace tidemark::client {

using wire::Json;

std::string ToText(const Token& token) {
  std::string text;
  wire::AppendSessionText(token, &text);
  return text;
}

absl::StatusOr<Token> ParseToken(std::string_view text) { return wire::ParseSessionText(text); }

std::string ClusterText(uint32_t cluster) {
  std::string text;
  AppendHex(cluster, 8, &text);
  return text;
}

Json ToJson(const Token& token) { return wire::SessionJson(token); }

std::optional<Token> TokenOf(const Json& reply) {
  const Json* session = reply.Find("session");
  if (session == nullptr) return std::nullopt;
  absl::StatusOr<Token> token = wire::SessionOf(*session);
  return token.ok() ? std::optional<Token>(*token) : std::nullopt;
}

}  // namespace tidemark::client
