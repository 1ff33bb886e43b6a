#include "node/kv/fated.h"

#include <variant>

#include "node/base/assert.h"

namespace tidemark::kv {
namespace {

using Kind = Fated::Kind;
using Refusal = Fated::Refusal;

Fated Refused(Refusal why) { return Fated{Kind::kRefused, 0, why}; }

struct Teller {
  LogIndex index;

  Fated operator()(const Done& /*result*/) const { return Fated{Kind::kCommitted, index}; }
  Fated operator()(const TxnDone& /*result*/) const { return Fated{Kind::kCommitted, index}; }
  Fated operator()(const Opened& /*result*/) const { return Fated{Kind::kCommitted, index}; }
  // That a fate was told is all that came of asking for it.
  Fated operator()(const Fated& /*result*/) const { return Fated{Kind::kCommitted, index}; }
  Fated operator()(const KeyMissing& /*result*/) const { return Refused(Refusal::kKeyMissing); }
  Fated operator()(const CasMismatch& /*result*/) const { return Refused(Refusal::kCasMismatch); }
  Fated operator()(const NotAList& /*result*/) const { return Refused(Refusal::kNotAList); }
  Fated operator()(const TooLarge& /*result*/) const { return Refused(Refusal::kTooLarge); }
  Fated operator()(const Cancelled& /*result*/) const { return Fated{Kind::kCancelled}; }
  Fated operator()(const SessionRefused& result) const {
    switch (result.verdict) {
      case Verdict::kHolds:
        break;
      case Verdict::kOtherCluster:
        return Refused(Refusal::kOtherCluster);
      case Verdict::kLostHistory:
        return Refused(Refusal::kLostHistory);
      case Verdict::kFromFuture:
        return Refused(Refusal::kFromFuture);
    }
    TM_ASSERT(false && "a session that holds is not refused");
    return Fated{};
  }
  template <typename NeverKept>
  Fated operator()(const NeverKept& /*result*/) const {
    TM_ASSERT(false && "nothing was executed, so nothing is kept");
    return Fated{};
  }
};

}  // namespace

Fated FateOf(const Outcome& outcome) { return std::visit(Teller{outcome.index}, outcome.result); }

}  // namespace tidemark::kv
