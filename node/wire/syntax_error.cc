#include "node/wire/syntax_error.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "node/base/concat.h"
#include "node/wire/excerpt.h"
#include "node/wire/json.h"

namespace tidemark::wire {
namespace {

struct Phrase {
  std::string_view theirs;
  std::string_view ours;
};

constexpr Phrase kExpected[] = {
    {"'[', '{', or a literal", "a value"},
    {"string literal", "a key"},
    {"':'", "':'"},
    {"']'", "',' or ']'"},
    {"'}'", "',' or '}'"},
    {"end of input", "nothing more"},
};

constexpr Phrase kGot[] = {
    {"string literal", "a string"}, {"number literal", "a number"},
    {"true literal", "true"},       {"false literal", "false"},
    {"null literal", "null"},       {"end of input", "the end of the text"},
};

constexpr Phrase kLexical[] = {
    {"invalid literal", "this is no JSON"},
    {"invalid string: missing closing quote", "the text ends inside a string"},
};

template <size_t N>
std::string_view Translated(const Phrase (&phrases)[N], std::string_view theirs) {
  for (const Phrase& phrase : phrases) {
    if (phrase.theirs == theirs) return phrase.ours;
  }
  return theirs;
}

// What of `text` stands behind the first `mark`; all of it where there is none.
std::string_view Behind(std::string_view text, std::string_view mark) {
  size_t at = text.find(mark);
  return at == std::string_view::npos ? text : text.substr(at + mark.size());
}
std::string_view Before(std::string_view text, std::string_view mark) {
  return text.substr(0, text.find(mark));
}

// How long the token is that nlohmann names so; all others were one character.
size_t SizeOfToken(std::string_view theirs, size_t token_size) {
  if (theirs == "string literal" || theirs == "number literal") return token_size;
  if (theirs == "false literal") return 5;
  if (theirs == "true literal" || theirs == "null literal") return 4;
  return 1;
}

bool IsPlain(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

SyntaxError ExplainSyntaxError(std::string_view exception, size_t chars_read, size_t token_size) {
  std::string_view detail = Behind(Behind(exception, "syntax error while parsing "), " - ");
  constexpr std::string_view kUnexpected = "unexpected ";
  if (detail.substr(0, kUnexpected.size()) != kUnexpected) {
    // The lexer's: the last character read is the wrong one.
    std::string_view what = Translated(kLexical, Before(detail, "; last read: "));
    return {std::string(what), std::max<size_t>(chars_read, 1) - 1, true};
  }
  std::string_view got = Before(detail.substr(kUnexpected.size()), "; expected ");
  std::string_view expected = Translated(kExpected, Behind(detail, "; expected "));
  size_t size = SizeOfToken(got, token_size);
  return {Concat("expected ", expected, ", got ", Translated(kGot, got)),
          std::max(chars_read, size) - size, expected == "a value"};
}

void AppendPathKey(std::string_view key, std::string* path) {
  if (key.empty() || !std::all_of(key.begin(), key.end(), IsPlain)) {
    ConcatTo(path, "[", QuotedShort(key), "]");
  } else {
    ConcatTo(path, path->empty() ? "" : ".", Shortened(key));
  }
}

std::string QuotedShort(std::string_view text) {
  std::string quoted;
  AppendQuoted(Shortened(text), &quoted);
  return quoted;
}

}  // namespace tidemark::wire
