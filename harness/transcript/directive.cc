#include "harness/transcript/directive.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "harness/transcript/fields.h"
#include "node/base/concat.h"

namespace tidemark::transcript {
namespace {

using wire::Json;

absl::StatusOr<Step> Finish(Fields& fields, Step step) {
  if (absl::Status status = fields.Finish(); !status.ok()) return status;
  return step;
}

absl::StatusOr<Step> ParseStart(const Json& object) {
  Fields fields(object);
  Start start;
  start.start = fields.Strings("start");
  start.nodes = fields.Has("nodes") ? fields.Strings("nodes") : start.start;
  if (fields.Has("args")) start.args = fields.Strings("args");
  if (fields.Has("seed")) start.seed = fields.Natural("seed");
  if (fields.Has("init")) start.init = fields.Bool("init");
  return Finish(fields, std::move(start));
}

absl::StatusOr<Step> ParseAdvance(const Json& object) {
  Fields fields(object);
  return Finish(fields, AdvanceMs{fields.Natural("advance_ms")});
}

absl::StatusOr<Step> ParseDelay(const Json& object) {
  Fields fields(object);
  DelayMs delay{fields.Natural("delay_ms"), {}};
  if (fields.Has("link")) {
    delay.link = fields.Strings("link");
    if (delay.link.size() != 2) {
      return absl::InvalidArgumentError(R"("link" must be two nodes: from, to)");
    }
  }
  return Finish(fields, std::move(delay));
}

absl::StatusOr<Step> ParsePartition(const Json& object) {
  Fields fields(object);
  return Finish(fields, Partition{fields.Groups("partition")});
}

absl::StatusOr<Step> ParseDrop(const Json& object) {
  Fields fields(object);
  std::vector<std::string> link = fields.Strings("drop");
  if (link.size() != 2) {
    return absl::InvalidArgumentError(R"("drop" must be two nodes: from, to)");
  }
  return Finish(fields, Drop{link[0], link[1]});
}

absl::StatusOr<Step> ParseHeal(const Json& object) {
  Fields fields(object);
  if (!fields.Bool("heal")) return absl::InvalidArgumentError(R"("heal" must be true)");
  return Finish(fields, Heal{});
}

absl::StatusOr<Step> ParseKill(const Json& object) {
  Fields fields(object);
  return Finish(fields, Kill{fields.String("kill")});
}

absl::StatusOr<Step> ParseRestart(const Json& object) {
  Fields fields(object);
  Restart restart{fields.String("restart"), fields.Has("wipe") && fields.Bool("wipe")};
  return Finish(fields, std::move(restart));
}

absl::StatusOr<Step> ParseShow(const Json& object) {
  Fields fields(object);
  std::string what = fields.String("show");
  if (what != "raft" && what != "clients") {
    return absl::InvalidArgumentError(R"("show" must be "raft" or "clients")");
  }
  return Finish(fields, Show{what == "raft"});
}

absl::StatusOr<Step> ParseCloseStdin(const Json& object) {
  Fields fields(object);
  return Finish(fields, CloseStdin{fields.String("close_stdin")});
}

absl::StatusOr<Step> ParseExit(const Json& object) {
  Fields fields(object);
  Fields exit(fields.Object("exit"));
  exit.String("node");
  exit.Natural(exit.Has("signal") ? "signal" : "status");
  if (absl::Status status = exit.Finish(); !status.ok()) return status;
  return Finish(fields, Expected{object});
}

absl::StatusOr<Step> ParseUnanswered(const Json& object) {
  Fields fields(object);
  Fields of(fields.Object("unanswered"));
  const std::string src = of.String("src");
  const std::string dest = of.String("dest");
  const std::vector<int64_t> msg_ids = of.Integers("msg_ids");
  if (absl::Status status = of.Finish(); !status.ok()) return status;
  if (msg_ids.empty()) return absl::InvalidArgumentError("\"msg_ids\" names no request");
  Unanswered unanswered;
  for (int64_t msg_id : msg_ids) unanswered.requests.push_back({src, dest, msg_id});
  return Finish(fields, std::move(unanswered));
}

absl::StatusOr<Step> ParseRaw(const Json& object) {
  Fields fields(object);
  Input input{fields.String("to"), fields.String("raw")};
  return Finish(fields, std::move(input));
}

// The value of a hexadecimal digit, or -1.
int HexDigit(char c) {
  const size_t at = std::string_view("0123456789abcdef").find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

// For bytes that no JSON string can spell.
absl::StatusOr<Step> ParseRawHex(const Json& object) {
  Fields fields(object);
  Input input{fields.String("to"), ""};
  const std::string digits = fields.String("raw_hex");
  for (size_t i = 0; i < digits.size(); i += 2) {
    const int high = HexDigit(digits[i]);
    const int low = i + 1 < digits.size() ? HexDigit(digits[i + 1]) : -1;
    if (high < 0 || low < 0) {
      return absl::InvalidArgumentError("\"raw_hex\": expected pairs of 0-9 and a-f");
    }
    input.bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return Finish(fields, std::move(input));
}

absl::StatusOr<Step> ParseRawRepeat(const Json& object) {
  constexpr int64_t kMostBytes = int64_t{1} << 28;
  Fields fields(object);
  Input input{fields.String("to"), ""};
  Fields repeat(fields.Object("raw_repeat"));
  const std::string text = repeat.String("text");
  const int64_t count = repeat.Natural("count");
  if (repeat.Has("before")) input.bytes = repeat.String("before");
  const std::string after = repeat.Has("after") ? repeat.String("after") : "";
  if (absl::Status status = repeat.Finish(); !status.ok()) return status;
  if (count * static_cast<int64_t>(text.size() + 1) > kMostBytes) {
    return absl::InvalidArgumentError("\"raw_repeat\" is more than 256 MiB");
  }
  for (int64_t i = 0; i < count; ++i) input.bytes += text;
  input.bytes += after;
  return Finish(fields, std::move(input));
}

absl::StatusOr<Step> ParseNote(const Json& object) {
  Fields fields(object);
  fields.Anything("note");
  return Finish(fields, Silent{});
}

using Parser = absl::StatusOr<Step> (*)(const Json& object);

const std::map<std::string_view, Parser>& Parsers() {
  static const auto& parsers = *new std::map<std::string_view, Parser>{
      {"advance_ms", ParseAdvance},  {"close_stdin", ParseCloseStdin},
      {"delay_ms", ParseDelay},      {"drop", ParseDrop},
      {"exit", ParseExit},           {"heal", ParseHeal},
      {"kill", ParseKill},           {"note", ParseNote},
      {"partition", ParsePartition}, {"raw", ParseRaw},
      {"raw_hex", ParseRawHex},      {"raw_repeat", ParseRawRepeat},
      {"restart", ParseRestart},     {"show", ParseShow},
      {"start", ParseStart},         {"unanswered", ParseUnanswered},
  };
  return parsers;
}

}  // namespace

absl::StatusOr<Step> ParseDirective(const Json& object) {
  for (const auto& [key, value] : object.members()) {
    auto parser = Parsers().find(key);
    if (parser != Parsers().end()) return parser->second(object);
  }
  std::string known;
  for (const auto& [key, parser] : Parsers()) ConcatTo(&known, known.empty() ? "" : ", ", key);
  return absl::InvalidArgumentError(Concat(
      "this is neither a message (it has no \"src\") nor a directive; directives are: ", known));
}

}  // namespace tidemark::transcript
