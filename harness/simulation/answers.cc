// Each answer against what the log comes to.
#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "harness/simulation/clients.h"

namespace tidemark::simulation {
namespace {

using check::Function;
using check::Outcome;
using server::ErrorCode;

}  // namespace

std::optional<uint64_t> CommitIndexIn(const server::ReplyBody& body) {
  if (const auto* ok = std::get_if<server::WriteOk>(&body)) return ok->commit_index.value();
  if (const auto* ok = std::get_if<server::CasOk>(&body)) return ok->commit_index.value();
  if (const auto* ok = std::get_if<server::DeleteOk>(&body)) return ok->commit_index.value();
  if (const auto* ok = std::get_if<server::TxnOk>(&body)) return ok->commit_index.value();
  return std::nullopt;
}

void Clients::Answered(const Attempt& attempt, const server::Reply& reply) {
  Call* const call = attempt.call;
  if (call->opens) return Opened(call, reply.body);
  if (call->guess) return Guessed(call, reply.body);
  CheckSession(attempt, reply);
  if (call->finished) return CheckLate(*call, reply.body);
  Raise(*call, reply);
  const auto* error = std::get_if<server::Error>(&reply.body);
  if (error != nullptr) CheckCalm(*call, *error);
  if (call->forged) return ForgedAnswered(call, reply);
  if (error != nullptr) return Failed(attempt, reply, *error);
  if (attempt.asks_fate) return FateTold(attempt, reply.body);
  if (const auto* ok = std::get_if<server::TxnOk>(&reply.body)) return TxnDone(call, *ok);
  if (const auto index = CommitIndexIn(reply.body)) return Written(call, *index);
  if (const auto* ok = std::get_if<server::ReadOk>(&reply.body)) {
    return ReadSaw(call, &ok->value, reply.session);
  }
  if (const auto* ok = std::get_if<server::RywReadOk>(&reply.body)) {
    return SessionReadSaw(call, &ok->value, ok->served, reply.session);
  }
  Fail(*call, "answers fit", "was answered with something else than it asked for");
}

// A writer that was opened and whose opener was not told is nobody's.
void Clients::Opened(Call* call, const server::ReplyBody& body) {
  if (call->finished) return;
  const auto* ok = std::get_if<server::OpenOk>(&body);
  Finish(call, Outcome::kFailed, 0);
  if (ok == nullptr) return;
  const bool stands =
      ok->client >= 1 && ok->client <= ledger_->last_index() && ledger_->at(ok->client).took_effect;
  const auto* opening =
      stands ? std::get_if<kv::OpenClient>(&ledger_->at(ok->client).command->operation) : nullptr;
  if (opening == nullptr) {
    Fail(*call, "once", absl::StrCat("was given writer ", ok->client, ", which nobody opened"));
  } else if (opening->bits != ok->key) {
    Fail(*call, "once", absl::StrCat("was given writer ", ok->client, " and not its key"));
  }
  Session& owner = WriterOf(*call);
  if (owner.writer != 0) return;
  owner.writer = ok->client;
  owner.key = ok->key;
}

// A name that was guessed tells nothing, and nothing is cancelled.
void Clients::Guessed(Call* call, const server::ReplyBody& body) {
  const auto* ok = std::get_if<server::FateOk>(&body);
  if (ok != nullptr) ++counters_.guesses;
  if (ok != nullptr && ok->fate.kind != kv::Fated::Kind::kUnknown) {
    Fail(*call, "fates are true", "was told what came of a write whose name nobody was told");
  }
  if (!call->finished) Finish(call, Outcome::kFailed, 0);
}

void Clients::Written(Call* call, uint64_t index) {
  if (index == 0 || index > ledger_->last_index()) {
    return Fail(*call, "acknowledged is committed",
                absl::StrCat("was acknowledged at index ", index, ", which is not committed"));
  }
  if (call->function == Function::kDelete && !call->once && call->executed_at == 0) {
    const check::Ledger::Entry& entry = ledger_->at(index);
    const bool fits =
        entry.took_effect && std::holds_alternative<kv::Delete>(entry.command->operation);
    if (!fits) Fail(*call, "acknowledged is committed", absl::StrCat("is not at index ", index));
    if (!known_deletes_.insert(index).second) {
      Fail(*call, "at most once",
           absl::StrCat("was acknowledged at index ", index, ", as another delete was"));
    }
  } else if (call->executed_at != index) {
    Fail(*call, "acknowledged is committed",
         absl::StrCat("was acknowledged at index ", index, " and took effect at ",
                      call->executed_at, " (0: nowhere)"));
  }
  if (index <= call->floor) {
    Fail(*call, "linearizability",
         absl::StrCat("took effect at index ", index, ", but index ", call->floor,
                      " had been told to a client before it began"));
  }
  if (call->token && index <= call->token->index) {
    Fail(*call, "writes-follow-reads",
         absl::StrCat("took effect at index ", index, ", but its session had seen ",
                      call->token->index));
  }
  Session& session = MemoryOf(*call);
  session.tidemark = std::max(session.tidemark, index);
  if (call->once) ++counters_.once_writes;
  Finish(call, Outcome::kOk, index);
}

void Clients::TxnDone(Call* call, const server::TxnOk& reply) {
  Written(call, reply.commit_index.value());
  if (laws_->violation()) return;
  const check::Ledger::Entry& entry = ledger_->at(reply.commit_index.value());
  if (entry.read != reply.ops) {
    Fail(*call, "strict serializability", "read something else than the state at its index");
  }
  check::Transaction& steps = history_.txn(Recorded(*call).txn - 1);
  for (size_t i = 0; i < steps.size() && i < reply.ops.size(); ++i) {
    if (steps[i].kind != check::TxnStep::Kind::kRead) continue;
    const std::string& value = reply.ops[i].value;
    steps[i].value = value == "null" ? check::kMissing : history_.Intern(value);
  }
}

// Some version with this value must have stood at `floor` or later. `*position`: the earliest place
// at which the read can be.
void Clients::CheckNewEnough(const Call& call, const std::string* value, uint64_t floor,
                             const char* check, uint64_t* position) {
  const std::vector<check::Ledger::Version>& versions = ledger_->VersionsOf(call.key);
  uint64_t until = UINT64_MAX;
  bool found = false;
  for (auto version = versions.rbegin(); version != versions.rend() && until > floor; ++version) {
    const bool same = value == nullptr ? !version->value : version->value == *value;
    if (same) *position = std::max(floor, version->since);
    found = found || same;
    until = version->since;
  }
  if (found) return;
  Fail(call, check,
       absl::StrCat("saw ", value == nullptr ? "no such key" : *value,
                    ", which did not stand at index ", floor, " or later"));
}

void Clients::ReadSaw(Call* call, const std::string* value,
                      const std::optional<kv::Session>& session) {
  ++counters_.linearizable_reads;
  check::Operation& recorded = Recorded(*call);
  recorded.value = value == nullptr ? check::kMissing : history_.Intern(*value);
  if (session) {
    CheckStateAt(*call, value, session->index, call->floor, "linearizability");
    return Finish(call, Outcome::kOk, session->index);
  }
  uint64_t position = 0;
  CheckNewEnough(*call, value, call->floor, "linearizability", &position);
  acknowledged_ = std::max(acknowledged_, position);
  recorded.carried = false;  // the answer names no index
  Finish(call, Outcome::kOk, 0);
}

void Clients::SessionReadSaw(Call* call, const std::string* value, const server::Served& served,
                             const std::optional<kv::Session>& session) {
  ++counters_.session_reads;
  check::Operation& recorded = Recorded(*call);
  recorded.value = value == nullptr ? check::kMissing : history_.Intern(*value);
  if (const auto* follower = std::get_if<server::ServedByFollower>(&served)) {
    return FollowerServed(call, value, *follower);
  }
  if (session) {
    CheckStateAt(*call, value, session->index, call->token ? call->token->index : 1,
                 "read-your-writes");
    return Finish(call, Outcome::kOk, session->index);
  }
  uint64_t position = 0;
  CheckNewEnough(*call, value, call->need, "read-your-writes", &position);
  recorded.carried = false;
  Finish(call, Outcome::kOk, 0);
}

void Clients::FollowerServed(Call* call, const std::string* value,
                             const server::ServedByFollower& served) {
  ++counters_.follower_reads;
  uint64_t index = served.follower_applied_index.value();
  if (served.proved_index) {
    ++counters_.proved_reads;
    index = served.proved_index->value();
    if (!call->token || call->token->index != index) {
      Fail(*call, "proofs",
           absl::StrCat("was served as of index ", index,
                        " ahead of what was applied, and no token proves that"));
    }
  }
  const uint64_t least = call->in_session ? (call->token ? call->token->index : 1) : call->need;
  CheckStateAt(*call, value, index, least, "read-your-writes");
  Session& session = MemoryOf(*call);
  session.tidemark = std::max(session.tidemark, index);
  Finish(call, Outcome::kOk, index);
}

// The value, the check and the index that was told are of one moment.
void Clients::CheckStateAt(const Call& call, const std::string* value, uint64_t index,
                           uint64_t least, const char* check) {
  if (index < least || index > ledger_->last_index()) {
    return Fail(call, check, absl::StrCat("was served at index ", index, " and needed ", least));
  }
  const std::optional<std::string>& then = ledger_->ValueAt(call.key, index);
  const bool same = value == nullptr ? !then : then == *value;
  if (same) return;
  Fail(call, check,
       absl::StrCat("saw ", value == nullptr ? "no such key" : *value, " at index ", index,
                    ", where the value was ", then.value_or("missing")));
}

// A cas or delete that was refused has read the state: some version that refuses it must have stood
// at the call's floor or later.
void Clients::CheckRefusal(const Call& call, bool missing) {
  uint64_t until = UINT64_MAX;
  const std::vector<check::Ledger::Version>& versions = ledger_->VersionsOf(call.key);
  for (auto version = versions.rbegin(); version != versions.rend() && until > call.floor;
       ++version) {
    if (missing ? !version->value : version->value && *version->value != call.from) return;
    until = version->since;
  }
  Fail(call, "linearizability",
       absl::StrCat("was refused for ", missing ? "a missing key" : "another value",
                    ", which was not so at index ", call.floor, " or later"));
}

// Where nothing fails, not even for the end's sake, nothing is left open and nobody waits in vain.
void Clients::CheckCalm(const Call& call, const server::Error& error) {
  using server::Reason;
  if (settings_.faults != kNoFaults || settings_.liveness) return;
  const bool without_cause =
      error.code == server::ErrorCode::kIndefinite || error.reason == Reason::kNoLeader ||
      error.reason == Reason::kNotBootstrapped || error.reason == Reason::kTimedOut;
  if (without_cause) {
    Fail(call, "calm", absl::StrCat("was told, though nothing is amiss: ", error.text));
  }
}

void Clients::Failed(const Attempt& attempt, const server::Reply& reply,
                     const server::Error& error) {
  Call* const call = attempt.call;
  CheckCode(attempt, error);
  const bool missing = error.code == ErrorCode::kKeyMissing;
  if (missing && call->function == Function::kRead) return ReadSaw(call, nullptr, reply.session);
  if (missing && call->function == Function::kRywRead) {
    if (error.served) return SessionReadSaw(call, nullptr, *error.served, reply.session);
    return Fail(*call, "answers fit", "found no such key and does not say who looked");
  }
  if (error.code == ErrorCode::kIndefinite) return LeftOpen(attempt, error);
  if (error.code == ErrorCode::kUnavailable) return NothingDone(attempt);
  RefusedForGood(attempt, error);
}

// All nodes of a run have the same flags.
bool Clients::NamesItsLimit(const server::Error& error) const {
  if (error.reason != server::Reason::kTooLarge) return !error.limit;
  return error.limit && error.limit->bytes == plan_.options.raft.limits.Of(error.limit->limit);
}

// Who sent nothing wrong is told nothing else.
void Clients::CheckCode(const Attempt& attempt, const server::Error& error) {
  const Call& call = *attempt.call;
  if (RefusesSession(error)) {
    return Fail(
        call, "true tokens are taken",
        absl::StrCat("carried what its session had seen, index ",
                     call.token ? call.token->index : call.need, ", and was told: ", error.text));
  }
  const bool writes = Writes(call.function);
  const bool cas = error.code == ErrorCode::kPreconditionFailed;
  const bool too_large =
      error.code == ErrorCode::kMalformed && error.reason == server::Reason::kTooLarge;
  const bool fits = error.code == ErrorCode::kUnavailable ||
                    (writes && error.code == ErrorCode::kIndefinite) ||
                    (!attempt.asks_fate && error.code == ErrorCode::kKeyMissing) ||
                    (writes && !attempt.asks_fate && (cas || too_large)) ||
                    (call.fate_asked && error.code == ErrorCode::kAborted);
  const bool overloaded =
      error.reason == server::Reason::kOverloaded || error.reason == server::Reason::kNoRoom;
  if (!fits || overloaded != error.retry_after_ms.has_value() || !NamesItsLimit(error)) {
    Fail(call, "error codes",
         absl::StrCat("was told code ", static_cast<int>(error.code), ": ", error.text));
  }
}

// Nothing came of this attempt; of an earlier one perhaps.
void Clients::NothingDone(const Attempt& attempt) {
  Call* const call = attempt.call;
  if (!attempt.asks_fate) --call->maybe_handed_in;
  call->due = MayTryAgain(*call) && (call->once || call->maybe_handed_in > 0);
  if (call->due) return;
  if (call->maybe_handed_in > 0) return Finish(call, Outcome::kIndeterminate, 0);
  call->failed = true;
  if (call->executed_at != 0) {
    Fail(*call, "definite errors",
         absl::StrCat("took effect at index ", call->executed_at,
                      " and was told that nothing was done"));
  }
  Finish(call, Outcome::kFailed, 0);
}

void Clients::LeftOpen(const Attempt& attempt, const server::Error& error) {
  Call* const call = attempt.call;
  if (!attempt.asks_fate) {
    if (!error.write_id || (call->once && *error.write_id != call->once->Told())) {
      return Fail(*call, "error codes", "was left open, and not under the name that it has");
    }
    const bool forgotten = error.reason == server::Reason::kOutcomeForgotten;
    if (forgotten && call->once && WriterOf(*call).writer == call->once->writer) {
      WriterOf(*call).writer = 0;  // the next write opens another
    }
    if (forgotten && !ledger_->MayBeForgotten(*error.write_id)) {
      return Fail(*call, "once", "is forgotten, though nobody has heard what came of it");
    }
    if (!call->once && !ledger_->IsNameHere(*error.write_id)) {
      return Fail(*call, "fates are true", "was left open under a name that is no writer's");
    }
    MemoryOf(*call).told = error.write_id;
    if (!call->name) {
      call->name = error.write_id;
      NoteId(call);
    }
  }
  call->due = MayTryAgain(*call);
  if (!call->due) Finish(call, Outcome::kIndeterminate, 0);
}

void Clients::RefusedForGood(const Attempt& attempt, const server::Error& error) {
  Call* const call = attempt.call;
  const bool missing = error.code == ErrorCode::kKeyMissing;
  const bool refused = error.code == ErrorCode::kPreconditionFailed && !error.reason;
  if (Writes(call->function) && (missing || refused)) CheckRefusal(*call, missing);
  call->failed = true;
  if (call->executed_at != 0) {
    Fail(*call, "definite errors",
         absl::StrCat("took effect at index ", call->executed_at, " and was told: ", error.text));
  }
  Finish(call, Outcome::kFailed, 0);
}

}  // namespace tidemark::simulation
