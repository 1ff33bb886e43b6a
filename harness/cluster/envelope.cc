#include "harness/cluster/envelope.h"

#include <charconv>
#include <cstddef>
#include <system_error>

namespace tidemark::cluster {
namespace {

// Walks over one JSON object's members and looks into none of them.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  // Calls member(key, value) with the texts of each. False: this is no object, or something is
  // behind it.
  template <typename Member>
  bool Object(const Member& member) {
    if (!Take('{')) return false;
    bool more = !Take('}');
    while (more) {
      std::string_view key, value;
      if (!String(&key) || !Take(':') || !Value(&value)) return false;
      member(key, value);
      more = Take(',');
      if (!more && !Take('}')) return false;
    }
    SkipSpace();
    return at_ == text_.size();
  }

 private:
  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }
  static bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r'; }

  bool Take(char c) {
    SkipSpace();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool String(std::string_view* inside) {
    SkipSpace();
    const size_t begin = at_ + 1;
    if (!SkipString()) return false;
    *inside = text_.substr(begin, at_ - 1 - begin);
    return true;
  }

  bool SkipString() {
    if (at_ >= text_.size() || text_[at_] != '"') return false;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    return at_ < text_.size() && text_[at_++] == '"';
  }

  bool Value(std::string_view* value) {
    SkipSpace();
    const size_t begin = at_;
    if (!SkipValue()) return false;
    *value = text_.substr(begin, at_ - begin);
    return !value->empty();
  }

  // Up to the ',' or '}' behind it.
  bool SkipValue() {
    size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (depth == 0 && (c == ',' || c == '}' || IsSpace(c))) return true;
      if (c == '"') {
        if (!SkipString()) return false;
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && depth-- == 0) return false;
      ++at_;
    }
    return false;
  }

  const std::string_view text_;
  size_t at_ = 0;
};

// The inside of a string's text; empty for anything else.
std::string_view Unquoted(std::string_view value) {
  return value.front() == '"' ? value.substr(1, value.size() - 2) : std::string_view();
}

// The text of one member's value; empty where there is none.
std::string_view Find(std::string_view object, std::string_view wanted) {
  std::string_view found;
  Scanner(object).Object([&](std::string_view key, std::string_view value) {
    if (key == wanted) found = value;
  });
  return found;
}

}  // namespace

std::string_view Envelope::type() const {
  const std::string_view value = Find(body, "type");
  return value.empty() ? value : Unquoted(value);
}

std::optional<int64_t> Envelope::Integer(std::string_view member) const {
  const std::string_view text = Find(body, member);
  const char* end = text.data() + text.size();
  int64_t number = 0;
  const std::from_chars_result read = std::from_chars(text.data(), end, number);
  if (text.empty() || read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

std::optional<Envelope> ParseEnvelope(std::string_view line) {
  Envelope envelope;
  const bool is_object = Scanner(line).Object([&](std::string_view key, std::string_view value) {
    if (key == "src") envelope.src = Unquoted(value);
    if (key == "dest") envelope.dest = Unquoted(value);
    if (key == "body" && value.front() == '{') envelope.body = value;
  });
  if (!is_object || envelope.src.empty() || envelope.dest.empty() || envelope.body.empty()) {
    return std::nullopt;
  }
  return envelope;
}

}  // namespace tidemark::cluster
