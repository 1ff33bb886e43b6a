#include "node/wire/operation_bytes.h"

#include <cstddef>

#include "node/wire/binary_format.h"

namespace tidemark::wire {
namespace {

constexpr size_t kMinTxnOpBytes = 9;  // of a kind and two empty strings

TxnOpKind KindOf(const kv::TxnOp& op) {
  switch (op.kind) {
    case kv::TxnOp::Kind::kRead:
      return TxnOpKind::kRead;
    case kv::TxnOp::Kind::kWrite:
      return TxnOpKind::kWrite;
    case kv::TxnOp::Kind::kAppend:
      return TxnOpKind::kAppend;
  }
  TM_ASSERT(false && "no such kind");
  return {};
}

kv::TxnOp::Kind ReadTxnOpKind(ByteReader* in) {
  const auto kind = in->Tag<TxnOpKind>("txn.kind");
  switch (kind) {
    case TxnOpKind::kRead:
      return kv::TxnOp::Kind::kRead;
    case TxnOpKind::kWrite:
      return kv::TxnOp::Kind::kWrite;
    case TxnOpKind::kAppend:
      return kv::TxnOp::Kind::kAppend;
  }
  in->RefuseTag("txn.kind", kind);
  return {};
}

}  // namespace

void AppendTxnOps(const std::vector<kv::TxnOp>& ops, ByteWriter* out) {
  out->Size(ops.size());
  for (const kv::TxnOp& op : ops) {
    out->Tag(KindOf(op));
    out->String(op.key);
    out->String(op.value);
  }
}

void AppendLimits(const Limits& limits, ByteWriter* out) {
  out->U64(limits.line);
  out->U64(limits.key);
  out->U64(limits.value);
  out->U64(limits.answer);
}

void AppendOpening(const kv::OpenWriter& opening, ByteWriter* out) {
  out->String(opening.node);
  out->U64(opening.incarnation);
  out->U64(opening.number);
  out->U64(opening.bits);
}

// Fields are read one statement at a time: they lie in that order.
std::vector<kv::TxnOp> ReadTxnOps(ByteReader* in) {
  std::vector<kv::TxnOp> ops;
  const size_t count = in->Count("txn.ops", kMinTxnOpBytes);
  ops.reserve(count);
  for (size_t i = 0; i < count && in->ok(); ++i) {
    kv::TxnOp& op = ops.emplace_back();
    op.kind = ReadTxnOpKind(in);
    op.key = in->String("txn.key");
    op.value = in->String("txn.value");
  }
  return ops;
}

Limits ReadLimits(ByteReader* in) {
  Limits limits;
  limits.line = in->U64("limits.line");
  limits.key = in->U64("limits.key");
  limits.value = in->U64("limits.value");
  limits.answer = in->U64("limits.answer");
  if (!IsPossible(limits)) in->Refuse("limits", "no cluster has such limits");
  return limits;
}

kv::OpenWriter ReadOpening(ByteReader* in) {
  kv::OpenWriter opening;
  opening.node = in->String("open_writer.node");
  opening.incarnation = in->U64("open_writer.incarnation");
  opening.number = in->U64("open_writer.number");
  opening.bits = in->U64("open_writer.bits");
  return opening;
}

}  // namespace tidemark::wire
