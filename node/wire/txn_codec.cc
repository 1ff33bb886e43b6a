#include "node/wire/txn_codec.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "node/kv/command.h"
#include "node/wire/checked.h"
#include "node/wire/json.h"

namespace tidemark::wire {
namespace {

using Kind = kv::TxnOp::Kind;

constexpr size_t kMaxOps = 10000;

std::string_view Spelled(Kind kind) {
  switch (kind) {
    case Kind::kRead:
      return "\"r\"";
    case Kind::kWrite:
      return "\"w\"";
    case Kind::kAppend:
      return "\"append\"";
  }
  return "";
}

kv::TxnOp DecodeOp(const Checked& op, TxnValues values) {
  op.Items(2, 3);
  auto kind = static_cast<Kind>(op.Item(0).OneOf({"r", "w", "append"}));
  kv::TxnOp decoded{kind, op.Item(1).Canonical(), ""};
  if (kind != Kind::kRead || values == TxnValues::kOfAll) decoded.value = op.Item(2).Canonical();
  return decoded;
}

}  // namespace

std::vector<kv::TxnOp> DecodeTxnOps(const Checked& ops, TxnValues values) {
  std::vector<kv::TxnOp> decoded;
  size_t size = ops.Items(0, kMaxOps);
  decoded.reserve(size);
  for (size_t i = 0; i < size && ops.ok(); ++i) {
    decoded.push_back(DecodeOp(ops.Item(i), values));
  }
  return decoded;
}

void AppendTxnOps(const std::vector<kv::TxnOp>& ops, std::string* out) {
  std::string_view separator = "[";
  for (const kv::TxnOp& op : ops) {
    out->append(separator);
    separator = ", ";
    out->push_back('[');
    out->append(Spelled(op.kind));
    out->append(", ");
    AppendSpacedText(op.key, out);
    out->append(", ");
    AppendSpacedText(op.value.empty() ? "null" : op.value, out);
    out->push_back(']');
  }
  out->append(ops.empty() ? "[]" : "]");
}

}  // namespace tidemark::wire
