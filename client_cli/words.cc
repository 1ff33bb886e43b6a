#include "client_cli/words.h"

#include <algorithm>
#include <utility>

#include "node/base/concat.h"

namespace tidemark::client {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\v\f";

bool IsBlank(char c) { return kBlanks.find(c) != std::string_view::npos; }
bool MeantAsJson(const Word& word) {
  return !word.single && !word.text.empty() &&
         std::string_view("{[\"").find(word.text[0]) != std::string_view::npos;
}

// Behind the string that begins at `at`, or npos.
size_t EndOfString(std::string_view line, size_t at) {
  for (++at; at < line.size(); ++at) {
    if (line[at] == '\\') {
      ++at;
    } else if (line[at] == '"') {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

// Behind the object or array that begins at `at`, or npos. Which bracket closes which is the
// parser's to judge.
size_t EndOfBrackets(std::string_view line, size_t at) {
  int depth = 0;
  while (at < line.size()) {
    const char c = line[at];
    if (c == '"') {
      at = EndOfString(line, at);
      if (at == std::string_view::npos) return at;
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return std::string_view::npos;
}

// Behind the word that begins at `at` with its quotes and brackets; npos: it is not closed.
size_t EndOfWord(std::string_view line, size_t at) {
  switch (line[at]) {
    case '"':
      return EndOfString(line, at);
    case '{':
    case '[':
      return EndOfBrackets(line, at);
    case '\'': {
      const size_t close = line.find('\'', at + 1);
      return close == std::string_view::npos ? close : close + 1;
    }
    default:
      return std::min(line.find_first_of(kBlanks, at), line.size());
  }
}

Word MakeWord(std::string_view text) {
  if (text[0] == '\'') return {std::string(text.substr(1, text.size() - 2)), true};
  return {std::string(text), false};
}

}  // namespace

absl::StatusOr<std::vector<Word>> SplitWords(std::string_view line) {
  std::vector<Word> words;
  size_t at = 0;
  while ((at = line.find_first_not_of(kBlanks, at)) != std::string_view::npos) {
    if (words.empty() && line[at] == '#') break;
    const size_t end = EndOfWord(line, at);
    if (end == std::string_view::npos) {
      return absl::InvalidArgumentError(
          Concat("the ", line.substr(at, 1), " of ", line.substr(at, 20), " is never closed"));
    }
    if (end < line.size() && !IsBlank(line[end])) {
      return absl::InvalidArgumentError(
          Concat("a blank is missing behind ", line.substr(at, end - at)));
    }
    Word word = MakeWord(line.substr(at, end - at));
    if (word == Word{"#"}) break;
    words.push_back(std::move(word));
    at = end;
  }
  return words;
}

absl::StatusOr<wire::Json> ToJson(const Word& word) {
  wire::ParseError error;
  absl::StatusOr<wire::Json> json = wire::ParseJson(word.text, {}, &error);
  if (json.ok()) return json;
  if (MeantAsJson(word)) {
    return absl::InvalidArgumentError(Concat(word.text, " is not JSON: ", error.what,
                                             " (in single quotes it is taken as a string)"));
  }
  std::string quoted;
  wire::AppendQuoted(word.text, &quoted);
  if (!wire::ParseJson(quoted, {}, &error).ok()) {
    return absl::InvalidArgumentError(Concat("a word is not UTF-8: ", error.what));
  }
  return wire::Json::String(word.text);
}

}  // namespace tidemark::client
