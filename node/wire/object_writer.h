// One JSON object written straight into a text, field after field.
#ifndef TIDEMARK_NODE_WIRE_OBJECT_WRITER_H_
#define TIDEMARK_NODE_WIRE_OBJECT_WRITER_H_

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "node/base/concat.h"
#include "node/wire/json.h"

namespace tidemark::wire {

// Begins with its construction and ends with Close. Names are literals that need no escapes.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string* out) : out_(out) {}

  void String(std::string_view name, std::string_view text) {
    Key(name);
    AppendQuoted(text, out_);
  }
  // `text`: what stands for nothing, as null.
  void StringOrNull(std::string_view name, std::string_view text) {
    text.empty() ? Text(name, "null") : String(name, text);
  }
  template <std::integral T>
  void Integer(std::string_view name, T number) {
    Key(name);
    AppendPiece(number, out_);
  }
  template <std::integral T>
  void IntegerOrNull(std::string_view name, const std::optional<T>& number) {
    number ? Integer(name, *number) : Text(name, "null");
  }
  void Bool(std::string_view name, bool value) { Text(name, value ? "true" : "false"); }
  // As a string of hexadecimal digits.
  void Hex(std::string_view name, uint64_t number, int digits) {
    Key(name);
    out_->push_back('"');
    AppendHex(number, digits, out_);
    out_->push_back('"');
  }
  void HexOrNull(std::string_view name, uint64_t number, int digits) {
    number == 0 ? Text(name, "null") : Hex(name, number, digits);
  }
  // A canonical text, spaced.
  void Value(std::string_view name, std::string_view canonical) {
    Key(name);
    AppendSpacedText(canonical, out_);
  }
  void Strings(std::string_view name, const std::vector<std::string>& texts) {
    Key(name);
    std::string_view separator = "[";
    for (const std::string& text : texts) {
      out_->append(std::exchange(separator, ", "));
      AppendQuoted(text, out_);
    }
    out_->append(texts.empty() ? "[]" : "]");
  }
  // The name of a value that the caller appends to what is returned.
  std::string* Begin(std::string_view name) {
    Key(name);
    return out_;
  }
  void Close() { out_->append(empty_ ? "{}" : "}"); }

 private:
  void Key(std::string_view name) {
    out_->append(empty_ ? "{\"" : ", \"");
    out_->append(name);
    out_->append("\": ");
    empty_ = false;
  }
  void Text(std::string_view name, std::string_view text) {
    Key(name);
    out_->append(text);
  }

  std::string* out_;
  bool empty_ = true;
};

// A message up to its body, which the caller appends, and the closing brace after it.
inline void AppendEnvelope(std::string_view src, std::string_view dest, std::string* out) {
  out->append("{\"src\": ");
  AppendQuoted(src, out);
  out->append(", \"dest\": ");
  AppendQuoted(dest, out);
  out->append(", \"body\": ");
}

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_OBJECT_WRITER_H_
