#include "node/kv/txn_check.h"

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "node/base/assert.h"
#include "node/kv/item.h"
#include "node/kv/limit_check.h"

namespace tidemark::kv {
namespace {

constexpr std::string_view kMissing = "null";
constexpr std::string_view kEmptyList = "[]";

using Get = std::function<std::optional<std::string_view>(std::string_view)>;

// What a key holds: as much of it as decides.
struct Shape {
  bool exists = false;
  bool is_list = false;
  uint64_t bytes = 0;

  bool TakesAppend() const { return !exists || is_list; }
  uint64_t BytesRead() const { return exists ? bytes : kMissing.size(); }
  // As a list with one more element. REQUIRES: TakesAppend().
  Shape With(const std::string& element) const {
    const uint64_t before = exists ? bytes : kEmptyList.size();
    const uint64_t comma = before > kEmptyList.size() ? 1 : 0;
    return {true, true, before + comma + element.size()};
  }
};

Shape ShapeOf(std::string_view text) { return {true, IsList(text), text.size()}; }

class Checker {
 public:
  Checker(const Limits& limits, const Get& get) : limits_(limits), get_(get) {}

  // nullopt: it can be done, after all that was checked before.
  std::optional<Result> Check(const TxnOp& op) {
    switch (op.kind) {
      case TxnOp::Kind::kRead:
        return Count(op, At(op.key).BytesRead());
      case TxnOp::Kind::kWrite:
        return Put(op, ShapeOf(op.value));
      case TxnOp::Kind::kAppend:
        return Append(op);
    }
    TM_ASSERT(false && "there are three kinds");
    return std::nullopt;
  }

 private:
  Shape& At(std::string_view key) {
    const auto [it, is_new] = shapes_.try_emplace(absl::string_view(key.data(), key.size()));
    if (!is_new) return it->second;
    if (const std::optional<std::string_view> text = get_(key)) it->second = ShapeOf(*text);
    return it->second;
  }

  // A key that is too large is so whatever stands under it.
  std::optional<Result> Append(const TxnOp& op) {
    if (const auto beyond = BeyondToPut(op.key, 0, limits_)) return *beyond;
    const Shape& before = At(op.key);
    return before.TakesAppend() ? Put(op, before.With(op.value)) : Result(NotAList{op.key});
  }

  std::optional<Result> Put(const TxnOp& op, Shape shape) {
    if (const auto beyond = BeyondToPut(op.key, shape.bytes, limits_)) return *beyond;
    At(op.key) = shape;
    return Count(op, op.value.size());
  }

  std::optional<Result> Count(const TxnOp& op, uint64_t value_bytes) {
    answer_bytes_ += AnswerBytesOf(op.key.size(), value_bytes);
    if (answer_bytes_ > limits_.answer) return TooLarge{Limit::kAnswer, limits_.answer};
    return std::nullopt;
  }

  const Limits& limits_;
  const Get& get_;
  absl::flat_hash_map<absl::string_view, Shape> shapes_;  // of what was looked at, as it is by now
  uint64_t answer_bytes_ = 0;
};

}  // namespace

std::optional<Result> WhyImpossible(const Txn& txn, const Limits& limits, const Get& get) {
  Checker checker(limits, get);
  for (const TxnOp& op : txn.ops) {
    if (std::optional<Result> refusal = checker.Check(op)) return refusal;
  }
  return std::nullopt;
}

}  // namespace tidemark::kv
