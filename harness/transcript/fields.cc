#include "harness/transcript/fields.h"

#include <optional>

#include "node/base/concat.h"

namespace tidemark::transcript {

using wire::Json;

const Json* Fields::Take(std::string_view key, std::string_view expected) {
  taken_.emplace(key);
  const Json* value = object_.Find(key);
  if (value == nullptr) Wrong(key, expected, nullptr);
  return value;
}

void Fields::Wrong(std::string_view key, std::string_view expected, const Json* came) {
  if (!status_.ok()) return;
  status_ = absl::InvalidArgumentError(Concat("\"", key, "\" must be ", expected, ", not ",
                                              came == nullptr ? "missing" : came->Spaced()));
}

std::string Fields::String(std::string_view key) {
  const Json* value = Take(key, "a string");
  if (value != nullptr && value->is_string()) return value->string_value();
  Wrong(key, "a string", value);
  return "";
}

int64_t Fields::Natural(std::string_view key) {
  constexpr int64_t kMost = int64_t{1} << 40;  // 34 years in milliseconds
  const Json* value = Take(key, "a whole number from 0");
  std::optional<int64_t> number;
  if (value != nullptr && value->is_number()) number = value->AsInt64();
  if (number && *number >= 0 && *number <= kMost) return *number;
  Wrong(key, "a whole number from 0", value);
  return 0;
}

bool Fields::Bool(std::string_view key) {
  const Json* value = Take(key, "true or false");
  if (value != nullptr && value->is_bool()) return value->bool_value();
  Wrong(key, "true or false", value);
  return false;
}

bool Fields::TakeStrings(const Json& array, std::vector<std::string>* out) {
  if (!array.is_array()) return false;
  for (const Json& item : array.items()) {
    if (!item.is_string()) return false;
    out->push_back(item.string_value());
  }
  return true;
}

std::vector<std::string> Fields::Strings(std::string_view key) {
  std::vector<std::string> strings;
  const Json* value = Take(key, "a list of strings");
  if (value == nullptr || !TakeStrings(*value, &strings)) Wrong(key, "a list of strings", value);
  return strings;
}

std::vector<int64_t> Fields::Integers(std::string_view key) {
  constexpr std::string_view kExpected = "a list of whole numbers";
  const Json* value = Take(key, kExpected);
  std::vector<int64_t> integers;
  if (value == nullptr || !value->is_array()) {
    Wrong(key, kExpected, value);
    return integers;
  }
  for (const Json& item : value->items()) {
    const std::optional<int64_t> number = item.is_number() ? item.AsInt64() : std::nullopt;
    if (!number) Wrong(key, kExpected, value);
    integers.push_back(number.value_or(0));
  }
  return integers;
}

std::vector<std::vector<std::string>> Fields::Groups(std::string_view key) {
  constexpr std::string_view kExpected = "a list of lists of nodes";
  const Json* value = Take(key, kExpected);
  if (value == nullptr || !value->is_array()) {
    Wrong(key, kExpected, value);
    return {};
  }
  std::vector<std::vector<std::string>> groups;
  for (const Json& group : value->items()) {
    if (!TakeStrings(group, &groups.emplace_back())) Wrong(key, kExpected, value);
  }
  return groups;
}

const Json& Fields::Object(std::string_view key) {
  static const Json& kEmpty = *new Json(Json::Object());
  const Json* value = Take(key, "an object");
  if (value != nullptr && value->is_object()) return *value;
  Wrong(key, "an object", value);
  return kEmpty;
}

absl::Status Fields::Finish() {
  if (!status_.ok()) return status_;
  for (const auto& [key, value] : object_.members()) {
    if (taken_.contains(key)) continue;
    return absl::InvalidArgumentError(Concat("\"", key, "\" is not known here"));
  }
  return absl::OkStatus();
}

}  // namespace tidemark::transcript
