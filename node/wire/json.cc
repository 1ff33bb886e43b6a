#include "node/wire/json.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/wire/json_integer.h"

namespace tidemark::wire {
namespace {

using SortedMembers = std::vector<const Json::Member*>;

SortedMembers SortedByKey(const std::vector<Json::Member>& members) {
  SortedMembers sorted;
  sorted.reserve(members.size());
  for (const Json::Member& member : members) sorted.push_back(&member);
  std::sort(sorted.begin(), sorted.end(),
            [](const Json::Member* a, const Json::Member* b) { return a->first < b->first; });
  return sorted;
}

bool SameMembers(const std::vector<Json::Member>& a, const std::vector<Json::Member>& b) {
  if (a.size() != b.size()) return false;
  SortedMembers sorted_a = SortedByKey(a);
  SortedMembers sorted_b = SortedByKey(b);
  return std::equal(sorted_a.begin(), sorted_a.end(), sorted_b.begin(),
                    [](const Json::Member* x, const Json::Member* y) { return *x == *y; });
}

void AppendAtom(const Json& json, std::string* out) {
  switch (json.type()) {
    case Json::Type::kBool:
      out->append(json.bool_value() ? "true" : "false");
      return;
    case Json::Type::kNumber:
      out->append(json.number_text());
      return;
    case Json::Type::kString:
      AppendQuoted(json.string_value(), out);
      return;
    default:
      out->append("null");
  }
}

}  // namespace

Json Json::Bool(bool value) {
  Json json;
  json.value_ = value;
  return json;
}
Json Json::Number(int64_t value) { return NumberText(Concat(value)); }
Json Json::Number(uint64_t value) { return NumberText(Concat(value)); }
Json Json::NumberText(std::string spelled) {
  TM_ASSERT(!spelled.empty());
  Json json;
  json.value_ = Spelling{std::move(spelled)};
  return json;
}
Json Json::String(std::string value) {
  Json json;
  json.value_ = std::move(value);
  return json;
}
Json Json::Array(std::vector<Json> items) {
  Json json;
  json.value_ = std::move(items);
  return json;
}
Json Json::Object(std::vector<Member> members) {
  Json json;
  json.value_ = std::move(members);
  return json;
}

bool Json::bool_value() const {
  TM_ASSERT(is_bool());
  return *std::get_if<bool>(&value_);
}
const std::string& Json::number_text() const {
  TM_ASSERT(is_number());
  return std::get_if<Spelling>(&value_)->text;
}
const std::string& Json::string_value() const {
  TM_ASSERT(is_string());
  return *std::get_if<std::string>(&value_);
}
const std::vector<Json>& Json::items() const {
  TM_ASSERT(is_array());
  return *std::get_if<std::vector<Json>>(&value_);
}
const std::vector<Json::Member>& Json::members() const {
  TM_ASSERT(is_object());
  return *std::get_if<std::vector<Member>>(&value_);
}
std::vector<Json>& Json::mutable_items() {
  TM_ASSERT(is_array());
  return *std::get_if<std::vector<Json>>(&value_);
}
std::vector<Json::Member>& Json::mutable_members() {
  TM_ASSERT(is_object());
  return *std::get_if<std::vector<Member>>(&value_);
}

const Json* Json::Find(std::string_view key) const {
  if (!is_object()) return nullptr;
  for (const auto& [name, value] : members()) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::optional<int64_t> Json::AsInt64() const {
  return is_number() ? ParseInteger<int64_t>(number_text()) : std::nullopt;
}
std::optional<uint64_t> Json::AsUint64() const {
  return is_number() ? ParseInteger<uint64_t>(number_text()) : std::nullopt;
}

std::string Json::Canonical() const {
  std::string out;
  AppendCanonical(&out);
  return out;
}
std::string Json::Spaced() const {
  std::string out;
  AppendSpaced(&out);
  return out;
}

void Json::AppendCanonical(std::string* out) const {
  std::string_view separator;
  if (is_array()) {
    out->push_back('[');
    for (const Json& item : items()) {
      out->append(std::exchange(separator, ","));
      item.AppendCanonical(out);
    }
    out->push_back(']');
  } else if (is_object()) {
    out->push_back('{');
    for (const Member* member : SortedByKey(members())) {
      out->append(std::exchange(separator, ","));
      AppendQuoted(member->first, out);
      out->push_back(':');
      member->second.AppendCanonical(out);
    }
    out->push_back('}');
  } else {
    AppendAtom(*this, out);
  }
}

void Json::AppendSpaced(std::string* out) const {
  std::string_view separator;
  if (is_array()) {
    out->push_back('[');
    for (const Json& item : items()) {
      out->append(std::exchange(separator, ", "));
      item.AppendSpaced(out);
    }
    out->push_back(']');
  } else if (is_object()) {
    out->push_back('{');
    for (const auto& [key, value] : members()) {
      out->append(std::exchange(separator, ", "));
      AppendQuoted(key, out);
      out->append(": ");
      value.AppendSpaced(out);
    }
    out->push_back('}');
  } else {
    AppendAtom(*this, out);
  }
}

bool Json::operator==(const Json& other) const {
  if (type() != other.type()) return false;
  switch (type()) {
    case Type::kNull:
      return true;
    case Type::kBool:
      return bool_value() == other.bool_value();
    case Type::kNumber:
      return number_text() == other.number_text();
    case Type::kString:
      return string_value() == other.string_value();
    case Type::kArray:
      return items() == other.items();
    case Type::kObject:
      return SameMembers(members(), other.members());
  }
  return false;
}

}  // namespace tidemark::wire
