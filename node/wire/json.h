// JSON as Tidemark means it: nothing is lost and nothing is guessed. Numbers keep every digit they
// were spelled with; duplicate keys, bad UTF-8, a byte-order mark, bottomless nesting and anything
// behind the value are errors.
#ifndef TIDEMARK_NODE_WIRE_JSON_H_
#define TIDEMARK_NODE_WIRE_JSON_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"

namespace tidemark::wire {

// The largest integer that every reader of JSON takes for itself (RFC 8259, section 6).
inline constexpr int64_t kMaxSafeInteger = (int64_t{1} << 53) - 1;

class Json {
 public:
  enum class Type { kNull, kBool, kNumber, kString, kArray, kObject };
  using Member = std::pair<std::string, Json>;

  Json() = default;  // null
  static Json Bool(bool value);
  static Json Number(int64_t value);
  static Json Number(uint64_t value);
  static Json NumberText(std::string spelled);  // must be a JSON number
  static Json String(std::string value);
  static Json Array(std::vector<Json> items = {});
  static Json Object(std::vector<Member> members = {});  // keys must differ

  Type type() const { return static_cast<Type>(value_.index()); }
  bool is_null() const { return type() == Type::kNull; }
  bool is_bool() const { return type() == Type::kBool; }
  bool is_number() const { return type() == Type::kNumber; }
  bool is_string() const { return type() == Type::kString; }
  bool is_array() const { return type() == Type::kArray; }
  bool is_object() const { return type() == Type::kObject; }

  // Each asserts the type.
  bool bool_value() const;
  const std::string& number_text() const;
  const std::string& string_value() const;
  const std::vector<Json>& items() const;
  const std::vector<Member>& members() const;  // in the order of the text
  std::vector<Json>& mutable_items();
  std::vector<Member>& mutable_members();

  // An object's member, or nullptr (also where this is no object).
  const Json* Find(std::string_view key) const;

  // The value of a number spelled as a plain integer (no '.', no exponent) that fits; else nullopt.
  std::optional<int64_t> AsInt64() const;
  std::optional<uint64_t> AsUint64() const;

  // The one canonical text: no white space, object keys sorted by their bytes, numbers as spelled,
  // strings with the shortest escapes and UTF-8 as it is.
  std::string Canonical() const;
  // The text of messages: members in their order, ": " and ", " as separators.
  std::string Spaced() const;
  void AppendCanonical(std::string* out) const;
  void AppendSpaced(std::string* out) const;

  // Equal as JSON: object key order does not matter, the spelling of numbers does.
  bool operator==(const Json& other) const;

 private:
  // A number's text is no string's: `1` and `"1"` differ.
  struct Spelling {
    std::string text;
  };
  // In the order of Type. One variant, not a member for each type: messages are trees of these.
  using Value = std::variant<std::monostate, bool, Spelling, std::string, std::vector<Json>,
                             std::vector<Member>>;

  Value value_;
};

struct ParseLimits {
  int max_depth = 128;  // arrays and objects inside each other
};

// What is wrong with a text and where.
struct ParseError {
  std::string what;   // for a person: "expected a value, got '}'", "duplicate key \"x\""
  std::string path;   // how far the parse had come: "body.value[3]"; empty: the top level
  size_t offset = 0;  // in bytes from 0; at most the text's length
  // What had been read when the error came (objects and arrays left incomplete), so that whoever
  // sent the message can be answered.
  Json partial;
};

// The one JSON value that `text` is. Status: InvalidArgument, with ParseError's what, path and
// offset in its message; the variant with `error` fills that in (it may be null).
absl::StatusOr<Json> ParseJson(std::string_view text, const ParseLimits& limits = {},
                               ParseError* error = nullptr);

// `canonical` (a valid JSON text without white space) with ": " and ", " as separators.
void AppendSpacedText(std::string_view canonical, std::string* out);
// `text` (UTF-8) as a JSON string with its quotes.
void AppendQuoted(std::string_view text, std::string* out);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_JSON_H_
