#include "harness/transcript/diff.h"

#include <algorithm>

#include "harness/transcript/match.h"
#include "node/base/concat.h"

namespace tidemark::transcript {
namespace {

using wire::Json;

constexpr size_t kLongestValue = 60;

std::string Shortened(std::string text) {
  if (text.size() > kLongestValue) text.replace(kLongestValue, std::string::npos, "…");
  return text;
}

std::string Described(const Json* value) {
  return value == nullptr ? "nothing" : Shortened(value->Spaced());
}

// Writes one of the two texts: Spaced(), and marks wherever the other has something else.
class Marker {
 public:
  // `same(mine, other)`: whether the two values need no mark.
  explicit Marker(bool mine_is_expected) : mine_is_expected_(mine_is_expected) {}

  Marked Mark(const Json& mine, const Json& other) {
    Value(mine, &other);
    return std::move(out_);
  }

 private:
  bool Same(const Json& mine, const Json& other) const {
    return mine_is_expected_ ? SameJson(mine, other) : SameJson(other, mine);
  }

  void Value(const Json& mine, const Json* other) {
    const bool both_objects = other != nullptr && mine.is_object() && other->is_object();
    const bool both_arrays = other != nullptr && mine.is_array() && other->is_array();
    if (both_objects) {
      Members(mine, *other);
    } else if (both_arrays) {
      Items(mine, *other);
    } else {
      const size_t begin = out_.text.size();
      mine.AppendSpaced(&out_.text);
      if (other == nullptr || !Same(mine, *other)) AddMark(begin);
    }
  }

  void Members(const Json& mine, const Json& other) {
    out_.text += '{';
    const char* separator = "";
    for (const auto& [key, value] : mine.members()) {
      out_.text += separator;
      separator = ", ";
      const Json* counterpart = other.Find(key);
      const size_t begin = out_.text.size();
      wire::AppendQuoted(key, &out_.text);
      out_.text += ": ";
      if (counterpart != nullptr) {
        Value(value, counterpart);
      } else {
        value.AppendSpaced(&out_.text);
        AddMark(begin);
      }
    }
    out_.text += '}';
  }

  void Items(const Json& mine, const Json& other) {
    out_.text += '[';
    for (size_t i = 0; i < mine.items().size(); ++i) {
      if (i > 0) out_.text += ", ";
      Value(mine.items()[i], i < other.items().size() ? &other.items()[i] : nullptr);
    }
    out_.text += ']';
  }

  void AddMark(size_t begin) { out_.marks.emplace_back(begin, out_.text.size()); }

  const bool mine_is_expected_;
  Marked out_;
};

void ListFields(const std::string& path, const Json* expected, const Json* came,
                std::vector<std::string>* fields);

void ListMembers(const std::string& path, const Json& expected, const Json& came,
                 std::vector<std::string>* fields) {
  auto inner = [&path](const std::string& key) { return path.empty() ? key : path + "." + key; };
  for (const auto& [key, value] : expected.members()) {
    ListFields(inner(key), &value, came.Find(key), fields);
  }
  for (const auto& [key, value] : came.members()) {
    if (expected.Find(key) == nullptr) ListFields(inner(key), nullptr, &value, fields);
  }
}

void ListItems(const std::string& path, const Json& expected, const Json& came,
               std::vector<std::string>* fields) {
  const auto& left = expected.items();
  const auto& right = came.items();
  for (size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    ListFields(Concat(path, "[", i, "]"), i < left.size() ? &left[i] : nullptr,
               i < right.size() ? &right[i] : nullptr, fields);
  }
}

void ListFields(const std::string& path, const Json* expected, const Json* came,
                std::vector<std::string>* fields) {
  if (expected != nullptr && came != nullptr) {
    if (SameJson(*expected, *came)) return;
    if (expected->is_object() && came->is_object()) {
      return ListMembers(path, *expected, *came, fields);
    }
    if (expected->is_array() && came->is_array()) return ListItems(path, *expected, *came, fields);
  }
  fields->push_back(Concat(path, ": expected ", Described(expected), ", came ", Described(came)));
}

Marked MarkedFrom(std::string_view text, size_t begin) {
  Marked marked{std::string(text), {}};
  if (begin < text.size()) marked.marks.emplace_back(begin, text.size());
  return marked;
}

}  // namespace

Difference DiffJson(const Json& expected, const Json& came) {
  Difference difference{Marker(true).Mark(expected, came), Marker(false).Mark(came, expected), {}};
  ListFields("", &expected, &came, &difference.fields);
  return difference;
}

Difference DiffBytes(std::string_view expected, std::string_view came) {
  const auto first = std::mismatch(expected.begin(), expected.end(), came.begin(), came.end());
  const size_t begin = static_cast<size_t>(first.first - expected.begin());
  return {MarkedFrom(expected, begin),
          MarkedFrom(came, begin),
          {Concat("the texts differ from byte ", begin + 1, " on")}};
}

}  // namespace tidemark::transcript
