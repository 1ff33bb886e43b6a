#include "node/wire/result_bytes.h"

#include <cstddef>
#include <iterator>
#include <string_view>
#include <variant>

#include "node/base/assert.h"
#include "node/wire/binary_format.h"
#include "node/wire/operation_bytes.h"

namespace tidemark::wire {
namespace {

// What a thing is called in memory, and what on disk.
template <typename Here, typename There>
struct Name {
  Here here;
  There there;
};

constexpr Name<kv::Verdict, VerdictKind> kVerdicts[] = {
    {kv::Verdict::kHolds, VerdictKind::kHolds},
    {kv::Verdict::kOtherCluster, VerdictKind::kOtherCluster},
    {kv::Verdict::kLostHistory, VerdictKind::kLostHistory},
    {kv::Verdict::kFromFuture, VerdictKind::kFromFuture},
};

constexpr Name<kv::Fated::Kind, FateKind> kFates[] = {
    {kv::Fated::Kind::kCommitted, FateKind::kCommitted},
    {kv::Fated::Kind::kRefused, FateKind::kRefused},
    {kv::Fated::Kind::kCancelled, FateKind::kCancelled},
    {kv::Fated::Kind::kUnknown, FateKind::kUnknown},
};

constexpr Name<kv::Fated::Refusal, RefusalKind> kRefusals[] = {
    {kv::Fated::Refusal::kNone, RefusalKind::kNone},
    {kv::Fated::Refusal::kKeyMissing, RefusalKind::kKeyMissing},
    {kv::Fated::Refusal::kCasMismatch, RefusalKind::kCasMismatch},
    {kv::Fated::Refusal::kNotAList, RefusalKind::kNotAList},
    {kv::Fated::Refusal::kOtherCluster, RefusalKind::kOtherCluster},
    {kv::Fated::Refusal::kLostHistory, RefusalKind::kLostHistory},
    {kv::Fated::Refusal::kFromFuture, RefusalKind::kFromFuture},
    {kv::Fated::Refusal::kTooLarge, RefusalKind::kTooLarge},
};

constexpr Name<Limit, LimitKind> kLimits[] = {
    {Limit::kLine, LimitKind::kLine},
    {Limit::kKey, LimitKind::kKey},
    {Limit::kValue, LimitKind::kValue},
    {Limit::kAnswer, LimitKind::kAnswer},
};

template <typename Here, typename There, size_t n>
void AppendNamed(const Name<Here, There> (&names)[n], Here value, ByteWriter* out) {
  for (const auto& name : names) {
    if (name.here == value) return out->Tag(name.there);
  }
  TM_ASSERT(false && "it has no number on disk");
}

template <typename Here, typename There, size_t n>
Here ReadNamed(const Name<Here, There> (&names)[n], std::string_view field, ByteReader* in) {
  const There kind = in->Tag<There>(field);
  for (const auto& name : names) {
    if (name.there == kind) return name.here;
  }
  in->RefuseTag(field, kind);
  return {};
}

// --- Results that are told apart by their kind alone --------------------------------------------

template <typename Plain>
struct PlainKind;
template <>
struct PlainKind<kv::Done> {
  static constexpr ResultKind kKind = ResultKind::kDone;
};
template <>
struct PlainKind<kv::KeyMissing> {
  static constexpr ResultKind kKind = ResultKind::kKeyMissing;
};
template <>
struct PlainKind<kv::Opened> {
  static constexpr ResultKind kKind = ResultKind::kOpened;
};
template <>
struct PlainKind<kv::OpeningVoid> {
  static constexpr ResultKind kKind = ResultKind::kOpeningVoid;
};
template <>
struct PlainKind<kv::WriterClosed> {
  static constexpr ResultKind kKind = ResultKind::kWriterClosed;
};
template <>
struct PlainKind<kv::OutcomeForgotten> {
  static constexpr ResultKind kKind = ResultKind::kOutcomeForgotten;
};
template <>
struct PlainKind<kv::SeqReused> {
  static constexpr ResultKind kKind = ResultKind::kSeqReused;
};
template <>
struct PlainKind<kv::Cancelled> {
  static constexpr ResultKind kKind = ResultKind::kCancelled;
};

template <typename Plain>
void Append(const Plain& /*result*/, ByteWriter* out) {
  out->Tag(PlainKind<Plain>::kKind);
}

// --- And the others -----------------------------------------------------------------------------

void Append(const kv::TxnDone& result, ByteWriter* out) {
  out->Tag(ResultKind::kTxnDone);
  AppendTxnOps(result.ops, out);
}

void Append(const kv::CasMismatch& result, ByteWriter* out) {
  out->Tag(ResultKind::kCasMismatch);
  out->String(result.current);
}

void Append(const kv::NotAList& result, ByteWriter* out) {
  out->Tag(ResultKind::kNotAList);
  out->String(result.key);
}

void Append(const kv::SessionRefused& result, ByteWriter* out) {
  out->Tag(ResultKind::kSessionRefused);
  AppendNamed(kVerdicts, result.verdict, out);
}

void Append(const kv::TooLarge& result, ByteWriter* out) {
  out->Tag(ResultKind::kTooLarge);
  AppendNamed(kLimits, result.limit, out);
  out->U64(result.bytes);
}

void Append(const kv::Fated& result, ByteWriter* out) {
  out->Tag(ResultKind::kFated);
  AppendNamed(kFates, result.kind, out);
  out->U64(result.commit_index);
  AppendNamed(kRefusals, result.refusal, out);
}

kv::TooLarge ReadTooLarge(ByteReader* in) {
  kv::TooLarge result;
  result.limit = ReadNamed(kLimits, "too_large.limit", in);
  result.bytes = in->U64("too_large.bytes");
  return result;
}

kv::Fated ReadFated(ByteReader* in) {
  kv::Fated fated;
  fated.kind = ReadNamed(kFates, "fated.kind", in);
  fated.commit_index = in->U64("fated.commit_index");
  fated.refusal = ReadNamed(kRefusals, "fated.refusal", in);
  return fated;
}

}  // namespace

void AppendResult(const kv::Result& result, ByteWriter* out) {
  std::visit([out](const auto& one) { Append(one, out); }, result);
}

kv::Result ReadResult(ByteReader* in) {
  const auto kind = in->Tag<ResultKind>("result.kind");
  switch (kind) {
    case ResultKind::kDone:
      return kv::Done{};
    case ResultKind::kTxnDone:
      return kv::TxnDone{ReadTxnOps(in)};
    case ResultKind::kKeyMissing:
      return kv::KeyMissing{};
    case ResultKind::kCasMismatch:
      return kv::CasMismatch{in->String("cas_mismatch.current")};
    case ResultKind::kNotAList:
      return kv::NotAList{in->String("not_a_list.key")};
    case ResultKind::kOpened:
      return kv::Opened{};
    case ResultKind::kOpeningVoid:
      return kv::OpeningVoid{};
    case ResultKind::kWriterClosed:
      return kv::WriterClosed{};
    case ResultKind::kOutcomeForgotten:
      return kv::OutcomeForgotten{};
    case ResultKind::kSeqReused:
      return kv::SeqReused{};
    case ResultKind::kCancelled:
      return kv::Cancelled{};
    case ResultKind::kSessionRefused:
      return kv::SessionRefused{ReadNamed(kVerdicts, "session_refused.verdict", in)};
    case ResultKind::kFated:
      return ReadFated(in);
    case ResultKind::kTooLarge:
      return ReadTooLarge(in);
  }
  in->RefuseTag("result.kind", kind);
  return {};
}

}  // namespace tidemark::wire
