#include "harness/transcript/report.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/transcript/diff.h"
#include "node/base/concat.h"
#include "node/base/one_line.h"
#include "node/wire/json.h"

namespace tidemark::transcript {
namespace {

using wire::Json;

constexpr size_t kLongestLine = 2000;
constexpr size_t kMostFields = 12;

std::string Shortened(std::string_view text) {
  if (text.size() <= kLongestLine) return OneLine(text);
  return Concat(OneLine(text.substr(0, kLongestLine)), "… (", text.size(), " bytes)");
}

// What a terminal shows of UTF-8 text: one column a character (wide ones aside).
size_t Columns(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

// What to write where no answer is to come: a line for each client and node.
std::vector<std::string> UnansweredLines(const std::vector<Request>& requests) {
  std::map<std::pair<std::string, std::string>, std::vector<Json>> numbers;
  for (const Request& request : requests) {
    numbers[{request.name.src, request.name.dest}].push_back(Json::Number(request.name.msg_id));
  }
  std::vector<std::string> lines;
  for (auto& [ends, msg_ids] : numbers) {
    lines.push_back(
        Json::Object({{"unanswered", Json::Object({{"src", Json::String(ends.first)},
                                                   {"dest", Json::String(ends.second)},
                                                   {"msg_ids", Json::Array(std::move(msg_ids))}})}})
            .Spaced());
  }
  return lines;
}

class Reporter {
 public:
  Reporter(const Script& script, const Mismatch& mismatch, const ReportOptions& options)
      : script_(script), mismatch_(mismatch), options_(options) {}

  std::string Write(std::string_view stderr_tail) {
    Headline();
    What();
    Before();
    if (!stderr_tail.empty()) Stderr(stderr_tail);
    WhatToDo();
    return std::move(out_);
  }

 private:
  bool AtEnd() const { return mismatch_.line >= script_.lines.size(); }
  const ScriptLine& TheLine() const { return script_.lines[mismatch_.line]; }

  void Headline() {
    const size_t number = AtEnd() ? script_.lines.size() : mismatch_.line + 1;
    Line(Concat(Coloured("1", Concat(options_.path, ":", number, ": ")), Headline(mismatch_.kind),
                " (at ", mismatch_.at.us / 1000, " ms)"));
  }

  std::string Headline(Mismatch::Kind kind) const {
    switch (kind) {
      case Mismatch::Kind::kDiffers:
        return "something else came";
      case Mismatch::Kind::kNothing:
        return "nothing came";
      case Mismatch::Kind::kUnexpected:
        return AtEnd() ? "at the end, something came that is not expected"
                       : "before this line something came that is not expected";
      case Mismatch::Kind::kCannot:
        return OneLine(mismatch_.came);
      case Mismatch::Kind::kUnanswered:
        return mismatch_.unanswered.size() == 1
                   ? "this request is not answered by the end of the transcript"
                   : Concat(mismatch_.unanswered.size(),
                            " requests are not answered by the end of the transcript");
    }
    return "";
  }

  void WhatToDo() {
    switch (mismatch_.kind) {
      case Mismatch::Kind::kCannot:
        return;
      case Mismatch::Kind::kUnanswered:
        Line("");
        Line(Concat("To let time run on and write down the answers: ", options_.update_command));
        Line("If there are to be none, say so on a line:");
        for (const std::string& line : UnansweredLines(mismatch_.unanswered)) Line("  " + line);
        return;
      case Mismatch::Kind::kDiffers:
      case Mismatch::Kind::kNothing:
      case Mismatch::Kind::kUnexpected:
        Line("");
        Line(Concat("If what came is right: ", options_.update_command));
        return;
    }
  }

  void What() {
    switch (mismatch_.kind) {
      case Mismatch::Kind::kDiffers:
        return Differs();
      case Mismatch::Kind::kNothing:
        return Line("  expected  " + Shortened(TheLine().text));
      case Mismatch::Kind::kUnexpected:
        return Line("  came      " + Coloured("32", Shortened(mismatch_.came)));
      case Mismatch::Kind::kCannot:
        return Line("  line      " + Shortened(TheLine().text));
      case Mismatch::Kind::kUnanswered:
        for (const Request& request : mismatch_.unanswered) {
          const ScriptLine& line = script_.lines[request.line];
          Line(Concat("  line ", line.number, "  ", Shortened(line.text)));
        }
        return;
    }
  }

  void Differs() {
    const Difference difference = Compare();
    MarkedLine("  expected  ", "31", difference.expected);
    MarkedLine("  came      ", "32", difference.came);
    const size_t shown = std::min(difference.fields.size(), kMostFields);
    for (size_t i = 0; i < shown; ++i) Line("  differs   " + difference.fields[i]);
    if (shown < difference.fields.size()) {
      Line(Concat("  differs   … and in ", difference.fields.size() - shown, " more fields"));
    }
  }

  Difference Compare() const {
    const Json& expected = std::get<Expected>(TheLine().step).json;
    absl::StatusOr<Json> came = wire::ParseJson(mismatch_.came);
    if (came.ok()) {
      Difference difference = DiffJson(expected, *came);
      if (!difference.fields.empty()) return difference;
    }
    return DiffBytes(TheLine().text, mismatch_.came);
  }

  void MarkedLine(std::string_view label, std::string_view colour, const Marked& marked) {
    if (marked.text.size() > kLongestLine) return Line(Concat(label, Shortened(marked.text)));
    std::string line(label);
    std::string under(label.size(), ' ');
    size_t at = 0;
    for (const auto& [begin, end] : marked.marks) {
      const std::string_view text = marked.text;
      const std::string plain = OneLine(text.substr(at, begin - at));
      const std::string part = OneLine(text.substr(begin, end - begin));
      ConcatTo(&line, plain, Coloured(colour, part));
      under.append(Columns(plain), ' ').append(Columns(part), '^');
      at = end;
    }
    Line(line + OneLine(marked.text.substr(at)));
    if (!options_.colour && !marked.marks.empty()) Line(under);
  }

  void Before() {
    if (mismatch_.before.empty()) return;
    Line("");
    Line("Before that:");
    for (const Exchange& exchange : mismatch_.before) {
      std::string time = Concat(exchange.at.us / 1000, " ms");
      time.insert(0, time.size() < 9 ? 9 - time.size() : 0, ' ');
      Line(Concat(time, exchange.to_node ? " → " : " ← ", Shortened(exchange.text)));
    }
  }

  void Stderr(std::string_view tail) {
    Line("");
    Line(Concat("The last of ", OneLine(mismatch_.node), "'s stderr:"));
    while (!tail.empty()) {
      const size_t end = std::min(tail.find('\n'), tail.size());
      Line(Concat("  | ", Shortened(tail.substr(0, end))));
      tail.remove_prefix(std::min(end + 1, tail.size()));
    }
  }

  std::string Coloured(std::string_view colour, std::string_view text) const {
    if (!options_.colour) return std::string(text);
    return Concat("\033[", colour, "m", text, "\033[0m");
  }

  void Line(std::string_view text) { ConcatTo(&out_, text, "\n"); }

  const Script& script_;
  const Mismatch& mismatch_;
  const ReportOptions& options_;
  std::string out_;
};

}  // namespace

std::string Report(const Script& script, const Mismatch& mismatch, std::string_view stderr_tail,
                   const ReportOptions& options) {
  return Reporter(script, mismatch, options).Write(stderr_tail);
}

}  // namespace tidemark::transcript
