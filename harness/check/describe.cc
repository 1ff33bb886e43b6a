#include "harness/check/describe.h"

#include "node/base/concat.h"
#include "node/base/one_line.h"

namespace tidemark::check {
namespace {

std::string StepText(const History& history, const TxnStep& step) {
  const std::string key = OneLine(history.Text(step.key));
  switch (step.kind) {
    case TxnStep::Kind::kRead:
      return Concat("read ", key, " -> ", ValueText(history, step.value));
    case TxnStep::Kind::kWrite:
      return Concat("write ", key, " = ", ValueText(history, step.value));
    case TxnStep::Kind::kAppend:
      return Concat("append ", ValueText(history, step.value), " to ", key);
  }
  return "?";
}

std::string TxnText(const History& history, const Operation& operation) {
  std::string text = "txn";
  if (operation.txn == 0) return text;
  std::string_view separator = " ";
  for (const TxnStep& step : history.txn(operation.txn - 1)) {
    ConcatTo(&text, separator, StepText(history, step));
    separator = ", ";
  }
  return text;
}

// The function and its key: "write x".
std::string Beginning(const History& history, const Operation& operation) {
  const std::string_view name = FunctionName(operation.function);
  if (operation.key == kMissing) return std::string(name);
  return Concat(name, " ", OneLine(history.Text(operation.key)));
}

std::string CasText(const History& history, const Operation& operation) {
  std::string text =
      Concat(Beginning(history, operation), " from ", ValueText(history, operation.from));
  if (!operation.observed) return Concat(text, " to ", ValueText(history, operation.value));
  if (operation.value == kMissing) return Concat(text, ", met another value or none");
  return Concat(text, ", met ", ValueText(history, operation.value));
}

std::string WhatText(const History& history, const Operation& operation) {
  std::string beginning = Beginning(history, operation);
  switch (operation.function) {
    case Function::kRead:
    case Function::kRywRead:
      if (operation.outcome != Outcome::kOk && !operation.observed) return beginning;
      return Concat(beginning, " -> ", ValueText(history, operation.value));
    case Function::kWrite:
      return Concat(beginning, " = ", ValueText(history, operation.value));
    case Function::kCas:
      return CasText(history, operation);
    case Function::kDelete:
      return beginning;
    case Function::kTxn:
      return TxnText(history, operation);
  }
  return "?";
}

}  // namespace

std::string_view FunctionName(Function function) {
  constexpr std::string_view kNames[] = {"read", "ryw_read", "write", "cas", "delete", "txn"};
  return kNames[static_cast<size_t>(function)];
}

std::string_view OutcomeName(Outcome outcome) {
  constexpr std::string_view kNames[] = {"ok", "failed", "indeterminate"};
  return kNames[static_cast<size_t>(outcome)];
}

std::string ValueText(const History& history, TextId value) {
  constexpr size_t kLongest = 80;
  if (value == kMissing) return "nothing";
  const std::string& text = history.Text(value);
  if (text.size() <= kLongest) return text;
  return Concat(text.substr(0, kLongest / 2), "...", text.substr(text.size() - kLongest / 2), " (",
                text.size(), " bytes)");
}

std::string KeyText(const History& history, TextId key) {
  return key == kMissing ? "the register" : Concat("key ", history.Text(key));
}

std::string Describe(const History& history, size_t operation) {
  const Operation& op = history.operations()[operation];
  std::string text = Concat("#", operation, " (session ", op.session, ": ", WhatText(history, op),
                            "; ", OutcomeName(op.outcome));
  if (op.index != 0) ConcatTo(&text, ", index ", op.index);
  if (op.need != 0) ConcatTo(&text, ", need ", op.need);
  ConcatTo(&text, ", time ", op.invoked);
  if (op.returned != kNever) ConcatTo(&text, " to ", op.returned);
  text.push_back(')');
  return text;
}

}  // namespace tidemark::check
