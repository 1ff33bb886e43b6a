// What clients are told of writes whose answers they missed.
#include <algorithm>
#include <variant>

#include "absl/strings/str_cat.h"
#include "harness/simulation/clients.h"

namespace tidemark::simulation {
namespace {

using check::Outcome;
using FateKind = kv::Fated::Kind;

}  // namespace

void Clients::FateTold(const Attempt& attempt, const server::ReplyBody& body) {
  Call* const call = attempt.call;
  const auto* ok = std::get_if<server::FateOk>(&body);
  if (ok == nullptr)
    return Fail(*call, "answers fit", "asked for a fate and was told another thing");
  ++counters_.fates;
  switch (ok->fate.kind) {
    case FateKind::kCommitted:
      return ToldCommitted(call, ok->fate.commit_index);
    case FateKind::kRefused:
      return ToldRefused(call, ok->fate.refusal);
    case FateKind::kCancelled:
      return ToldCancelled(call);
    case FateKind::kUnknown:
      if (!ledger_->MayBeForgotten(*call->name)) {
        Fail(*call, "fates are true", "is said to be unknown, and nobody may have forgotten it");
      }
      return Finish(call, Outcome::kIndeterminate, 0);
  }
}

void Clients::ToldCommitted(Call* call, uint64_t index) {
  if (index == 0 || call->executed_at != index) {
    return Fail(*call, "fates are true",
                absl::StrCat("is said to be committed at index ", index, " and took effect at ",
                             call->executed_at, " (0: nowhere)"));
  }
  acknowledged_ = std::max(acknowledged_, index);
  Session& session = MemoryOf(*call);
  session.tidemark = std::max(session.tidemark, index);
  // What a transaction read is not told.
  const bool reads = call->function == check::Function::kTxn;
  Finish(call, reads ? Outcome::kIndeterminate : Outcome::kOk, index);
}

void Clients::ToldRefused(Call* call, kv::Fated::Refusal refusal) {
  const check::Ledger::Settled* settled = ledger_->Find(*call->name);
  const bool right = settled != nullptr && !settled->cancelled &&
                     !ledger_->at(settled->index).took_effect &&
                     ledger_->at(settled->index).refusal == refusal;
  call->failed = true;
  if (!right) {
    Fail(*call, "fates are true",
         absl::StrCat("is said to be refused (", static_cast<int>(refusal),
                      "), and the log knows nothing of it"));
  }
  Finish(call, Outcome::kFailed, 0);
}

void Clients::ToldCancelled(Call* call) {
  ++counters_.cancellations;
  call->cancelled = call->failed = true;
  if (call->executed_at != 0) {
    return Fail(
        *call, "fates are true",
        absl::StrCat("is said to be cancelled and took effect at index ", call->executed_at));
  }
  // Some do not believe it and hand it in again.
  call->due = call->ordinal % 2 == 0 && MayTryAgain(*call);
  if (!call->due) Finish(call, Outcome::kFailed, 0);
}

// Of whom nobody waits any more: it must be the first outcome all the same.
void Clients::CheckLate(const Call& call, const server::ReplyBody& body) {
  std::optional<uint64_t> index = CommitIndexIn(body);
  const auto* told = std::get_if<server::FateOk>(&body);
  if (told != nullptr && told->fate.kind == FateKind::kCommitted) index = told->fate.commit_index;
  const bool known = call.function != check::Function::kDelete || call.once;
  if (!index || !known || call.executed_at == *index) return;
  Fail(call, "once",
       absl::StrCat("was acknowledged late, at index ", *index, ", and took effect at ",
                    call.executed_at, " (0: nowhere)"));
}

}  // namespace tidemark::simulation
