#include "node/wire/gateway.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "node/base/concat.h"
#include "node/server/requests.h"
#include "node/wire/checked.h"
#include "node/wire/excerpt.h"
#include "node/wire/json.h"
#include "node/wire/json_parse.h"
#include "node/wire/json_scan.h"
#include "node/wire/json_view.h"
#include "node/wire/peer_codec.h"
#include "node/wire/request_codec.h"

namespace tidemark::wire {
namespace {

using server::ClientRef;
using server::ErrorCode;

constexpr size_t kExcerptBytes = 120;

// What is read of a message that is not taken, `Value` being a Json or a JsonView: the rest of it
// may be broken.

template <typename Value>
std::string StringIn(const Value& object, std::string_view name) {
  const Value* field = object.Find(name);
  return field != nullptr && field->is_string() ? std::string(field->string_value()) : "";
}

// Whom to tell that `message` is refused. A reply is nobody's question, and two nodes that answered
// each other's peer messages with errors would never stop.
template <typename Value>
std::optional<ClientRef> Answerable(const Value& message) {
  std::string src = StringIn(message, "src");
  const Value* body = message.Find("body");
  if (src.empty() || body == nullptr || IsPeerMessage(StringIn(*body, "type"))) return std::nullopt;
  if (body->Find("in_reply_to") != nullptr) return std::nullopt;
  const Value* msg_id = body->Find("msg_id");
  const std::optional<int64_t> id = msg_id == nullptr ? std::nullopt : msg_id->AsInt64();
  if (!id) return std::nullopt;
  return ClientRef{std::move(src), *id};
}

// `message`: what of it could be read.
template <typename Value>
Incoming Refuse(const Value& message, std::string_view line, server::Error error) {
  std::string log = Concat("refused a message: ", Escaped(error.text, 1000),
                           "; it begins: ", Escaped(line, kExcerptBytes));
  return {StringIn(message, "dest"),
          {},
          Refused{Answerable(message), std::move(error), std::move(log)}};
}

server::Error Malformed(std::string text) {
  server::Error error;
  error.code = ErrorCode::kMalformed;
  error.text = std::move(text);
  return error;
}

// A line that was cut may have been cut inside a number: what is left of it must not pass for the
// msg_id.
std::string_view WithoutLastNumber(std::string_view line) {
  size_t last = line.find_last_not_of("0123456789+-.eE");
  return last == std::string_view::npos ? "" : line.substr(0, last + 1);
}

Incoming RefuseTooLong(std::string_view line, const GatewayOptions& options) {
  ParseError parsed;
  absl::StatusOr<Json> json = ParseJson(WithoutLastNumber(line), {}, &parsed);
  server::Error error = Malformed(Concat("the line is longer than ", options.max_line_bytes,
                                         " bytes, the most that is taken (", NameOf(Limit::kLine),
                                         "); nothing was done: send less in one message"));
  error.reason = server::Reason::kTooLarge;
  error.limit = {Limit::kLine, options.max_line_bytes};
  return Refuse(json.ok() ? *json : parsed.partial, line, std::move(error));
}

Incoming RefuseUnknown(const JsonView& message, std::string_view line, std::string_view type,
                       const GatewayOptions& options) {
  server::Error error;
  if (message.Find("body")->Find("in_reply_to") != nullptr) {
    error = Malformed(Concat("a reply that this node did not ask for: \"", Shortened(type), "\""));
  } else {
    error.code = ErrorCode::kNotSupported;
    error.text = Concat("unknown request type \"", Shortened(type),
                        "\"; known: ", KnownRequests(options.virtual_clock));
  }
  return Refuse(message, line, std::move(error));
}

using Message = decltype(Incoming::message);

Message DecodeAsked(std::string_view type, const Checked& body, std::string src) {
  int64_t msg_id = body.Field("msg_id").Int(std::numeric_limits<int64_t>::min(),
                                            std::numeric_limits<int64_t>::max());
  Request request = DecodeRequest(type, body, {std::move(src), msg_id});
  return std::visit([](auto& asked) { return Message(std::move(asked)); }, request);
}

Incoming DecodeMessage(const JsonView& json, std::string_view line, const GatewayOptions& options) {
  Problem problem;
  Checked message(json, &problem);
  message.Object();
  std::string src = message.Field("src").Name();
  std::string dest = message.Field("dest").Name();
  Checked body = message.Field("body");
  body.Object();
  std::string type = body.Field("type").Name();
  Incoming incoming;
  if (problem.found()) return Refuse(json, line, Malformed(std::move(problem.text)));
  const bool replies = json.Find("body")->Find("in_reply_to") != nullptr;
  if (IsPeerMessage(type)) {
    incoming.message = DecodePeerMessage(type, body, std::move(src), dest);
  } else if (IsRequest(type, options.virtual_clock) && !replies) {
    incoming.message = DecodeAsked(type, body, std::move(src));
  } else {
    return RefuseUnknown(json, line, type, options);
  }
  if (problem.found()) return Refuse(json, line, Malformed(std::move(problem.text)));
  incoming.dest = std::move(dest);
  return incoming;
}

Incoming DecodeNumbered(const JsonView& json, std::string_view line,
                        const GatewayOptions& options) {
  Incoming incoming = DecodeMessage(json, line, options);
  const JsonView* id = json.Find("id");
  const std::optional<int64_t> number = id == nullptr ? std::nullopt : id->AsInt64();
  if (number && *number >= 0) incoming.id = static_cast<uint64_t>(*number);
  return incoming;
}

constexpr ParseLimits kClientLimits;
// A peer's message holds what a client sent some levels deeper than the client did.
constexpr int kPeerDepth = kClientLimits.max_depth + 16;

bool IsFromPeer(const JsonView& message) {
  const JsonView* body = message.Find("body");
  return body != nullptr && IsPeerMessage(StringIn(*body, "type"));
}

// Takes out the number that is the last thing in `*partial`.
void DropLastNumber(Json* partial) {
  if (partial->is_array() && !partial->items().empty()) {
    DropLastNumber(&partial->mutable_items().back());
  } else if (partial->is_object() && !partial->members().empty()) {
    DropLastNumber(&partial->mutable_members().back().second);
  } else if (partial->is_number()) {
    *partial = Json();
  }
}

// `number_end`: where the last number of the line ended that could be read.
Incoming DecodeUncertain(std::string_view line, size_t number_end, const GatewayOptions& options) {
  ParseError error;
  const absl::StatusOr<Json> json = ParseInWords(line, kClientLimits, &error);
  if (json.ok()) return DecodeNumbered(ViewsOf(*json).root(), line, options);
  // Right behind a number it is open what was meant by it: "01" and "0-" are no message 0.
  const size_t whole = WithoutLastNumber(line.substr(0, error.offset)).size();
  if (number_end > whole && number_end <= error.offset) DropLastNumber(&error.partial);
  return Refuse(error.partial, line,
                Malformed(Concat("malformed JSON: ", std::string(json.status().message()))));
}

// Only another node's message may be so long, and none of those is anything but certain: what is
// wrong with it is not worth the time that it takes to say where.
Incoming RefuseLongUncertain(std::string_view line) {
  constexpr size_t kBeginning = 4'096;
  ParseError parsed;
  const absl::StatusOr<Json> json =
      ParseJson(WithoutLastNumber(line.substr(0, kBeginning)), kClientLimits, &parsed);
  return Refuse(json.ok() ? *json : parsed.partial, line,
                Malformed(Concat("malformed JSON, in a line of ", line.size(),
                                 " bytes, as long as only another node's message may be")));
}

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

Incoming Decode(std::string_view line, bool truncated, const GatewayOptions& options) {
  if (truncated) return RefuseTooLong(line, options);
  if (IsBlank(line)) return Refuse(Json(), line, Malformed("the line is empty"));
  size_t number_end = 0;
  const std::optional<JsonScan> scan = ScanJson(line, kPeerDepth, &number_end);
  if (scan && (scan->depth <= kClientLimits.max_depth || IsFromPeer(scan->root()))) {
    return DecodeNumbered(scan->root(), line, options);
  }
  if (line.size() > options.max_line_bytes) return RefuseLongUncertain(line);
  return DecodeUncertain(line, number_end, options);
}

}  // namespace tidemark::wire
