#include "harness/simulation/clients.h"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>
#include <variant>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "harness/check/describe.h"
#include "node/base/assert.h"
#include "node/base/concat.h"

namespace tidemark::simulation {
namespace {

using check::Function;
using check::Outcome;

// Keys change with time, so that no key's history grows without end.
constexpr int64_t kKeyLifeUs = 5'000'000;
constexpr int64_t kListKeys = 1'000'000;  // keys from here on hold lists
constexpr uint64_t kForgedBy = 1'000'000'000;

bool Writes(Function function) { return function >= Function::kWrite; }

// The number that a command writes, which is its call's; 0: it writes none.
uint32_t OrdinalIn(const kv::Operation& operation) {
  const std::string* value = nullptr;
  if (const auto* write = std::get_if<kv::Write>(&operation)) value = &write->value;
  if (const auto* cas = std::get_if<kv::Cas>(&operation)) value = &cas->to;
  if (const auto* txn = std::get_if<kv::Txn>(&operation)) value = &txn->ops.back().value;
  uint32_t ordinal = 0;
  if (value == nullptr || !absl::SimpleAtoi(*value, &ordinal)) return 0;
  return ordinal;
}

}  // namespace

std::string Describe(const Call& call) {
  return Concat(check::FunctionName(call.function), " ", call.ordinal, " of key ", call.key,
                " by session c", call.session + 1, " at n", call.node + 1);
}

Clients::Clients(const Settings& settings, const Plan& plan, const check::Ledger* ledger,
                 check::RaftLaws* laws)
    : settings_(settings), plan_(plan), ledger_(ledger), laws_(laws) {
  // The last ones are for probes: one a node.
  sessions_.resize(static_cast<size_t>(plan.sessions + plan.nodes));
}

int Clients::FreeSession(Random* random, int64_t now_us) {
  const int first = static_cast<int>(random->Between(0, plan_.sessions - 1));
  for (int i = 0; i < plan_.sessions; ++i) {
    const int at = (first + i) % plan_.sessions;
    Call* const open = sessions_[static_cast<size_t>(at)].open;
    if (open == nullptr) return at;
    if (open->invoked_us + plan_.client_patience.us <= now_us) {
      GiveUp(open);
      return at;
    }
  }
  return -1;
}

Call* Clients::Begin(uint32_t ordinal, int session, int64_t now_us) {
  at_[ordinal] = calls_.size();
  Call& call = calls_.emplace_back();
  call.ordinal = ordinal;
  call.session = session;
  call.invoked_us = now_us;
  call.floor = acknowledged_;
  call.need = sessions_[static_cast<size_t>(session)].tidemark;
  sessions_[static_cast<size_t>(session)].open = &call;
  ++counters_.invoked;
  return &call;
}

Call* Clients::Invoke(uint32_t ordinal, int64_t now_us) {
  Random random = Chance(settings_.seed, 4, ordinal);
  const int session = FreeSession(&random, now_us);
  if (session < 0) return nullptr;
  Call* const call = Begin(ordinal, session, now_us);
  call->node = static_cast<int>(random.Between(0, plan_.nodes - 1));
  DrawFunction(&random, call);
  DrawKey(&random, call, now_us);
  Record(call);
  return call;
}

Call* Clients::Probe(uint32_t ordinal, int node, int64_t now_us) {
  Call* const call = Begin(ordinal, plan_.sessions + node, now_us);
  call->node = node;
  call->function = Function::kWrite;
  call->key = absl::StrCat(kListKeys - 1 - node);
  Record(call);
  return call;
}

void Clients::DrawFunction(Random* random, Call* call) {
  const int64_t roll = random->Between(0, 99);
  if (roll < 35) {
    call->function = Function::kRywRead;
    call->forged = random->Between(0, 199) == 0;
    if (call->forged) call->need += kForgedBy;
  } else if (roll < 50) {
    call->function = Function::kRead;
  } else if (roll < 75) {
    call->function = Function::kWrite;
  } else if (roll < 87) {
    call->function = Function::kCas;
  } else if (roll < 90) {
    call->function = Function::kDelete;
  } else {
    call->function = Function::kTxn;
  }
}

void Clients::DrawKey(Random* random, Call* call, int64_t now_us) {
  const int64_t number = now_us / kKeyLifeUs * 100 + random->Between(0, plan_.keys - 1);
  const bool reads = !Writes(call->function);
  const bool list = call->function == Function::kTxn || (reads && random->Between(0, 3) == 0);
  call->key = absl::StrCat(list ? kListKeys + number : number);
  if (call->function != Function::kCas) return;
  auto newest = newest_.find(call->key);
  call->from = newest == newest_.end() ? "0" : newest->second;
}

void Clients::Record(Call* call) {
  check::Operation operation;
  operation.session = static_cast<uint32_t>(call->session);
  operation.function = call->function;
  operation.need = call->function == Function::kRywRead ? call->need : 0;
  operation.invoked = ++moment_;
  operation.returned = check::kNever;
  if (call->function == Function::kTxn) {
    RecordTxn(*call, &operation);
  } else {
    operation.key = history_.Intern(call->key);
  }
  if (call->function == Function::kWrite || call->function == Function::kCas) {
    operation.value = history_.Intern(absl::StrCat(call->ordinal));
    newest_[call->key] = absl::StrCat(call->ordinal);
  }
  if (call->function == Function::kCas) {
    operation.from = history_.Intern(call->from);
    operation.create_if_not_exists = call->ordinal % 2 == 0;
  }
  call->in_history = history_.operations().size();
  history_.Add(operation);
}

void Clients::RecordTxn(const Call& call, check::Operation* operation) {
  const auto txn = std::get<kv::Txn>(std::get<server::WriteRequest>(TxnOf(call)).operation);
  check::Transaction steps;
  for (const kv::TxnOp& op : txn.ops) {
    check::TxnStep step;
    step.kind = static_cast<check::TxnStep::Kind>(op.kind);
    step.key = history_.Intern(op.key);
    if (op.kind != kv::TxnOp::Kind::kRead) step.value = history_.Intern(op.value);
    steps.push_back(step);
  }
  operation->txn = history_.AddTxn(std::move(steps));
}

// Reads a register, then reads the list and appends to it.
server::RequestBody Clients::TxnOf(const Call& call) const {
  using Kind = kv::TxnOp::Kind;
  int64_t number = 0;
  TM_ASSERT(absl::SimpleAtoi(call.key, &number));
  return server::WriteRequest{kv::Txn{{{Kind::kRead, absl::StrCat(number - kListKeys), ""},
                                       {Kind::kRead, call.key, ""},
                                       {Kind::kAppend, call.key, absl::StrCat(call.ordinal)}}}};
}

server::ClientRequest Clients::Request(const Call& call) const {
  server::ClientRequest request;
  request.from = {absl::StrCat("c", call.session + 1), call.ordinal};
  const std::string value = absl::StrCat(call.ordinal);
  switch (call.function) {
    case Function::kRead:
      request.body = server::ReadRequest{call.key};
      break;
    case Function::kRywRead:
      request.body =
          server::RywReadRequest{call.key, raft::Index(call.need), call.ordinal % 4 != 0, {}};
      break;
    case Function::kWrite:
      request.body = server::WriteRequest{kv::Write{call.key, value}};
      break;
    case Function::kCas:
      request.body =
          server::WriteRequest{kv::Cas{call.key, call.from, value, call.ordinal % 2 == 0}};
      break;
    case Function::kDelete:
      request.body = server::WriteRequest{kv::Delete{call.key}};
      break;
    case Function::kTxn:
      request.body = TxnOf(call);
      break;
  }
  return request;
}

void Clients::Committed(uint64_t index, const check::Ledger::Entry& entry) {
  if (!entry.took_effect) return;
  auto known = at_.find(OrdinalIn(entry.command->operation));
  if (known == at_.end()) return;
  Call& call = calls_[known->second];
  if (call.executed_at != 0) {
    return Fail(call, "at most once",
                absl::StrCat("took effect at index ", call.executed_at, " and again at ", index));
  }
  call.executed_at = index;
  Recorded(call).index = index;
  if (call.failed) {
    Fail(call, "definite errors",
         absl::StrCat("was answered with a definite error and took effect at index ", index));
  }
}

void Clients::Fail(const Call& call, const char* check, const std::string& text) {
  laws_->Fail(check, absl::StrCat(Describe(call), " ", text));
}

void Clients::Answered(Call* call, const server::ReplyBody& body) {
  if (call->finished) return;
  if (const auto* ok = std::get_if<server::WriteOk>(&body)) {
    return Written(call, ok->commit_index.value());
  }
  if (const auto* ok = std::get_if<server::CasOk>(&body)) {
    return Written(call, ok->commit_index.value());
  }
  if (const auto* ok = std::get_if<server::DeleteOk>(&body)) {
    return Written(call, ok->commit_index.value());
  }
  if (const auto* ok = std::get_if<server::TxnOk>(&body)) return TxnDone(call, *ok);
  if (const auto* ok = std::get_if<server::ReadOk>(&body)) return ReadSaw(call, &ok->value);
  if (const auto* ok = std::get_if<server::RywReadOk>(&body)) {
    return SessionReadSaw(call, &ok->value, ok->served);
  }
  if (const auto* error = std::get_if<server::Error>(&body)) return Failed(call, *error);
  Fail(*call, "answers fit", "was answered with something else than it asked for");
}

void Clients::Written(Call* call, uint64_t index) {
  Session& session = sessions_[static_cast<size_t>(call->session)];
  if (index == 0 || index > ledger_->last_index()) {
    Fail(*call, "acknowledged is committed",
         absl::StrCat("was acknowledged at index ", index, ", which is not committed"));
  } else if (call->function == Function::kDelete) {
    const check::Ledger::Entry& entry = ledger_->at(index);
    const bool fits =
        entry.took_effect && std::holds_alternative<kv::Delete>(entry.command->operation);
    if (!fits) Fail(*call, "acknowledged is committed", absl::StrCat("is not at index ", index));
    if (!acknowledged_deletes_.insert(index).second) {
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
  session.tidemark = std::max(session.tidemark, index);
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

void Clients::ReadSaw(Call* call, const std::string* value) {
  ++counters_.linearizable_reads;
  uint64_t position = 0;
  CheckNewEnough(*call, value, call->floor, "linearizability", &position);
  acknowledged_ = std::max(acknowledged_, position);
  check::Operation& recorded = Recorded(*call);
  recorded.value = value == nullptr ? check::kMissing : history_.Intern(*value);
  recorded.carried = false;  // the answer names no index
  Finish(call, Outcome::kOk, 0);
}

void Clients::SessionReadSaw(Call* call, const std::string* value, const server::Served& served) {
  ++counters_.session_reads;
  check::Operation& recorded = Recorded(*call);
  recorded.value = value == nullptr ? check::kMissing : history_.Intern(*value);
  const auto* follower = std::get_if<server::ServedByFollower>(&served);
  if (follower == nullptr) {
    uint64_t position = 0;
    CheckNewEnough(*call, value, call->need, "read-your-writes", &position);
    recorded.carried = false;
    return Finish(call, Outcome::kOk, 0);
  }
  ++counters_.follower_reads;
  const uint64_t index = follower->follower_applied_index.value();
  CheckStateAt(*call, value, index);
  Session& session = sessions_[static_cast<size_t>(call->session)];
  session.tidemark = std::max(session.tidemark, index);
  Finish(call, Outcome::kOk, index);
}

// The value, the check and the index that was told are of one moment.
void Clients::CheckStateAt(const Call& call, const std::string* value, uint64_t index) {
  if (index < call.need || index > ledger_->last_index()) {
    return Fail(call, "read-your-writes",
                absl::StrCat("was served at index ", index, " and needed ", call.need));
  }
  const std::optional<std::string>& then = ledger_->ValueAt(call.key, index);
  const bool same = value == nullptr ? !then : then == *value;
  if (same) return;
  Fail(call, "read-your-writes",
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
  const bool without_cause = error.code == server::ErrorCode::kIndefinite ||
                             error.reason == Reason::kNoLeader || error.reason == Reason::kTimedOut;
  if (without_cause) {
    Fail(call, "calm", absl::StrCat("was told, though nothing is amiss: ", error.text));
  }
}

void Clients::Failed(Call* call, const server::Error& error) {
  using server::ErrorCode;
  CheckCalm(*call, error);
  const bool missing = error.code == ErrorCode::kKeyMissing;
  if (missing && call->function == Function::kRead) return ReadSaw(call, nullptr);
  if (missing && call->function == Function::kRywRead) {
    if (error.served) return SessionReadSaw(call, nullptr, *error.served);
    return Fail(*call, "answers fit", "found no such key and does not say who looked");
  }
  if (error.code == ErrorCode::kIndefinite) return Finish(call, Outcome::kIndeterminate, 0);
  if (error.reason == server::Reason::kTokenFromFuture && !call->forged) {
    Fail(*call, "true tokens are taken",
         absl::StrCat("needed ", call->need, ", which is committed, and was told: ", error.text));
  }
  const bool refused = error.code == ErrorCode::kPreconditionFailed && !error.reason;
  if (Writes(call->function) && (missing || refused)) CheckRefusal(*call, missing);
  call->failed = true;
  if (call->executed_at != 0) {
    Fail(*call, "definite errors",
         absl::StrCat("took effect at index ", call->executed_at, " and was told: ", error.text));
  }
  Finish(call, Outcome::kFailed, 0);
}

void Clients::Finish(Call* call, Outcome outcome, uint64_t index) {
  call->finished = true;
  sessions_[static_cast<size_t>(call->session)].open = nullptr;
  check::Operation& recorded = Recorded(*call);
  recorded.outcome = outcome;
  if (outcome != Outcome::kIndeterminate) recorded.returned = ++moment_;
  if (index != 0) recorded.index = index;
  if (outcome == Outcome::kOk) {
    ++counters_.ok;
    if (Writes(call->function)) acknowledged_ = std::max(acknowledged_, index);
  } else if (outcome == Outcome::kFailed) {
    ++counters_.failed;
  } else {
    ++counters_.indeterminate;
  }
}

void Clients::GiveUp(Call* call) {
  if (call->finished) return;
  // A read that was never answered saw nothing.
  Finish(call, Writes(call->function) ? Outcome::kIndeterminate : Outcome::kFailed, 0);
}

void Clients::Close() {
  std::map<std::string, std::deque<Call*>> open;  // by key, in the order of their invocations
  for (Call& call : calls_) {
    const bool unknown = !call.finished || Recorded(call).outcome == Outcome::kIndeterminate;
    if (call.function == Function::kDelete && unknown) open[call.key].push_back(&call);
  }
  for (uint64_t index = 1; index <= ledger_->last_index(); ++index) {
    const check::Ledger::Entry& entry = ledger_->at(index);
    if (!entry.took_effect || acknowledged_deletes_.contains(index)) continue;
    const auto* deletion = std::get_if<kv::Delete>(&entry.command->operation);
    if (deletion == nullptr) continue;
    std::deque<Call*>& candidates = open[deletion->key];
    if (candidates.empty()) {
      laws_->Fail("at most once",
                  absl::StrCat("a delete of key ", deletion->key, " takes effect at index ", index,
                               ", and every client that asked for one has had its own"));
      return;
    }
    Recorded(*candidates.front()).index = index;
    candidates.pop_front();
  }
}

}  // namespace tidemark::simulation
