// What clients ask for, and with what in hand.
#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "harness/simulation/clients.h"
#include "node/base/assert.h"

namespace tidemark::simulation {
namespace {

using check::Function;

// Keys change with time, so that no key's history grows without end.
constexpr int64_t kKeyLifeUs = 5'000'000;
constexpr uint64_t kForgedBy = 1'000'000'000;

// Some say how long they wait: not at all, less than a message takes, longer than an election.
std::optional<Duration> MaxWaitOf(const Call& call) {
  constexpr int64_t kMillis[] = {0, 1, 20, 300, 3'000};
  if (call.ordinal % 5 != 2) return std::nullopt;
  return Duration::Millis(kMillis[call.ordinal / 5 % std::size(kMillis)]);
}

}  // namespace

Call* Clients::Begin(uint32_t ordinal, int session, int64_t now_us) {
  Call& call = calls_.emplace_back();
  call.ordinal = ordinal;
  call.session = session;
  call.invoked_us = now_us;
  call.floor = acknowledged_;
  Session& own = SessionOf(call);
  const Session& memory = At(own.memory);
  call.in_session = own.carries_tokens;
  call.token = memory.token;
  call.of_lost_history = call.forged = memory.token && memory.token_lost;
  call.need = memory.tidemark;
  own.open = &call;
  if (WriterOf(call).busy++ > 0) ++counters_.together;
  ++counters_.invoked;
  return &call;
}

void Clients::DrawFunction(Random* random, Call* call) {
  const int64_t roll = random->Between(0, 99);
  if (roll < 35) {
    call->function = Function::kRywRead;
    const bool forges = random->Between(0, 199) == 0 && !call->in_session;
    if (forges) call->need += kForgedBy;
    call->forged = call->forged || forges;
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

// Its own id, if the session writes under such; the first write opens a writer instead.
void Clients::DrawId(Call* call) {
  const Session& session = SessionOf(*call);
  if (!session.writes_once || !Writes(call->function) || call->forged) return;
  Session& owner = WriterOf(*call);
  if (owner.writer == 0) {
    call->opens = true;
    return;
  }
  const uint64_t seq = owner.next_seq++;
  uint64_t first = seq;
  // Some let go of what another that shares their writer has under way.
  const bool careless = session.drops_outcomes && call->ordinal % 4 == 0;
  if (!owner.under_way.empty() && !careless) first = *owner.under_way.begin();
  if (!owner.given_up.empty() && !session.drops_outcomes) {
    first = std::min(first, *owner.given_up.begin());
  }
  owner.under_way.insert(seq);
  call->once = kv::WriteId{owner.writer, seq, first, owner.key};
  call->name = call->once->Told();
  by_name_[*call->name] = call;
  MemoryOf(*call).told = call->name;
}

// Near a name that the session was told, with the tag of that one or any other: it is nobody's.
void Clients::DrawGuess(Call* call) {
  const std::optional<kv::ToldName>& told = MemoryOf(*call).told;
  if (plan_.guessing_permille == 0 || !told) return;
  Random random = Chance(settings_.seed, 15, call->ordinal);
  if (random.Between(0, 999) >= plan_.guessing_permille) return;
  call->guess = *told;
  call->guess->seq += static_cast<uint64_t>(random.Between(1, 4));
  if (random.Between(0, 1) == 0) call->guess->tag = random.Next();
  call->in_session = false;
  call->token.reset();
}

// Of chance of its own, by its number.
void Clients::DrawSize(Call* call) {
  const bool writes = call->function == Function::kWrite || call->function == Function::kCas;
  if (plan_.large_permille == 0 || !writes) return;
  Random random = Chance(settings_.seed, 13, call->ordinal);
  if (random.Between(0, 999) >= plan_.large_permille) return;
  call->large = static_cast<size_t>(random.Between(1, plan_.large_bytes));
  ++counters_.large;
}

std::string Clients::ValueOf(const Call& call) {
  if (call.large == 0) return absl::StrCat(call.ordinal);
  return absl::StrCat("\"", call.ordinal, " ", std::string(call.large, '.'), "\"");
}

// A token that says something else than its session has seen: now and then it is true all the same.
void Clients::DrawForgery(Random* random, Call* call) {
  if (!call->token || random->Between(0, 49) != 0) return;
  call->forged = true;
  kv::Session& token = *call->token;
  switch (random->Between(0, 5)) {
    case 0:
      token.stamp ^= 1u << random->Between(0, 31);
      return;
    case 1:
      token.term += random->Between(0, 1) == 0 ? 1 : token.term > 1 ? ~uint64_t{0} : 2;
      return;
    case 2:
      token.cluster ^= 1u << random->Between(0, 31);
      return;
    case 3:
      token.index += kForgedBy;
      return;
    case 4:
      token.index += static_cast<uint64_t>(random->Between(1, 3));
      return;
    default:
      break;
  }
  const uint64_t ahead = ledger_->last_index() + static_cast<uint64_t>(random->Between(1, 3));
  token = laws_->NotCommitted(ahead).value_or(
      kv::Session{token.cluster, ahead, token.term, token.stamp});
}

void Clients::Record(Call* call) {
  check::Operation operation;
  operation.session = static_cast<uint32_t>(call->session);
  operation.function = call->function;
  operation.need = call->function == Function::kRywRead && !call->forged ? call->need : 0;
  operation.invoked = ++moment_;
  operation.returned = check::kNever;
  if (call->function == Function::kTxn) {
    RecordTxn(*call, &operation);
  } else {
    operation.key = history_.Intern(call->key);
  }
  if (call->function == Function::kWrite || call->function == Function::kCas) {
    DrawSize(call);
    operation.value = history_.Intern(ValueOf(*call));
    newest_[call->key] = ValueOf(*call);
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
  using Op = kv::TxnOp::Kind;
  int64_t number = 0;
  TM_ASSERT(absl::SimpleAtoi(call.key, &number));
  return server::WriteRequest{kv::Txn{{{Op::kRead, absl::StrCat(number - kListKeys), ""},
                                       {Op::kRead, call.key, ""},
                                       {Op::kAppend, call.key, absl::StrCat(call.ordinal)}}},
                              call.once};
}

server::RequestBody Clients::BodyOf(const Call& call) const {
  const std::string value = ValueOf(call);
  switch (call.function) {
    case Function::kRead:
      return server::ReadRequest{call.key};
    case Function::kRywRead: {
      // With a token, a bare index says nothing more; some send both.
      const bool bare = !call.in_session || call.ordinal % 8 == 0;
      return server::RywReadRequest{call.key, raft::Index(bare ? call.need : 0),
                                    call.ordinal % 4 != 0, MaxWaitOf(call), call.ordinal % 31 == 1};
    }
    case Function::kWrite:
      return server::WriteRequest{kv::Write{call.key, value}, call.once};
    case Function::kCas:
      return server::WriteRequest{kv::Cas{call.key, call.from, value, call.ordinal % 2 == 0},
                                  call.once};
    case Function::kDelete:
      return server::WriteRequest{kv::Delete{call.key}, call.once};
    case Function::kTxn:
      return TxnOf(call);
  }
  TM_ASSERT(false && "every function is one of these");
  return server::ReadRequest{};
}

server::ClientRequest Clients::Request(const Attempt& attempt) const {
  const Call& call = *attempt.call;
  server::ClientRequest request;
  request.from = {absl::StrCat("c", At(call.session).memory + 1), attempt.ordinal, call.in_session};
  if (call.opens) {
    request.from.in_session = false;
    request.body = server::WriteRequest{kv::OpenClient{}, {}};
    return request;
  }
  if (call.guess) {
    request.body = server::WriteRequest{kv::Fate{*call.guess}, {}};
    return request;
  }
  request.session = call.token;
  request.body = attempt.asks_fate
                     ? server::RequestBody(server::WriteRequest{kv::Fate{*call.name}, {}})
                     : BodyOf(call);
  return request;
}

}  // namespace tidemark::simulation
