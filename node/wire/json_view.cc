#include "node/wire/json_view.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "node/base/assert.h"
#include "node/wire/json.h"
#include "node/wire/json_integer.h"

namespace tidemark::wire {
namespace {

// Objects with more members than this are sorted by references to them: moving members about one
// by one would be quadratic.
constexpr size_t kFewMembers = 10;

// A canonical text on its way into a string, some of it at a time: most of its parts are a byte or
// two, and a string looks at its capacity for each.
class Writer {
 public:
  explicit Writer(std::string* out) : out_(out) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void Put(char c) {
    if (size_ == sizeof waiting_) Flush();
    waiting_[size_++] = c;
  }
  void Put(std::string_view text) {
    if (text.size() > sizeof waiting_ - size_) return PutLong(text);
    std::memcpy(waiting_ + size_, text.data(), text.size());
    size_ += text.size();
  }
  void PutQuoted(std::string_view text) {
    Flush();
    AppendQuoted(text, out_);
  }

  void Flush() {
    out_->append(waiting_, size_);
    size_ = 0;
  }

 private:
  void PutLong(std::string_view text) {
    Flush();
    out_->append(text);
  }

  std::string* out_;
  size_t size_ = 0;
  char waiting_[512];
};

void PutString(const JsonView& string, Writer* out) {
  if (string.spelling() != JsonView::Spelling::kPlain) return out->PutQuoted(string.string_value());
  out->Put('"');
  out->Put(string.string_value());
  out->Put('"');
}

void PutAtom(const JsonView& view, Writer* out) {
  switch (view.type()) {
    case Json::Type::kBool:
      return out->Put(view.bool_value() ? "true" : "false");
    case Json::Type::kNumber:
      return out->Put(view.number_text());
    case Json::Type::kString:
      return PutString(view, out);
    default:
      return out->Put("null");
  }
}

void PutValue(const JsonView& view, Writer* out);

void PutItems(absl::Span<const JsonView> items, Writer* out) {
  out->Put('[');
  for (const JsonView& item : items) {
    if (&item != items.data()) out->Put(',');
    PutValue(item, out);
  }
  out->Put(']');
}

void PutMembers(const JsonView& object, Writer* out) {
  out->Put('{');
  for (size_t i = 0; i < object.member_count(); ++i) {
    if (i > 0) out->Put(',');
    PutString(object.key(i), out);
    out->Put(':');
    PutValue(object.member(i), out);
  }
  out->Put('}');
}

void PutValue(const JsonView& view, Writer* out) {
  if (view.is_array()) {
    PutItems(view.items(), out);
  } else if (view.is_object()) {
    PutMembers(view, out);
  } else {
    PutAtom(view, out);
  }
}

// Most keys of a message differ in their first byte, and a look at it is cheaper than a call.
bool IsBefore(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty() || a[0] == b[0]) return a < b;
  return static_cast<unsigned char>(a[0]) < static_cast<unsigned char>(b[0]);
}

JsonView* SortFew(JsonView* members, size_t count) {
  TM_ASSERT(count <= kFewMembers);
  for (size_t i = 1; i < count; ++i) {
    JsonView* at = members + 2 * i;
    for (; at != members && IsBefore(at[0].string_value(), at[-2].string_value()); at -= 2) {
      std::swap(at[0], at[-2]);
      std::swap(at[1], at[-1]);
    }
  }
  return members;
}

size_t CountValues(const Json& tree) {
  size_t count = 1;
  if (tree.is_array()) {
    for (const Json& item : tree.items()) count += CountValues(item);
  } else if (tree.is_object()) {
    for (const Json::Member& member : tree.members()) count += 1 + CountValues(member.second);
  }
  return count;
}

JsonView ViewOfAtom(const Json& atom) {
  switch (atom.type()) {
    case Json::Type::kBool:
      return JsonView::Bool(atom.bool_value());
    case Json::Type::kNumber:
      return JsonView::Number(atom.number_text());
    case Json::Type::kString:
      return JsonView::String(atom.string_value(), JsonView::Spelling::kWithEscapes);
    default:
      return JsonView::Null();
  }
}

void AddViews(const Json& tree, JsonViews* views) {
  const size_t begin = views->waiting();
  if (tree.is_array()) {
    for (const Json& item : tree.items()) AddViews(item, views);
    views->CloseArray(begin);
  } else if (tree.is_object()) {
    for (const auto& [key, value] : tree.members()) {
      views->Add(JsonView::String(key, JsonView::Spelling::kWithEscapes));
      AddViews(value, views);
    }
    const bool distinct = views->CloseObject(begin);
    TM_ASSERT(distinct);
  } else {
    views->Add(ViewOfAtom(tree));
  }
}

}  // namespace

const JsonView* JsonView::Find(std::string_view key) const {
  if (!is_object()) return nullptr;
  size_t low = 0;
  for (size_t high = size_; high - low > kFewMembers;) {
    const size_t middle = low + (high - low) / 2;
    (parts()[2 * middle].text() <= key ? low : high) = middle;
  }
  const JsonView* at = parts() + 2 * low;
  const JsonView* const end = at + 2 * std::min<size_t>(size_ - low, kFewMembers);
  for (; at != end; at += 2) {
    if (at->size_ == key.size() && at->text() == key) return at + 1;
  }
  return nullptr;
}

std::optional<int64_t> JsonView::AsInt64() const {
  return is_number() ? ParseInteger<int64_t>(text()) : std::nullopt;
}
std::optional<uint64_t> JsonView::AsUint64() const {
  return is_number() ? ParseInteger<uint64_t>(text()) : std::nullopt;
}

std::string JsonView::Canonical() const {
  if (is_number()) return std::string(text());
  std::string out;
  Writer writer(&out);
  PutValue(*this, &writer);
  writer.Flush();
  return out;
}

Json JsonView::Tree() const {
  switch (type()) {
    case Type::kNull:
      return Json();
    case Type::kBool:
      return Json::Bool(bool_value());
    case Type::kNumber:
      return Json::NumberText(std::string(text()));
    case Type::kString:
      return Json::String(std::string(text()));
    case Type::kArray:
      return ArrayTree();
    case Type::kObject:
      return ObjectTree();
  }
  return Json();
}

Json JsonView::ArrayTree() const {
  std::vector<Json> trees;
  trees.reserve(size_);
  for (const JsonView& item : items()) trees.push_back(item.Tree());
  return Json::Array(std::move(trees));
}

Json JsonView::ObjectTree() const {
  std::vector<size_t> in_text(size_);
  for (size_t i = 0; i < size_; ++i) in_text[key(i).order_] = i;
  std::vector<Json::Member> trees;
  trees.reserve(size_);
  for (size_t i : in_text) trees.emplace_back(key(i).string_value(), member(i).Tree());
  return Json::Object(std::move(trees));
}

void JsonViews::Close(Json::Type type, size_t begin, const JsonView* parts, size_t size) {
  const size_t count = waiting_ - begin;
  TM_ASSERT(count <= closed_ - begin);
  closed_ -= count;
  // Where the text is dense, the front has grown into where its values will stand.
  std::memmove(&values_[closed_], parts, count * sizeof(JsonView));
  waiting_ = begin;
  Add(JsonView(type, &values_[closed_], size));
}

void JsonViews::CloseArray(size_t begin) {
  TM_ASSERT(begin <= waiting_);
  Close(Json::Type::kArray, begin, &values_[begin], waiting_ - begin);
}

bool JsonViews::CloseObject(size_t begin) {
  TM_ASSERT(begin <= waiting_ && (waiting_ - begin) % 2 == 0);
  JsonView* const members = &values_[begin];
  const size_t count = (waiting_ - begin) / 2;
  for (size_t i = 0; i < count; ++i) members[2 * i].order_ = static_cast<uint32_t>(i);
  const JsonView* const sorted =
      count <= kFewMembers ? SortFew(members, count) : sort_.Sort(members, count);
  for (size_t i = 1; i < count; ++i) {
    if (sorted[2 * i].text() == sorted[2 * i - 2].text()) return false;
  }
  Close(Json::Type::kObject, begin, sorted, count);
  return true;
}

const JsonView& JsonViews::root() const {
  TM_ASSERT(waiting_ == 1);
  return values_[0];
}

JsonViews ViewsOf(const Json& tree) {
  JsonViews views(CountValues(tree));
  AddViews(tree, &views);
  return views;
}

}  // namespace tidemark::wire
