#include "node/wire/checked.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "node/base/concat.h"
#include "node/wire/excerpt.h"
#include "node/wire/json_view.h"

namespace tidemark::wire {
namespace {

bool IsHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

std::optional<uint64_t> ParseHex(std::string_view text, int digits) {
  if (text.size() != static_cast<size_t>(digits)) return std::nullopt;
  if (!std::all_of(text.begin(), text.end(), IsHexDigit)) return std::nullopt;
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return value;
}

std::string Alternatives(std::initializer_list<std::string_view> names) {
  std::string text;
  for (std::string_view name : names) {
    ConcatTo(&text, text.empty() ? "" : " or ", "\"", name, "\"");
  }
  return text;
}

}  // namespace

Checked Checked::Field(std::string_view name) const {
  return Checked(json_ == nullptr ? nullptr : json_->Find(name), this, name, 0);
}

Checked Checked::Item(size_t index) const {
  bool exists = json_ != nullptr && json_->is_array() && index < json_->items().size();
  return Checked(exists ? &json_->items()[index] : nullptr, this, "", index);
}

size_t Checked::Items(size_t min, size_t max) const {
  if (!present() || !json_->is_array()) {
    Refuse("an array");
  } else if (size_t size = json_->items().size(); size < min || size > max) {
    Complain(Concat("expected ", min, " to ", max, " items, got ", size));
  }
  return ok() ? json_->items().size() : 0;
}

void Checked::Object() const {
  if (!present() || !json_->is_object()) Refuse("an object");
}

std::string Checked::Name() const {
  if (present() && json_->is_string() && !json_->string_value().empty()) {
    return std::string(json_->string_value());
  }
  Refuse("a string that is not empty");
  return "";
}

std::string Checked::Canonical() const {
  if (present()) return json_->Canonical();
  Refuse("a value");
  return "";
}

bool Checked::Bool() const {
  if (present() && json_->is_bool()) return json_->bool_value();
  Refuse("true or false");
  return false;
}

int64_t Checked::Int(int64_t low, int64_t high) const {
  std::optional<int64_t> value = present() ? json_->AsInt64() : std::nullopt;
  if (value && *value >= low && *value <= high) return *value;
  Refuse(Concat("an integer from ", low, " to ", high));
  return low;
}

uint64_t Checked::Uint(uint64_t low, uint64_t high) const {
  std::optional<uint64_t> value = present() ? json_->AsUint64() : std::nullopt;
  if (value && *value >= low && *value <= high) return *value;
  Refuse(Concat("an integer from ", low, " to ", high));
  return low;
}

uint64_t Checked::Hex(int digits) const {
  std::optional<uint64_t> value =
      present() && json_->is_string() ? ParseHex(json_->string_value(), digits) : std::nullopt;
  if (!value) Refuse(Concat("a string of ", digits, " hexadecimal digits in lower case"));
  return value.value_or(0);
}

uint64_t Checked::Identity(int digits) const {
  uint64_t value = Hex(digits);
  if (value == 0) Refuse("an identity that is not zero");
  return value;
}

size_t Checked::OneOf(std::initializer_list<std::string_view> names) const {
  if (present() && json_->is_string()) {
    const auto* found = std::find(names.begin(), names.end(), json_->string_value());
    if (found != names.end()) return static_cast<size_t>(found - names.begin());
  }
  Refuse(Alternatives(names));
  return 0;
}

std::vector<std::string> Checked::NodeIds() const {
  std::vector<std::string> ids;
  size_t size = Items(1, 100);
  for (size_t i = 0; i < size; ++i) ids.push_back(Item(i).Name());
  std::sort(ids.begin(), ids.end());
  if (std::adjacent_find(ids.begin(), ids.end()) != ids.end()) Refuse("each id once");
  return ids;
}

void Checked::Refuse(std::string_view expected) const {
  if (!ok()) return;
  Complain(Concat("expected ", expected, ", got ",
                  present() ? Shortened(json_->Canonical()) : "nothing"));
}

void Checked::Complain(std::string_view what) const {
  if (!ok()) return;
  std::string path;
  AppendPath(&path);
  ConcatTo(&problem_->text, path, path.empty() ? "" : ": ", what);
}

void Checked::AppendPath(std::string* path) const {
  if (parent_ == nullptr) return;
  parent_->AppendPath(path);
  if (name_.empty()) {
    ConcatTo(path, "[", index_, "]");
  } else {
    ConcatTo(path, path->empty() ? "" : ".", name_);
  }
}

}  // namespace tidemark::wire
