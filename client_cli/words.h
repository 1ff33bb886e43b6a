// A line of the prompt as words, and a word as JSON.
#ifndef TIDEMARK_CLIENT_CLI_WORDS_H_
#define TIDEMARK_CLIENT_CLI_WORDS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "node/wire/json.h"

namespace tidemark::client {

struct Word {
  std::string text;     // with the double quotes of a JSON string, without single quotes
  bool single = false;  // stood in single quotes
  bool operator==(const Word&) const = default;
};

// Blanks separate words. A word that begins with {, [ or " reaches to where that JSON text closes;
// one in '…' is what stands between the quotes. A line that begins with #, and what stands behind a
// word that is #, is a comment. Errors: InvalidArgument, saying what is not closed.
absl::StatusOr<std::vector<Word>> SplitWords(std::string_view line);

// The JSON value that the word is, or else the word as a string. Errors: InvalidArgument for a word
// that was clearly meant as JSON (it begins with {, [ or ", without single quotes) and is not; and
// for what is not UTF-8.
absl::StatusOr<wire::Json> ToJson(const Word& word);

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_WORDS_H_
