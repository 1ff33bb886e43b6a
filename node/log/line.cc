#include "node/log/line.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "node/base/concat.h"
#include "node/base/one_line.h"

namespace tidemark::log {
namespace {

// RFC 3339: 2026-11-28T19:24:46.123Z.
std::string TimeText(int64_t unix_ms) {
  const int64_t ms = std::max<int64_t>(unix_ms, 0);  // a clock may be anywhere
  const std::time_t seconds = ms / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", utc.tm_year + 1900,
                utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                static_cast<int>(ms % 1000));
  return text.data();
}

// `text` is on one line, and UTF-8.
void AppendQuoted(std::string_view text, std::string* out) {
  out->push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') out->push_back('\\');
    out->push_back(c);
  }
  out->push_back('"');
}

void AppendField(std::string_view name, std::string_view text, std::string* out) {
  ConcatTo(out, out->empty() ? "{\"" : ", \"", name, "\": ");
  AppendQuoted(OneLine(text, kMaxTextBytes), out);
}

std::string JsonLine(int64_t unix_ms, std::string_view node, const Told& told) {
  std::string line;
  AppendField("time", TimeText(unix_ms), &line);
  AppendField("level", Spelled(told.notice.level), &line);
  if (!node.empty()) AppendField("node", node, &line);
  AppendField("text", told.notice.text, &line);
  if (told.again > 0) {
    ConcatTo(&line, ", \"again\": ", told.again, ", \"within_ms\": ", told.within.ToMillis());
  }
  line.append("}\n");
  return line;
}

std::string TextLine(int64_t unix_ms, const Told& told) {
  std::string line = Concat(TimeText(unix_ms), " tidemark ", Spelled(told.notice.level), ": ",
                            OneLine(told.notice.text, kMaxTextBytes));
  if (told.again > 0) {
    ConcatTo(&line, " (again, ", told.again, told.again == 1 ? " time" : " times", " in the last ",
             (told.within.us + 999'999) / 1'000'000, " s)");
  }
  line.push_back('\n');
  return line;
}

}  // namespace

std::string_view Spelled(raft::Notice::Level level) {
  switch (level) {
    case raft::Notice::Level::kDebug:
      return "debug";
    case raft::Notice::Level::kInfo:
      return "info";
    case raft::Notice::Level::kWarning:
      return "warning";
    case raft::Notice::Level::kError:
      break;
  }
  return "error";
}

std::string Line(Format format, int64_t unix_ms, std::string_view node, const Told& told) {
  switch (format) {
    case Format::kText:
      break;
    case Format::kJson:
      return JsonLine(unix_ms, node, told);
  }
  return TextLine(unix_ms, told);
}

}  // namespace tidemark::log
