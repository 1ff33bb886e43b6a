#include "node/wire/session_codec.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/kv/session.h"
#include "node/wire/checked.h"
#include "node/wire/json.h"
#include "node/wire/json_view.h"
#include "node/wire/object_writer.h"

namespace tidemark::wire {
namespace {

void RefuseIncomplete(const Checked& session) {
  std::string missing;
  for (std::string_view key : {"cluster", "index", "term", "stamp"}) {
    if (!session.Field(key).present()) ConcatTo(&missing, missing.empty() ? "" : ", ", key);
  }
  if (missing.empty()) return;
  session.Complain(Concat("expected cluster, index, term and stamp; missing: ", missing));
}

}  // namespace

kv::Session DecodeSession(const Checked& session, uint64_t max_count) {
  session.Object();
  RefuseIncomplete(session);
  kv::Session decoded;
  decoded.cluster = static_cast<uint32_t>(session.Field("cluster").Identity(8));
  decoded.index = session.Field("index").Uint(1, max_count);
  decoded.term = session.Field("term").Uint(1, max_count);
  decoded.stamp = static_cast<uint32_t>(session.Field("stamp").Hex(8));
  return decoded;
}

std::optional<kv::Session> DecodeOptionalSession(const Checked& session, uint64_t max_count) {
  if (!session.present()) return std::nullopt;
  return DecodeSession(session, max_count);
}

std::optional<kv::Session> DecodeClientSession(const Checked& session) {
  if (!session.present()) return std::nullopt;
  if (session.json()->is_object() && session.json()->member_count() == 0) return std::nullopt;
  return DecodeSession(session, kMaxSafeInteger);
}

void AppendSession(const kv::Session& session, std::string* out) {
  ObjectWriter fields(out);
  fields.Hex("cluster", session.cluster, 8);
  fields.Integer("index", session.index);
  fields.Integer("term", session.term);
  fields.Hex("stamp", session.stamp, 8);
  fields.Close();
}

std::string_view Spelled(kv::Verdict verdict) {
  switch (verdict) {
    case kv::Verdict::kHolds:
      break;
    case kv::Verdict::kOtherCluster:
      return "token_other_cluster";
    case kv::Verdict::kLostHistory:
      return "token_lost_history";
    case kv::Verdict::kFromFuture:
      return "token_from_future";
  }
  TM_ASSERT(false && "a session that holds is no refusal");
  return "";
}

kv::Verdict DecodeVerdict(const Checked& verdict) {
  constexpr kv::Verdict kVerdicts[] = {kv::Verdict::kOtherCluster, kv::Verdict::kLostHistory,
                                       kv::Verdict::kFromFuture};
  return kVerdicts[verdict.OneOf(
      {"token_other_cluster", "token_lost_history", "token_from_future"})];
}

}  // namespace tidemark::wire
