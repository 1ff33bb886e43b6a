// EDN, the notation of Clojure's data, as far as histories need it.
#ifndef TIDEMARK_HARNESS_CHECK_EDN_READER_H_
#define TIDEMARK_HARNESS_CHECK_EDN_READER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tidemark::check {

struct Edn {
  enum class Kind { kNil, kBool, kNumber, kString, kKeyword, kSymbol, kList, kMap };

  Kind kind = Kind::kNil;
  // Of a string: its characters; of a keyword: without its colon; else as it is spelled.
  std::string text;
  std::vector<Edn> items;  // of a map: each key and behind it its value
  size_t line = 1;         // where it begins, both from 1
  size_t column = 1;

  bool is_nil() const { return kind == Kind::kNil; }
  bool is_list() const { return kind == Kind::kList; }  // a list, a vector or a set
  bool is_keyword(std::string_view name) const { return kind == Kind::kKeyword && text == name; }
  // The value of a keyword in a map; nullptr: there is none, or this is no map.
  const Edn* Find(std::string_view keyword) const;
  // As JSON: keywords are strings with their colon, symbols and characters as they are spelled,
  // keys of maps the text of their JSON.
  std::string AsJson() const;
  // "line 3, column 7"
  std::string Place() const;
};

// Reads one form after the other. Tags (`#jepsen.history.Op{...}`) are dropped and what they stand
// before is kept; comments and `#_` forms are skipped.
class EdnReader {
 public:
  explicit EdnReader(std::string_view text) : text_(text) {}

  // The next form at the top, where lists and vectors are taken for their elements: a file may be
  // one vector of maps, or the maps alone. nullopt: the end. Errors: InvalidArgument, with line
  // and column.
  absl::StatusOr<std::optional<Edn>> Next();

 private:
  static constexpr int kDeepest = 100;

  absl::Status Skip(int depth);
  absl::StatusOr<Edn> Form(int depth);
  absl::Status Items(char close, int depth, Edn* edn);
  absl::Status Tag();
  absl::Status String(Edn* edn);
  void Atom(Edn* edn);

  bool AtEnd() const { return at_ == text_.size(); }
  char Peek() const { return text_[at_]; }
  void Advance();
  absl::Status Error(std::string_view what) const;

  const std::string_view text_;
  size_t at_ = 0;
  size_t line_ = 1;
  size_t column_ = 1;
  char close_ = 0;  // of the list at the top that is being read; 0: none
};

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_EDN_READER_H_
