#include "harness/transcript/script.h"

#include <optional>
#include <utility>

#include "harness/base/status_text.h"
#include "harness/transcript/directive.h"
#include "node/base/concat.h"

namespace tidemark::transcript {
namespace {

using wire::Json;

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}

const std::string* StringMember(const Json& object, std::string_view key) {
  const Json* value = object.Find(key);
  return value != nullptr && value->is_string() ? &value->string_value() : nullptr;
}

std::string Joined(const std::set<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) ConcatTo(&joined, joined.empty() ? "" : ", ", name);
  return joined;
}

// What has a number of its own and is no answer itself is answered.
std::optional<RequestName> RequestOf(const std::string& src, const std::string& dest,
                                     const Json& message) {
  const Json* body = message.Find("body");
  const Json* msg_id = body == nullptr ? nullptr : body->Find("msg_id");
  if (msg_id == nullptr || !msg_id->is_number() || body->Find("in_reply_to") != nullptr) {
    return std::nullopt;
  }
  const std::optional<int64_t> number = msg_id->AsInt64();
  return number ? std::optional(RequestName{src, dest, *number}) : std::nullopt;
}

absl::StatusOr<Step> ParseMessage(std::string_view text, Json json,
                                  const std::set<std::string>& run) {
  const std::string* src = StringMember(json, "src");
  const std::string* dest = StringMember(json, "dest");
  if (src == nullptr || dest == nullptr) {
    return absl::InvalidArgumentError(R"("src" and "dest" of a message must be strings)");
  }
  if (run.contains(*src)) return Expected{std::move(json)};
  if (run.contains(*dest)) return Input{*dest, std::string(text), RequestOf(*src, *dest, json)};
  return absl::InvalidArgumentError(
      Concat("neither \"", *src, "\" nor \"", *dest, "\" is a node of this run: ", Joined(run)));
}

// What people write elsewhere and a transcript has other words for. A carriage return is no
// harmless blank here: an input goes to its node as it stands, and byte for byte no answer ends in
// one.
absl::Status CheckSpelling(std::string_view text) {
  if (text.substr(0, 3) == "\xef\xbb\xbf") {
    return absl::InvalidArgumentError(
        "the file begins with a byte order mark; `sed -i '1s/^\\xEF\\xBB\\xBF//' FILE` takes it "
        "away");
  }
  if (!text.empty() && text.back() == '\r') {
    return absl::InvalidArgumentError(
        "the line ends in CR LF; lines end in LF alone, since inputs reach their node byte for "
        "byte: "
        "`sed -i 's/\\r$//' FILE` mends the file");
  }
  const size_t begin = text.find_first_not_of(" \t");
  if (begin != std::string_view::npos && (text[begin] == '#' || text.substr(begin, 2) == "//")) {
    return absl::InvalidArgumentError(R"(a comment is written {"note": "…"})");
  }
  return absl::OkStatus();
}

absl::StatusOr<Json> ParseObject(std::string_view text) {
  if (absl::Status status = CheckSpelling(text); !status.ok()) return status;
  absl::StatusOr<Json> json = wire::ParseJson(text);
  if (!json.ok()) {
    return absl::InvalidArgumentError(Concat("this is no JSON: ", MessageOf(json.status())));
  }
  if (!json->is_object()) return absl::InvalidArgumentError("a line is a JSON object");
  return json;
}

absl::StatusOr<Step> StepOf(std::string_view text, Json object, const std::set<std::string>& run) {
  if (object.Find("src") == nullptr) return ParseDirective(object);
  return ParseMessage(text, std::move(object), run);
}

std::vector<ScriptLine> SplitLines(std::string_view text) {
  std::vector<ScriptLine> lines;
  while (!text.empty()) {
    size_t end = text.find('\n');
    ScriptLine& line = lines.emplace_back();
    line.number = static_cast<int>(lines.size());
    line.text = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

absl::Status At(const ScriptLine& line, std::string_view what) {
  return absl::InvalidArgumentError(Concat(line.number, ": ", what));
}

// Reads the lines in order; what is a node of the run is known from the first `start` or message.
class Parser {
 public:
  explicit Parser(Script* script) : script_(*script) {}

  absl::Status Parse(ScriptLine* line) {
    if (IsBlank(line->text)) return absl::OkStatus();
    absl::StatusOr<Json> json = ParseObject(line->text);
    if (!json.ok()) return At(*line, MessageOf(json.status()));
    NameTheRun(*json);
    absl::StatusOr<Step> step = StepOf(line->text, *std::move(json), script_.run);
    if (!step.ok()) return At(*line, MessageOf(step.status()));
    line->step = *std::move(step);
    script_.expects |= std::holds_alternative<Expected>(line->step) ||
                       std::holds_alternative<Unanswered>(line->step);
    if (absl::Status status = Check(line->step); !status.ok()) return At(*line, MessageOf(status));
    return absl::OkStatus();
  }

 private:
  // Without a `start`, the one node is whom the first message is for.
  void NameTheRun(const Json& json) {
    if (!script_.run.empty()) return;
    const std::string* dest = json.Find("src") != nullptr ? StringMember(json, "dest") : nullptr;
    if (dest == nullptr) dest = StringMember(json, "to");
    if (dest != nullptr) script_.run.insert(*dest);
  }

  absl::Status Check(const Step& step) {
    if (const auto* start = std::get_if<Start>(&step)) return CheckStart(*start);
    if (const auto* input = std::get_if<Input>(&step)) return CheckNode(input->node);
    if (const auto* kill = std::get_if<Kill>(&step)) return CheckNode(kill->node);
    if (const auto* close = std::get_if<CloseStdin>(&step)) return CheckNode(close->node);
    if (const auto* unanswered = std::get_if<Unanswered>(&step)) {
      return CheckNode(unanswered->requests.front().dest);
    }
    if (const auto* restart = std::get_if<Restart>(&step)) {
      script_.restarts_with_data |= !restart->wipe;
      return CheckNode(restart->node);
    }
    return absl::OkStatus();
  }

  absl::Status CheckStart(const Start& start) {
    if (!script_.starts_itself && !script_.run.empty()) {
      return absl::InvalidArgumentError("the first \"start\" must stand before all messages");
    }
    if (start.start.empty()) return absl::InvalidArgumentError("\"start\" names no node");
    script_.starts_itself = true;
    for (const std::string& name : start.start) {
      if (name.find('/') != std::string::npos || name.empty() || name[0] == '.') {
        return absl::InvalidArgumentError(Concat("\"", name, "\" is no name for a node"));
      }
      if (!script_.run.insert(name).second) {
        return absl::InvalidArgumentError(Concat(name, " is started twice (use \"restart\")"));
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckNode(const std::string& name) const {
    if (script_.run.contains(name)) return absl::OkStatus();
    return absl::InvalidArgumentError(
        Concat("\"", name, "\" is not a node of this run: ", Joined(script_.run)));
  }

  Script& script_;
};

}  // namespace

absl::StatusOr<Script> ParseScript(std::string_view text) {
  Script script;
  script.lines = SplitLines(text);
  script.ends_with_newline = text.empty() || text.back() == '\n';
  Parser parser(&script);
  for (ScriptLine& line : script.lines) {
    if (absl::Status status = parser.Parse(&line); !status.ok()) return status;
  }
  return script;
}

absl::StatusOr<Step> ParseStep(std::string_view text, const std::set<std::string>& run) {
  absl::StatusOr<Json> json = ParseObject(text);
  if (!json.ok()) return json.status();
  return StepOf(text, *std::move(json), run);
}

}  // namespace tidemark::transcript
