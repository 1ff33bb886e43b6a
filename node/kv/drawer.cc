#include "node/kv/drawer.h"

namespace tidemark::kv {

Drawer::Drawer(uint64_t seed) : random_(seed) {
  keys_ = Below(6) + 1;
  spread_ = Below(30) + 2;
}

WriterLimits Drawer::SmallLimits() {
  WriterLimits limits;
  limits.max_writers = Below(8) + 1;
  limits.max_clients = Below(8) + 1;
  limits.max_outcomes = OneIn(2) ? Below(8) + 1 : 30;
  if (OneIn(3)) limits.max_outcome_bytes = Below(3000) + 100;
  return limits;
}

Step Drawer::Draw(LogIndex index) {
  terms_.push_back(terms_.back());
  if (OneIn(25)) {
    terms_.back() = {terms_.back().term + 1 + Below(2), static_cast<uint32_t>(Below(4))};
    return terms_.back();
  }
  if (OneIn(80)) {
    cluster_ = static_cast<uint32_t>(Below(3));
    return Configured{cluster_, SomeLimits()};
  }
  if (!sent_.empty() && OneIn(5)) return Again(index);
  sent_.push_back(ACommand(index));
  return sent_.back();
}

std::vector<std::string> Drawer::keys() const {
  std::vector<std::string> keys;
  for (uint64_t key = 0; key < keys_; ++key) keys.push_back(std::to_string(key));
  return keys;
}

Command Drawer::ACommand(LogIndex index) {
  Command command;
  if (OneIn(15)) {
    // Numbers rise, as a rule.
    const uint64_t number = OneIn(4) ? Below(spread_) : index;
    command.operation = OpenWriter{OneIn(2) ? "n1" : "n2", Below(2), number, Bits(index)};
    nodes_.push_back(index);
  } else {
    command.once = OneIn(3);
    const bool swapped = OneIn(20);
    command.id = Id(index, command.once != swapped ? clients_ : nodes_);
    command.operation = AnOperation(index, command.id);
    if (std::holds_alternative<OpenClient>(command.operation)) clients_.push_back(index);
  }
  if (OneIn(3)) command.session = ASession(index);
  return command;
}

Command Drawer::Again(LogIndex index) {
  Command command = sent_[sent_.size() - 1 - Below(sent_.size()) % (OneIn(2) ? 8 : sent_.size())];
  if (OneIn(4)) command.session = ASession(index);
  if (OneIn(8)) command.operation = OnData();
  if (OneIn(8)) command.id.first_unanswered += Below(3);
  if (OneIn(8)) command.id.key ^= Below(3);
  return command;
}

Operation Drawer::AnOperation(LogIndex index, const WriteId& own) {
  if (OneIn(10)) return OpenClient{Bits(index)};
  if (OneIn(4)) return Fate{AName(own)};
  return OnData();
}

Operation Drawer::OnData() {
  switch (Below(8)) {
    case 0:
      return Delete{Key()};
    case 1:
    case 2:
      return Cas{Key(), AValue(), AValue(), OneIn(2)};
    case 3:
    case 4:
      return Write{Key(), AValue()};
    default:
      return ATxn();
  }
}

WriteId Drawer::Id(LogIndex index, const std::vector<LogIndex>& writers) {
  const LogIndex writer = writers.empty() || OneIn(20)
                              ? Below(index + 3)
                              : writers[writers.size() - 1 - Below(writers.size()) % 3];
  const uint64_t base = index / 8;
  const uint64_t seq = OneIn(100) ? UINT64_MAX : base + Below(spread_);
  return WriteId{writer, seq, OneIn(10) ? base + Below(spread_) / 2 : base / 2, Bits(writer)};
}

uint64_t Drawer::Bits(LogIndex writer) { return OneIn(20) ? Below(9) : writer % 8; }

ToldName Drawer::AName(const WriteId& own) {
  const WriteName name = APlainName(own);
  return WriteId{name.writer, name.seq, 0, Bits(name.writer)}.Told();
}

WriteName Drawer::APlainName(const WriteId& own) {
  if (OneIn(8)) return own.name();
  if (!sent_.empty() && !OneIn(3)) {
    const WriteName sent = sent_[sent_.size() - 1 - Below(sent_.size()) % 8].id.name();
    return {sent.writer, sent.seq + (OneIn(4) ? Below(3) : 0)};
  }
  const std::vector<LogIndex>& writers = OneIn(2) ? nodes_ : clients_;
  if (writers.empty()) return {Below(10), Below(spread_)};
  return {writers[writers.size() - 1 - Below(writers.size()) % 4], own.seq + Below(spread_)};
}

Limits Drawer::SomeLimits() {
  Limits limits;
  if (OneIn(8)) limits.key = Below(2);
  if (OneIn(2)) limits.value = 2 + Below(12);
  if (OneIn(2)) limits.answer = Below(100);
  return limits;
}

Session Drawer::ASession(LogIndex index) {
  Session session{cluster_, Below(index), 0, 0};
  session.term = terms_[session.index].term;
  session.stamp = terms_[session.index].stamp;
  switch (Below(12)) {
    case 0:
      session.cluster ^= 1;
      break;
    case 1:
      session.stamp ^= 1;
      break;
    case 2:
      ++session.term;
      break;
    case 3:
      session.index = index + Below(3);
      break;
    default:
      break;
  }
  return session;
}

std::string Drawer::AValue() {
  static const char* const kValues[] = {"null", "1", "\"1\"", "[]", "[1]", "[1,2]", "{}"};
  return kValues[Below(7)];
}

Txn Drawer::ATxn() {
  Txn txn;
  for (uint64_t n = Below(6); n > 0; --n) {
    TxnOp op;
    op.kind = static_cast<TxnOp::Kind>(Below(3));
    if (op.kind == TxnOp::Kind::kWrite && OneIn(2)) op.kind = TxnOp::Kind::kAppend;
    op.key = Key();
    if (op.kind != TxnOp::Kind::kRead) op.value = AValue();
    txn.ops.push_back(op);
  }
  return txn;
}

}  // namespace tidemark::kv
