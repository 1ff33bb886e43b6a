#include "node/kv/twin.h"

#include <algorithm>
#include <optional>
#include <string>
#include <variant>

#include "node/base/assert.h"
#include "node/base/overloaded.h"
#include "node/kv/outcomes.h"

namespace tidemark::kv {
namespace {

using Data = std::map<std::string, std::string>;

std::optional<Result> TooLargeToPut(const std::string& key, const std::string& value,
                                    const Limits& limits) {
  if (key.size() > limits.key) return TooLarge{Limit::kKey, limits.key};
  if (value.size() > limits.value) return TooLarge{Limit::kValue, limits.value};
  return std::nullopt;
}

Result Do(const Write& write, const Limits& limits, Data* data) {
  if (auto too_large = TooLargeToPut(write.key, write.value, limits)) return *too_large;
  (*data)[write.key] = write.value;
  return Done{};
}

Result Do(const Cas& cas, const Limits& limits, Data* data) {
  if (auto too_large = TooLargeToPut(cas.key, cas.to, limits)) return *too_large;
  if (data->count(cas.key) == 0 && !cas.create_if_not_exists) return KeyMissing{};
  if (data->count(cas.key) > 0 && data->at(cas.key) != cas.from) {
    return CasMismatch{data->at(cas.key)};
  }
  (*data)[cas.key] = cas.to;
  return Done{};
}

Result Do(const Delete& deletion, Data* data) {
  if (data->erase(deletion.key) == 0) return KeyMissing{};
  return Done{};
}

Result Do(const Txn& txn, const Limits& limits, Data* data) {
  TxnDone done{txn.ops};
  uint64_t answer = 0;
  for (TxnOp& op : done.ops) {
    const bool exists = data->count(op.key) > 0;
    if (op.kind != TxnOp::Kind::kRead && op.key.size() > limits.key) {
      return TooLarge{Limit::kKey, limits.key};
    }
    if (op.kind == TxnOp::Kind::kRead) op.value = exists ? data->at(op.key) : "null";
    if (op.kind == TxnOp::Kind::kWrite) (*data)[op.key] = op.value;
    if (op.kind == TxnOp::Kind::kAppend) {
      const std::string list = exists ? data->at(op.key) : "[]";
      if (list.front() != '[') return NotAList{op.key};
      const std::string inner = list.substr(1, list.size() - 2);
      (*data)[op.key] = "[" + inner + (inner.empty() ? "" : ",") + op.value + "]";
    }
    if (op.kind != TxnOp::Kind::kRead && data->at(op.key).size() > limits.value) {
      return TooLarge{Limit::kValue, limits.value};
    }
    answer += AnswerBytesOf(op.key.size(), op.value.size());
    if (answer > limits.answer) return TooLarge{Limit::kAnswer, limits.answer};
  }
  return done;
}

Result DoAllOrNothing(const Operation& operation, const Limits& limits, Data* data) {
  Data copy = *data;
  const auto elsewhere = []() -> Result {
    TM_ASSERT(false && "an opening and a fate change no data");
    return Done{};
  };
  Result result = std::visit(Overloaded{[&](const Write& one) { return Do(one, limits, &copy); },
                                        [&](const Cas& one) { return Do(one, limits, &copy); },
                                        [&](const Delete& one) { return Do(one, &copy); },
                                        [&](const Txn& one) { return Do(one, limits, &copy); },
                                        [&](const OpenWriter&) { return elsewhere(); },
                                        [&](const OpenClient&) { return elsewhere(); },
                                        [&](const Fate&) { return elsewhere(); }},
                             operation);
  const bool all =
      !std::holds_alternative<NotAList>(result) && !std::holds_alternative<TooLarge>(result);
  if (all) *data = copy;
  return result;
}

Fated::Refusal WhyRefused(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOtherCluster:
      return Fated::Refusal::kOtherCluster;
    case Verdict::kFromFuture:
      return Fated::Refusal::kFromFuture;
    case Verdict::kLostHistory:
      return Fated::Refusal::kLostHistory;
    case Verdict::kHolds:
      break;
  }
  TM_ASSERT(false && "a session that holds is not refused");
  return Fated::Refusal::kNone;
}

Fated Tell(const Outcome& outcome) {
  const Fated committed{Fated::Kind::kCommitted, outcome.index};
  const auto refused = [](Fated::Refusal why) { return Fated{Fated::Kind::kRefused, 0, why}; };
  const auto never = [&] {
    TM_ASSERT(false && "that is not kept");
    return committed;
  };
  return std::visit(
      Overloaded{[&](const Done&) { return committed; }, [&](const TxnDone&) { return committed; },
                 [&](const Opened&) { return committed; }, [&](const Fated&) { return committed; },
                 [](const Cancelled&) { return Fated{Fated::Kind::kCancelled}; },
                 [&](const KeyMissing&) { return refused(Fated::Refusal::kKeyMissing); },
                 [&](const CasMismatch&) { return refused(Fated::Refusal::kCasMismatch); },
                 [&](const NotAList&) { return refused(Fated::Refusal::kNotAList); },
                 [&](const TooLarge&) { return refused(Fated::Refusal::kTooLarge); },
                 [&](const SessionRefused& one) { return refused(WhyRefused(one.verdict)); },
                 [&](const OpeningVoid&) { return never(); },
                 [&](const WriterClosed&) { return never(); },
                 [&](const OutcomeForgotten&) { return never(); },
                 [&](const SeqReused&) { return never(); }},
      outcome.result);
}

}  // namespace

Applied Twin::Apply(LogIndex index, const Command& command) {
  Reach(index);
  const Verdict verdict =
      command.session.has_value() ? Judge(*command.session, index - 1) : Verdict::kHolds;
  Applied applied{Answer(index, command, verdict), std::nullopt};
  const Place& here = places_[index];
  if (verdict == Verdict::kHolds && here.term != 0) {
    applied.session = Session{cluster_, index, here.term, here.stamp};
  }
  return applied;
}

void Twin::BeginTerm(LogIndex index, uint64_t term, uint32_t stamp) {
  Reach(index);
  places_[index] = Place{term, stamp};
}

void Twin::Configure(LogIndex index, uint32_t cluster, const Limits& limits) {
  Reach(index);
  cluster_ = cluster;
  cluster_limits_ = limits;
}

void Twin::Reach(LogIndex index) {
  if (places_.empty()) places_.emplace_back();
  while (places_.size() <= index) places_.push_back(places_.back());
}

Verdict Twin::Judge(const Session& session, LogIndex end) const {
  if (session.cluster != cluster_) return Verdict::kOtherCluster;
  if (session.index > end) return Verdict::kFromFuture;
  const Place& place = places_[session.index];
  if (session.index == 0 || place.term == 0) return Verdict::kLostHistory;
  if (place.term != session.term || place.stamp != session.stamp) return Verdict::kLostHistory;
  return Verdict::kHolds;
}

Outcome Twin::Answer(LogIndex index, const Command& command, Verdict verdict) {
  if (const auto* opening = std::get_if<OpenWriter>(&command.operation)) {
    return Outcome{index, Open(index, *opening)};
  }
  const std::optional<Outcome> known = Known(index, command);
  if (known.has_value()) return *known;
  Outcome outcome{index, SessionRefused{verdict}};
  if (verdict == Verdict::kHolds) outcome.result = Execute(index, command);
  Keep(command.id.name(), Kept{command.operation, outcome});
  return outcome;
}

Result Twin::Open(LogIndex index, const OpenWriter& opening) {
  for (TwinWriter& writer : writers_) {
    const bool same = !writer.is_client && writer.opened_as.node == opening.node &&
                      writer.opened_as.incarnation == opening.incarnation;
    if (same && writer.opened_as.number >= opening.number) return OpeningVoid{};
    if (same) writer.closed = true;
  }
  Add(index, false, opening);
  return Opened{};
}

void Twin::Add(LogIndex index, bool is_client, const OpenWriter& opened_as) {
  TwinWriter writer;
  writer.index = index;
  writer.is_client = is_client;
  writer.opened_as = opened_as;
  writers_.push_back(writer);
  const size_t most = is_client ? limits_.max_clients : limits_.max_writers;
  if (Count(is_client) > most) Forget(Oldest(is_client)->index);
}

std::optional<Outcome> Twin::Known(LogIndex index, const Command& command) {
  const WriteId& id = command.id;
  TwinWriter* writer = Find(id.writer);
  if (writer == nullptr || writer->is_client != command.once || writer->opened_as.bits != id.key) {
    return Outcome{index, OutcomeForgotten{}};
  }
  const auto kept = writer->kept.find(id.seq);
  if (kept != writer->kept.end() && kept->second.operation.has_value() &&
      *kept->second.operation != command.operation) {
    return Outcome{index, SeqReused{}};
  }
  writer->claims.push_back(id.first_unanswered);
  std::erase_if(writer->kept, [&](const auto& one) { return writer->Gone(one.first); });
  if (writer->Gone(id.seq)) return Outcome{index, OutcomeForgotten{}};
  if (writer->kept.count(id.seq) > 0) return writer->kept.at(id.seq).outcome;
  if (writer->closed) return Outcome{index, WriterClosed{}};
  return std::nullopt;
}

Result Twin::Execute(LogIndex index, const Command& command) {
  if (const auto* opening = std::get_if<OpenClient>(&command.operation)) {
    Add(index, true, OpenWriter{.bits = opening->bits});
    return Opened{};
  }
  if (const auto* fate = std::get_if<Fate>(&command.operation)) {
    return Decide(index, command.id.name(), fate->of);
  }
  return DoAllOrNothing(command.operation, cluster_limits_, &data_);
}

Fated Twin::Decide(LogIndex index, const WriteName& own, const ToldName& told) {
  const WriteName of = told.name();
  TwinWriter* writer = Find(of.writer);
  if (writer == nullptr) return {Fated::Kind::kUnknown};
  if (told.tag != TagOf(writer->opened_as.bits, of.writer, of.seq)) return {Fated::Kind::kUnknown};
  if (writer->Gone(of.seq) || own == of) return {Fated::Kind::kUnknown};
  if (writer->kept.count(of.seq) > 0) return Tell(writer->kept.at(of.seq).outcome);
  if (!writer->closed) Keep(of, Kept{std::nullopt, Outcome{index, Cancelled{}}});
  return {Fated::Kind::kCancelled};
}

void Twin::Keep(const WriteName& name, const Kept& kept) {
  TwinWriter* writer = Find(name.writer);
  if (writer == nullptr || writer->Gone(name.seq)) return;
  writer->kept[name.seq] = kept;
  if (writer->kept.size() > limits_.max_outcomes) writer->DropLowest();
  MakeRoom(name);
}

void Twin::MakeRoom(const WriteName& name) {
  const bool is_client = Find(name.writer)->is_client;
  while (Bytes(is_client) > limits_.max_outcome_bytes) {
    TwinWriter* oldest = Oldest(is_client);
    if (oldest->index == name.writer) {
      oldest->DropLowest();
    } else {
      Forget(oldest->index);
    }
  }
}

Twin::TwinWriter* Twin::Find(LogIndex index) {
  for (TwinWriter& writer : writers_) {
    if (writer.index == index) return &writer;
  }
  return nullptr;
}

Twin::TwinWriter* Twin::Oldest(bool is_client) {
  for (TwinWriter& writer : writers_) {
    if (writer.is_client == is_client) return &writer;
  }
  TM_ASSERT(false && "there is none");
  return nullptr;
}

size_t Twin::Count(bool is_client) const {
  size_t count = 0;
  for (const TwinWriter& writer : writers_) count += writer.is_client == is_client ? 1 : 0;
  return count;
}

size_t Twin::Bytes(bool is_client) const {
  size_t sum = 0;
  for (const TwinWriter& writer : writers_) {
    if (writer.is_client != is_client) continue;
    for (const auto& [seq, kept] : writer.kept) sum += OutcomeBytes(kept.outcome);
  }
  return sum;
}

void Twin::Forget(LogIndex index) {
  std::erase_if(writers_, [index](const TwinWriter& writer) { return writer.index == index; });
}

bool Twin::TwinWriter::Gone(uint64_t seq) const {
  return std::any_of(claims.begin(), claims.end(), [seq](uint64_t c) { return seq < c; }) ||
         std::any_of(dropped.begin(), dropped.end(), [seq](uint64_t d) { return seq <= d; });
}

void Twin::TwinWriter::DropLowest() {
  dropped.push_back(kept.begin()->first);
  kept.erase(kept.begin());
}

}  // namespace tidemark::kv
