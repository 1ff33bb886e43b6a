// Reading what somebody sent, field by field. Each reader says what it expects; the first thing
// that is otherwise is noted with its path, and from then on all readers return empty values: a
// decoder reads straight through and asks once, at its end, whether all was well.
#ifndef TIDEMARK_NODE_WIRE_CHECKED_H_
#define TIDEMARK_NODE_WIRE_CHECKED_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "node/wire/json_view.h"

namespace tidemark::wire {

// What is wrong, for the sender: "body.key: expected a value, got nothing". Empty: nothing so far.
struct Problem {
  std::string text;
  bool found() const { return !text.empty(); }
};

// A value, or the place where one is missing. Values made from this one refer to it for their
// path: it must outlive them.
class Checked {
 public:
  Checked(const JsonView& json, Problem* problem) : json_(&json), problem_(problem) {}

  bool present() const { return json_ != nullptr; }
  bool ok() const { return !problem_->found(); }
  const JsonView* json() const { return json_; }

  Checked Field(std::string_view name) const;
  Checked Item(size_t index) const;

  // The number of items of an array of `min` to `max` items; zero where this is none.
  size_t Items(size_t min, size_t max) const;
  // An object; no reader of fields needs it first.
  void Object() const;
  // A string that is not empty.
  std::string Name() const;
  // Any value; its canonical text.
  std::string Canonical() const;
  bool Bool() const;
  bool BoolOr(bool otherwise) const { return present() ? Bool() : otherwise; }
  // An integer, spelled as one, in [low, high].
  int64_t Int(int64_t low, int64_t high) const;
  uint64_t Uint(uint64_t high) const { return Uint(0, high); }
  uint64_t Uint(uint64_t low, uint64_t high) const;
  // A string of exactly `digits` lower-case hexadecimal digits.
  uint64_t Hex(int digits) const;
  // The same for an identity, of which none is zero.
  uint64_t Identity(int digits) const;
  // Which of `names` this string is.
  size_t OneOf(std::initializer_list<std::string_view> names) const;
  // 1 to 100 distinct names; sorted.
  std::vector<std::string> NodeIds() const;

  // Notes that something else was expected here.
  void Refuse(std::string_view expected) const;
  // Notes down what is wrong with this value, in words of the caller's own.
  void Complain(std::string_view what) const;

 private:
  Checked(const JsonView* json, const Checked* parent, std::string_view name, size_t index)
      : json_(json), parent_(parent), name_(name), index_(index), problem_(parent->problem_) {}

  void AppendPath(std::string* path) const;

  const JsonView* json_;
  const Checked* parent_ = nullptr;
  std::string_view name_;  // in the parent object; empty: `index_` in the parent array
  size_t index_ = 0;
  Problem* problem_;
};

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_CHECKED_H_
