#include "harness/simulation/clients.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "harness/check/describe.h"
#include "node/base/concat.h"

namespace tidemark::simulation {
namespace {

using check::Function;
using check::Outcome;

// How often a write is handed in before its client gives up, or asks for its fate.
constexpr int kMostAttempts = 6;
constexpr int kDirectedSessions = 12;

// The number with which a value begins, be it a text.
uint32_t NumberIn(std::string_view value) {
  if (!value.empty() && value.front() == '"') value.remove_prefix(1);
  uint32_t number = 0;
  for (; !value.empty() && value.front() >= '0' && value.front() <= '9'; value.remove_prefix(1)) {
    number = number * 10 + static_cast<uint32_t>(value.front() - '0');
  }
  return number;
}

// The number that a command writes, which is its call's; 0: it writes none.
uint32_t OrdinalIn(const kv::Operation& operation) {
  const std::string* value = nullptr;
  if (const auto* write = std::get_if<kv::Write>(&operation)) value = &write->value;
  if (const auto* cas = std::get_if<kv::Cas>(&operation)) value = &cas->to;
  if (const auto* txn = std::get_if<kv::Txn>(&operation)) value = &txn->ops.back().value;
  return value == nullptr ? 0 : NumberIn(*value);
}

}  // namespace

bool Writes(Function function) { return function >= Function::kWrite; }

std::string Describe(const Call& call) {
  if (call.guess) {
    return Concat("fate ", call.ordinal, " of a guessed name by session c", call.session + 1);
  }
  if (call.opens) return Concat("open ", call.ordinal, " by session c", call.session + 1);
  return Concat(check::FunctionName(call.function), " ", call.ordinal, " of key ", call.key,
                " by session c", call.session + 1);
}

Clients::Clients(const Settings& settings, const Plan& plan, const check::Ledger* ledger,
                 check::RaftLaws* laws)
    : settings_(settings), plan_(plan), ledger_(ledger), laws_(laws) {
  // Behind the drawn ones come those for probes, one a node, and for directed operations.
  sessions_.resize(static_cast<size_t>(FirstDirected() + kDirectedSessions));
  DrawHabits();
}

void Clients::DrawHabits() {
  for (int i = 0; i < std::ssize(sessions_); ++i) {
    At(i).memory = At(i).writes_as = i;
    if (i >= plan_.sessions && i < FirstDirected()) continue;
    Random random = Chance(settings_.seed, 9, static_cast<uint64_t>(i));
    const auto toss = [&](int percent) { return random.Between(0, 99) < percent; };
    Session& session = sessions_[static_cast<size_t>(i)];
    session.carries_tokens = toss(plan_.tokens_percent);
    session.writes_once = toss(plan_.once_percent);
    session.asks_fates = toss(plan_.fates_percent);
    session.drops_outcomes = toss(50);
    if (i > 0 && i < plan_.sessions) DrawTies(i, &random);
  }
}

// It is the one before it once more, with a request of its own under way; or another client that
// was lent its writer.
void Clients::DrawTies(int session, Random* random) {
  Session& own = At(session);
  const Session& before = At(session - 1);
  const bool together = random->Between(0, 99) < plan_.together_percent;
  const bool lent = random->Between(0, 99) < plan_.lent_percent;
  if (!together && !lent) return;
  own.writes_as = before.writes_as;
  own.writes_once = before.writes_once;
  if (!together) return;
  own.memory = before.memory;
  own.carries_tokens = before.carries_tokens;
}

int Clients::FreeSession(Random* random, int64_t now_us) {
  const int first = static_cast<int>(random->Between(0, plan_.sessions - 1));
  for (int i = 0; i < plan_.sessions; ++i) {
    const int at = (first + i) % plan_.sessions;
    Call* const open = sessions_[static_cast<size_t>(at)].open;
    if (open == nullptr || open->due) return at;
    if (open->asked_us + plan_.client_patience.us > now_us) continue;
    if (!MayTryAgain(*open)) GiveUp(open);
    return at;
  }
  return -1;
}

bool Clients::MayTryAgain(const Call& call) const {
  if (!call.name || call.forged) return false;
  const bool asks = sessions_[static_cast<size_t>(call.session)].asks_fates && !call.cancelled;
  return asks || (call.once && call.attempts < kMostAttempts);
}

Attempt* Clients::Try(Call* call, uint32_t ordinal, int node, int64_t now_us) {
  at_[ordinal] = attempts_.size();
  Attempt& attempt = attempts_.emplace_back();
  attempt.call = call;
  attempt.ordinal = ordinal;
  attempt.node = node;
  attempt.asked_us = call->asked_us = now_us;
  call->due = false;
  ++call->attempts;
  return &attempt;
}

// Once more under the same id, or what came of it?
Attempt* Clients::TryAgain(Call* call, uint32_t ordinal, Random* random, int64_t now_us) {
  Attempt* const attempt =
      Try(call, ordinal, static_cast<int>(random->Between(0, plan_.nodes - 1)), now_us);
  const bool may_hand_in = call->once && call->attempts <= kMostAttempts;
  const bool may_ask = SessionOf(*call).asks_fates && !call->cancelled;
  attempt->asks_fate = may_ask && (!may_hand_in || random->Between(0, 2) == 0);
  if (attempt->asks_fate) {
    call->fate_asked = true;
  } else {
    ++call->maybe_handed_in;
    ++counters_.repetitions;
  }
  return attempt;
}

bool Clients::MayBeDoubled(const Attempt& attempt) const {
  const Call& call = *attempt.call;
  return attempt.asks_fate || call.opens || call.once || !Writes(call.function);
}

void Clients::Doubled(Attempt* attempt) {
  ++counters_.doubled;
  const bool hands_in = !attempt->asks_fate && attempt->call->once;
  if (hands_in) ++attempt->call->maybe_handed_in;
}

Attempt* Clients::Invoke(uint32_t ordinal, int64_t now_us) {
  Random random = Chance(settings_.seed, 4, ordinal);
  const int session = FreeSession(&random, now_us);
  if (session < 0) return nullptr;
  Call* const open = sessions_[static_cast<size_t>(session)].open;
  if (open != nullptr) return TryAgain(open, ordinal, &random, now_us);
  Call* const call = Begin(ordinal, session, now_us);
  const int node = static_cast<int>(random.Between(0, plan_.nodes - 1));
  DrawGuess(call);
  if (call->guess) return Try(call, ordinal, node, now_us);
  DrawFunction(&random, call);
  DrawKey(&random, call, now_us);
  DrawForgery(&random, call);
  DrawId(call);
  if (!call->opens) Record(call);
  call->maybe_handed_in = 1;
  return Try(call, ordinal, node, now_us);
}

// Those that read go to one node only, and those that write carry what they saw there.
Attempt* Clients::Direct(uint32_t ordinal, int node, bool reads, int64_t now_us) {
  Random random = Chance(settings_.seed, 4, ordinal);
  for (int i = 0; i < kDirectedSessions; ++i) {
    const int at = FirstDirected() + (static_cast<int>(ordinal) + i) % kDirectedSessions;
    Call* const open = sessions_[static_cast<size_t>(at)].open;
    if (open != nullptr && open->asked_us + plan_.client_patience.us > now_us) continue;
    if (open != nullptr) GiveUp(open);
    Call* const call = Begin(ordinal, at, now_us);
    call->function = reads ? (random.Between(0, 2) == 0 ? Function::kRywRead : Function::kRead)
                           : (random.Between(0, 2) == 0 ? Function::kTxn : Function::kWrite);
    DrawKey(&random, call, now_us);
    DrawId(call);
    if (!call->opens) Record(call);
    call->maybe_handed_in = 1;
    return Try(call, ordinal, node, now_us);
  }
  return nullptr;
}

Attempt* Clients::Probe(uint32_t ordinal, int node, int64_t now_us) {
  Call* const call = Begin(ordinal, plan_.sessions + node, now_us);
  call->function = Function::kWrite;
  call->key = absl::StrCat(kListKeys - 1 - node);
  Record(call);
  call->maybe_handed_in = 1;
  return Try(call, ordinal, node, now_us);
}

// Whose write `entry` is: by its name, or by the number that it writes.
Call* Clients::WrittenBy(const check::Ledger::Entry& entry) {
  auto named = by_name_.find(entry.command->id.Told());
  if (named != by_name_.end()) return named->second;
  auto known = at_.find(OrdinalIn(entry.command->operation));
  return known == at_.end() ? nullptr : attempts_[known->second].call;
}

void Clients::Committed(uint64_t index, const check::Ledger::Entry& entry) {
  if (!entry.took_effect) return;
  Call* const call = WrittenBy(entry);
  if (call == nullptr) return;
  if (call->executed_at != 0) {
    return Fail(*call, "at most once",
                absl::StrCat("took effect at index ", call->executed_at, " and again at ", index));
  }
  call->executed_at = index;
  Recorded(*call).index = index;
  if (call->function == Function::kDelete) known_deletes_.insert(index);
  if (call->once && (!entry.command->once || entry.command->id.name() != call->once->name())) {
    Fail(*call, "once",
         absl::StrCat("took effect at index ", index, " under another id than its client's"));
  }
  if (call->failed && !call->former) {
    Fail(*call, "definite errors",
         absl::StrCat("was answered with a definite error and took effect at index ", index));
  }
}

// A client has learnt the name of its write: the log may have it already.
void Clients::NoteId(Call* call) {
  by_name_[*call->name] = call;
  const check::Ledger::Settled* settled = ledger_->Find(*call->name);
  if (settled == nullptr || settled->cancelled || call->executed_at != 0) return;
  const check::Ledger::Entry& entry = ledger_->at(settled->index);
  if (entry.took_effect) Committed(settled->index, entry);
}

void Clients::Fail(const Call& call, const char* check, const std::string& text) {
  laws_->Fail(check, absl::StrCat(Describe(call), " ", text));
}

void Clients::Finish(Call* call, Outcome outcome, uint64_t index) {
  Session& session = SessionOf(*call);
  call->finished = true;
  session.open = nullptr;
  --WriterOf(*call).busy;
  if (call->once) WriterOf(*call).under_way.erase(call->once->seq);
  if (call->opens || call->guess) return;
  if (call->once && outcome == Outcome::kIndeterminate) {
    WriterOf(*call).given_up.insert(call->once->seq);
  }
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

// What was refused in the history that is gone may stand in this one's log: nothing is promised of
// it any more. Who carries what this log does not have begins anew.
void Clients::HistoryReplaced(uint64_t common) {
  acknowledged_ = std::min(acknowledged_, common);
  for (auto at = known_deletes_.begin(); at != known_deletes_.end();) {
    const auto next = std::next(at);
    if (*at > common) known_deletes_.erase(at);
    at = next;
  }
  for (Call& call : calls_) {
    const bool lost = call.token && !ledger_->past().Holds(*call.token);
    if (lost || call.failed || call.forged || call.opens || call.guess) GiveUp(&call);
    call.former = call.finished;
    call.need = std::min(call.need, common);
    call.floor = std::min(call.floor, common);
    if (call.executed_at > common) call.executed_at = 0;
  }
  for (Session& session : sessions_) {
    session.tidemark = std::min(session.tidemark, common);
    session.token_lost = session.token && !ledger_->past().Holds(*session.token);
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
    if (call.opens || call.function != Function::kDelete || call.executed_at != 0) continue;
    const bool unknown =
        !call.finished || call.former || Recorded(call).outcome == Outcome::kIndeterminate;
    if (unknown && !call.once) open[call.key].push_back(&call);
  }
  for (uint64_t index = 1; index <= ledger_->last_index(); ++index) {
    const check::Ledger::Entry& entry = ledger_->at(index);
    if (!entry.took_effect || known_deletes_.contains(index)) continue;
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
