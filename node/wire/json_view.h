// JSON values that own nothing: what stands in them is in the text that they were read from. Where
// a tree of Json takes an allocation or two a value, a line full of values is one piece of memory
// here, filled once and freed at once.
#ifndef TIDEMARK_NODE_WIRE_JSON_VIEW_H_
#define TIDEMARK_NODE_WIRE_JSON_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "node/base/assert.h"
#include "node/wire/json.h"
#include "node/wire/member_sort.h"

namespace tidemark::wire {

// To be read as Json is, with one difference: members are sorted by key.
class JsonView {
 public:
  using Type = Json::Type;
  // Whether a string's canonical text is the string itself between quotes.
  enum class Spelling { kPlain, kWithEscapes };

  JsonView() = default;  // no value yet: there are many, and each is written before it is read
  static JsonView Null() { return JsonView(Type::kNull, nullptr, 0); }
  static JsonView Bool(bool value) { return JsonView(Type::kBool, nullptr, value ? 1 : 0); }
  static JsonView Number(std::string_view spelled) {
    return JsonView(Type::kNumber, spelled.data(), spelled.size());
  }
  static JsonView String(std::string_view value, Spelling canonical) {
    JsonView view(Type::kString, value.data(), value.size());
    view.plain_ = canonical == Spelling::kPlain;
    return view;
  }

  Type type() const { return static_cast<Type>(type_); }
  bool is_null() const { return type() == Type::kNull; }
  bool is_bool() const { return type() == Type::kBool; }
  bool is_number() const { return type() == Type::kNumber; }
  bool is_string() const { return type() == Type::kString; }
  bool is_array() const { return type() == Type::kArray; }
  bool is_object() const { return type() == Type::kObject; }

  // Each asserts the type.
  bool bool_value() const {
    TM_ASSERT(is_bool());
    return size_ != 0;
  }
  std::string_view number_text() const {
    TM_ASSERT(is_number());
    return text();
  }
  std::string_view string_value() const {
    TM_ASSERT(is_string());
    return text();
  }
  absl::Span<const JsonView> items() const {
    TM_ASSERT(is_array());
    return {parts(), size_};
  }
  size_t member_count() const {
    TM_ASSERT(is_object());
    return size_;
  }
  // Keys are strings; each asserts that there are so many.
  const JsonView& key(size_t index) const {
    TM_ASSERT(index < member_count());
    return parts()[2 * index];
  }
  const JsonView& member(size_t index) const {
    TM_ASSERT(index < member_count());
    return parts()[2 * index + 1];
  }
  Spelling spelling() const { return plain_ ? Spelling::kPlain : Spelling::kWithEscapes; }

  const JsonView* Find(std::string_view key) const;
  std::optional<int64_t> AsInt64() const;
  std::optional<uint64_t> AsUint64() const;
  std::string Canonical() const;
  // The same as a value of its own, members in the order of the text.
  Json Tree() const;

 private:
  friend class JsonViews;

  JsonView(Type type, const void* at, size_t size)
      : at_(at),
        size_(static_cast<uint32_t>(size)),
        type_(static_cast<uint32_t>(type)),
        plain_(0),
        order_(0) {}

  std::string_view text() const { return {static_cast<const char*>(at_), size_}; }
  // Items; or keys and values, in turn.
  const JsonView* parts() const { return static_cast<const JsonView*>(at_); }
  Json ArrayTree() const;
  Json ObjectTree() const;

  const void* at_;
  uint32_t size_;  // bytes, items or members; of a bool, its value
  uint32_t type_ : 3;
  uint32_t plain_ : 1;
  uint32_t order_ : 28;  // of a key: the how manieth in the text
};

// The values of one text. They are told in its order, each array and object behind what is in it:
// they wait at the front until the array or object that they are in closes, and then stand side
// by side at the back, which grows towards the front.
class JsonViews {
 public:
  // There will be no more than `most` values, keys counting as such.
  explicit JsonViews(size_t most)
      : values_(std::make_unique_for_overwrite<JsonView[]>(most)), closed_(most) {}

  void Add(JsonView value) {
    TM_ASSERT(waiting_ < closed_);
    values_[waiting_++] = value;
  }
  // How many wait: what is added from now on is part of an array or object that begins here.
  size_t waiting() const { return waiting_; }
  void CloseArray(size_t begin);
  // Of keys and values in turn. False: a key comes twice.
  bool CloseObject(size_t begin);

  // The only one that waits, at the end.
  const JsonView& root() const;

 private:
  // `parts`: the sorted members of an object, or what waits from `begin` on.
  void Close(Json::Type type, size_t begin, const JsonView* parts, size_t size);

  std::unique_ptr<JsonView[]> values_;
  size_t waiting_ = 0;
  size_t closed_;
  MemberSort sort_;
};

// Views of a tree, which must outlive them.
JsonViews ViewsOf(const Json& tree);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_JSON_VIEW_H_
