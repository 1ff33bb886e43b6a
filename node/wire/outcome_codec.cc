#include "node/wire/outcome_codec.h"

#include <string_view>
#include <variant>

#include "node/base/assert.h"
#include "node/kv/command.h"
#include "node/wire/checked.h"
#include "node/wire/command_codec.h"
#include "node/wire/object_writer.h"
#include "node/wire/session_codec.h"
#include "node/wire/txn_codec.h"

namespace tidemark::wire {
namespace {

using Kind = kv::Fated::Kind;
using Refusal = kv::Fated::Refusal;

// --- Decoding -----------------------------------------------------------------------------------

// Never kNone: what was refused was refused for something.
Refusal DecodeRefusal(const Checked& refusal) {
  constexpr Refusal kRefusals[] = {
      Refusal::kKeyMissing,  Refusal::kCasMismatch, Refusal::kNotAList, Refusal::kOtherCluster,
      Refusal::kLostHistory, Refusal::kFromFuture,  Refusal::kTooLarge};
  return kRefusals[refusal.OneOf({"key_missing", "cas_mismatch", "not_a_list",
                                  "token_other_cluster", "token_lost_history", "token_from_future",
                                  "too_large"})];
}

kv::Fated DecodeFated(const Checked& body) {
  constexpr Kind kKinds[] = {Kind::kCommitted, Kind::kRefused, Kind::kCancelled, Kind::kUnknown};
  kv::Fated fated;
  fated.kind =
      kKinds[body.Field("outcome").OneOf({"committed", "refused", "cancelled", "unknown"})];
  if (fated.kind == Kind::kCommitted) {
    fated.commit_index = body.Field("commit_index").Uint(1, kMaxCount);
  } else if (fated.kind == Kind::kRefused) {
    fated.refusal = DecodeRefusal(body.Field("refusal"));
  }
  return fated;
}

kv::TooLarge DecodeTooLarge(const Checked& body) {
  constexpr Limit kLimits[] = {Limit::kLine, Limit::kKey, Limit::kValue, Limit::kAnswer};
  kv::TooLarge result;
  result.limit = kLimits[body.Field("limit").OneOf(
      {NameOf(Limit::kLine), NameOf(Limit::kKey), NameOf(Limit::kValue), NameOf(Limit::kAnswer)})];
  result.bytes = body.Field("limit_bytes").Uint(kMostLimits.Of(result.limit));
  return result;
}

// In the order of kv::Result's alternatives.
enum class ResultName {
  kDone,
  kTxnDone,
  kKeyMissing,
  kCasMismatch,
  kNotAList,
  kOpened,
  kOpeningVoid,
  kWriterClosed,
  kOutcomeForgotten,
  kSeqReused,
  kCancelled,
  kSessionRefused,
  kFated,
  kTooLarge,
};

kv::Result DecodeResult(const Checked& body) {
  switch (static_cast<ResultName>(body.Field("result").OneOf(
      {"done", "txn_done", "key_missing", "cas_mismatch", "not_a_list", "opened", "opening_void",
       "writer_closed", "outcome_forgotten", "seq_reused", "cancelled", "session_refused", "fated",
       "too_large"}))) {
    case ResultName::kDone:
      return kv::Done{};
    case ResultName::kTxnDone:
      return kv::TxnDone{DecodeTxnOps(body.Field("txn"), TxnValues::kOfAll)};
    case ResultName::kKeyMissing:
      return kv::KeyMissing{};
    case ResultName::kCasMismatch:
      return kv::CasMismatch{body.Field("current").Canonical()};
    case ResultName::kNotAList:
      return kv::NotAList{body.Field("key").Canonical()};
    case ResultName::kOpened:
      return kv::Opened{};
    case ResultName::kOpeningVoid:
      return kv::OpeningVoid{};
    case ResultName::kWriterClosed:
      return kv::WriterClosed{};
    case ResultName::kOutcomeForgotten:
      return kv::OutcomeForgotten{};
    case ResultName::kSeqReused:
      return kv::SeqReused{};
    case ResultName::kCancelled:
      return kv::Cancelled{};
    case ResultName::kSessionRefused:
      return kv::SessionRefused{DecodeVerdict(body.Field("verdict"))};
    case ResultName::kFated:
      return DecodeFated(body);
    case ResultName::kTooLarge:
      return DecodeTooLarge(body);
  }
  return {};
}

// --- Encoding -----------------------------------------------------------------------------------

std::string_view RefusalName(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone:
      break;
    case Refusal::kKeyMissing:
      return "key_missing";
    case Refusal::kCasMismatch:
      return "cas_mismatch";
    case Refusal::kNotAList:
      return "not_a_list";
    case Refusal::kOtherCluster:
      return Spelled(kv::Verdict::kOtherCluster);
    case Refusal::kLostHistory:
      return Spelled(kv::Verdict::kLostHistory);
    case Refusal::kFromFuture:
      return Spelled(kv::Verdict::kFromFuture);
    case Refusal::kTooLarge:
      return "too_large";
  }
  TM_ASSERT(false && "what was refused was refused for something");
  return "";
}

void AppendResult(const kv::Done&, ObjectWriter* body) { body->String("result", "done"); }
void AppendResult(const kv::TxnDone& done, ObjectWriter* body) {
  body->String("result", "txn_done");
  AppendTxnOps(done.ops, body->Begin("txn"));
}
void AppendResult(const kv::KeyMissing&, ObjectWriter* body) {
  body->String("result", "key_missing");
}
void AppendResult(const kv::CasMismatch& mismatch, ObjectWriter* body) {
  body->String("result", "cas_mismatch");
  body->Value("current", mismatch.current);
}
void AppendResult(const kv::NotAList& not_a_list, ObjectWriter* body) {
  body->String("result", "not_a_list");
  body->Value("key", not_a_list.key);
}
void AppendResult(const kv::Opened&, ObjectWriter* body) { body->String("result", "opened"); }
void AppendResult(const kv::OpeningVoid&, ObjectWriter* body) {
  body->String("result", "opening_void");
}
void AppendResult(const kv::WriterClosed&, ObjectWriter* body) {
  body->String("result", "writer_closed");
}
void AppendResult(const kv::OutcomeForgotten&, ObjectWriter* body) {
  body->String("result", "outcome_forgotten");
}
void AppendResult(const kv::SeqReused&, ObjectWriter* body) {
  body->String("result", "seq_reused");
}
void AppendResult(const kv::Cancelled&, ObjectWriter* body) { body->String("result", "cancelled"); }
void AppendResult(const kv::SessionRefused& refused, ObjectWriter* body) {
  body->String("result", "session_refused");
  body->String("verdict", Spelled(refused.verdict));
}
void AppendResult(const kv::TooLarge& result, ObjectWriter* body) {
  body->String("result", "too_large");
  body->String("limit", NameOf(result.limit));
  body->Integer("limit_bytes", result.bytes);
}
void AppendResult(const kv::Fated& fated, ObjectWriter* body) {
  body->String("result", "fated");
  body->String("outcome", Spelled(fated.kind));
  if (fated.kind == Kind::kCommitted) body->Integer("commit_index", fated.commit_index);
  if (fated.kind == Kind::kRefused) body->String("refusal", RefusalName(fated.refusal));
}

}  // namespace

kv::Applied DecodeApplied(const Checked& body) {
  kv::Applied applied;
  applied.outcome.index = body.Field("index").Uint(kMaxCount);
  applied.outcome.result = DecodeResult(body);
  applied.session = DecodeOptionalSession(body.Field("session"), kMaxCount);
  return applied;
}

void AppendApplied(const kv::Applied& applied, ObjectWriter* body) {
  body->Integer("index", applied.outcome.index);
  std::visit([&](const auto& result) { AppendResult(result, body); }, applied.outcome.result);
  if (applied.session) AppendSession(*applied.session, body->Begin("session"));
}

std::string_view Spelled(Kind kind) {
  switch (kind) {
    case Kind::kCommitted:
      return "committed";
    case Kind::kRefused:
      return "refused";
    case Kind::kCancelled:
      return "cancelled";
    case Kind::kUnknown:
      return "unknown";
  }
  return "";
}

}  // namespace tidemark::wire
