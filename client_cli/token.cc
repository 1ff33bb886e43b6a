#include "client_cli/token.h"

#include <charconv>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "node/base/concat.h"

namespace tidemark::client {
namespace {

using wire::Json;

constexpr int kHexDigits = 8;

std::string Hex(uint32_t number) {
  std::string text;
  AppendHex(number, kHexDigits, &text);
  return text;
}

std::optional<uint32_t> ParseHex(std::string_view text) {
  if (text.size() != kHexDigits) return std::nullopt;
  if (text.find_first_not_of("0123456789abcdef") != std::string_view::npos) return std::nullopt;
  uint32_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number, 16);
  return number;
}

// From 1, spelled in the one way.
std::optional<uint64_t> ParsePlace(std::string_view text) {
  if (text.empty() || text[0] == '0') return std::nullopt;
  uint64_t number = 0;
  const char* end = text.data() + text.size();
  auto [read, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || read != end || number > kMaxIndex) return std::nullopt;
  return number;
}

std::vector<std::string_view> Parts(std::string_view text) {
  std::vector<std::string_view> parts;
  size_t colon;
  while ((colon = text.find(':')) != std::string_view::npos) {
    parts.push_back(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  parts.push_back(text);
  return parts;
}

absl::Status Bad(std::string_view what) {
  return absl::InvalidArgumentError(
      Concat("this is no token: ", what,
             "; one looks like 9f3a1c20:12:2:5be1c09a (cluster, index, "
             "term, stamp)"));
}

std::optional<uint32_t> HexMember(const Json& object, std::string_view name) {
  const Json* value = object.Find(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return ParseHex(value->string_value());
}

std::optional<uint64_t> PlaceMember(const Json& object, std::string_view name) {
  const Json* value = object.Find(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return ParsePlace(value->number_text());
}

}  // namespace

std::string ToText(const Token& token) {
  return Concat(Hex(token.cluster), ":", token.index, ":", token.term, ":", Hex(token.stamp));
}

absl::StatusOr<Token> ParseToken(std::string_view text) {
  const std::vector<std::string_view> parts = Parts(text);
  if (parts.size() != 4) return Bad("it has four parts with : between them");
  const auto cluster = ParseHex(parts[0]);
  if (!cluster) return Bad("its cluster is eight digits of 0-9 and a-f");
  const auto index = ParsePlace(parts[1]);
  if (!index) return Bad("its index is a whole number from 1 to 2^53-1");
  const auto term = ParsePlace(parts[2]);
  if (!term) return Bad("its term is a whole number from 1 to 2^53-1");
  const auto stamp = ParseHex(parts[3]);
  if (!stamp) return Bad("its stamp is eight digits of 0-9 and a-f");
  return Token{*cluster, *index, *term, *stamp};
}

std::string ClusterText(uint32_t cluster) { return Hex(cluster); }

Json ToJson(const Token& token) {
  return Json::Object({{"cluster", Json::String(Hex(token.cluster))},
                       {"index", Json::Number(token.index)},
                       {"term", Json::Number(token.term)},
                       {"stamp", Json::String(Hex(token.stamp))}});
}

std::optional<Token> TokenOf(const Json& reply) {
  const Json* session = reply.Find("session");
  if (session == nullptr) return std::nullopt;
  const auto cluster = HexMember(*session, "cluster");
  const auto index = PlaceMember(*session, "index");
  const auto term = PlaceMember(*session, "term");
  const auto stamp = HexMember(*session, "stamp");
  if (!cluster || !index || !term || !stamp) return std::nullopt;
  return Token{*cluster, *index, *term, *stamp};
}

}  // namespace tidemark::client
