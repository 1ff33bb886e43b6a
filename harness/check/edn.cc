#include "harness/check/edn.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "harness/check/edn_reader.h"
#include "harness/check/operation.h"
#include "node/base/concat.h"

namespace tidemark::check {
namespace {

absl::Status ErrorAt(const Edn& edn, std::string_view what) {
  return absl::InvalidArgumentError(Concat(edn.Place(), ": ", what));
}

std::optional<uint32_t> ProcessNumber(const Edn& process) {
  uint32_t number = 0;
  const char* const end = process.text.data() + process.text.size();
  const auto [behind, error] = std::from_chars(process.text.data(), end, number);
  const bool read = process.kind == Edn::Kind::kNumber && error == std::errc() && behind == end;
  return read ? std::optional(number) : std::nullopt;
}

std::optional<Function> FunctionOf(const Edn& f) {
  if (f.kind != Edn::Kind::kKeyword) return std::nullopt;
  if (f.text == "read" || f.text == "r") return Function::kRead;
  if (f.text == "write" || f.text == "w") return Function::kWrite;
  if (f.text == "cas") return Function::kCas;
  if (f.text == "delete") return Function::kDelete;
  if (f.text == "txn") return Function::kTxn;
  return std::nullopt;
}

// Whether the failure tells that the key was missing or held something else.
bool SawTheState(const Edn* error) {
  if (error == nullptr) return false;
  const Edn& cause = error->is_list() && !error->items.empty() ? error->items[0] : *error;
  return cause.text == "key-does-not-exist" || cause.text == "precondition-failed" ||
         cause.text == "20" || cause.text == "22";
}

class Builder {
 public:
  absl::Status Take(const Edn& event) {
    if (event.kind != Edn::Kind::kMap) return ErrorAt(event, "expected a map, an event");
    ++now_;
    const Edn* process = event.Find("process");
    if (process == nullptr) return ErrorAt(event, "the event has no :process");
    const std::optional<uint32_t> session = ProcessNumber(*process);
    if (!session) {
      history_.LeaveOut(process->kind == Edn::Kind::kKeyword ? Concat(":", process->text)
                                                             : process->AsJson());
      return absl::OkStatus();
    }
    const Edn* type = event.Find("type");
    if (type == nullptr) return ErrorAt(event, "the event has no :type");
    if (type->is_keyword("invoke")) return Invoke(*session, event);
    return Complete(*session, event, *type);
  }

  History Finish() { return std::move(history_); }

 private:
  absl::Status Invoke(uint32_t session, const Edn& event) {
    const Edn* f = event.Find("f");
    if (f == nullptr) return ErrorAt(event, "the event has no :f");
    const std::optional<Function> function = FunctionOf(*f);
    if (!function) {
      return ErrorAt(*f,
                     Concat(":f must be :read, :write, :cas, :delete or :txn, not ", f->AsJson()));
    }
    Operation op;
    op.session = session;
    op.function = *function;
    op.invoked = now_;
    op.returned = kNever;
    if (op.function == Function::kTxn) op.txn = history_.AddTxn({});
    if (absl::Status status = TakeValue(event, &op); !status.ok()) return status;
    // Whatever the process had begun before stays indeterminate.
    pending_[session] = history_.operations().size();
    history_.Add(op);
    return absl::OkStatus();
  }

  absl::Status Complete(uint32_t session, const Edn& event, const Edn& type) {
    auto found = pending_.find(session);
    if (type.is_keyword("info")) {
      if (found != pending_.end()) pending_.erase(found);
      return absl::OkStatus();
    }
    const bool ok = type.is_keyword("ok");
    if (!ok && !type.is_keyword("fail")) {
      return ErrorAt(type,
                     Concat(":type must be :invoke, :ok, :fail or :info, not ", type.AsJson()));
    }
    if (found == pending_.end()) {
      return ErrorAt(event,
                     Concat("process ", session, " has invoked nothing that could end here"));
    }
    Operation& op = history_.operations()[found->second];
    pending_.erase(found);
    op.outcome = ok ? Outcome::kOk : Outcome::kFailed;
    op.returned = now_;
    if (op.function == Function::kRead) op.value = kMissing;  // the question knows no answer
    if (ok) return TakeValue(event, &op);
    NoteFailure(event, &op);
    return absl::OkStatus();
  }

  static void NoteFailure(const Edn& event, Operation* op) {
    op->observed = op->function != Function::kWrite && op->function != Function::kTxn &&
                   SawTheState(event.Find("error"));
    if (op->observed) op->value = kMissing;
  }

  // What is read and written, and of which key. An answer that leaves it out repeats the question.
  absl::Status TakeValue(const Edn& event, Operation* op) {
    const Edn* value = event.Find("value");
    if (value == nullptr || value->is_nil()) return absl::OkStatus();
    if (op->function == Function::kTxn) return TakeSteps(*value, &history_.txn(op->txn - 1));
    const bool pair = value->is_list() && value->items.size() == 2;
    const bool keyed = pair && (op->function != Function::kCas || value->items[1].is_list());
    if (keyed) {
      op->key = history_.Intern(value->items[0].AsJson());
      value = &value->items[1];
    }
    if (op->function == Function::kDelete) {
      if (!keyed) op->key = history_.Intern(value->AsJson());
      return absl::OkStatus();
    }
    if (op->function != Function::kCas) {
      op->value = Text(*value);
      return absl::OkStatus();
    }
    if (!value->is_list() || value->items.size() != 2) {
      return ErrorAt(*value, Concat(":value of a :cas must be [from to] or [key [from to]], not ",
                                    value->AsJson()));
    }
    op->from = Text(value->items[0]);
    op->value = Text(value->items[1]);
    return absl::OkStatus();
  }

  absl::Status TakeSteps(const Edn& value, Transaction* txn) {
    if (!value.is_list()) return ErrorAt(value, ":value of a :txn must be a vector of steps");
    txn->clear();
    for (const Edn& item : value.items) {
      const bool three = item.is_list() && item.items.size() == 3;
      if (!three || !(item.items[0].is_keyword("r") || item.items[0].is_keyword("w") ||
                      item.items[0].is_keyword("append"))) {
        return ErrorAt(item,
                       "a step must be [:r key value], [:w key value] or [:append key value]");
      }
      TxnStep step{TxnStep::Kind::kRead, history_.Intern(item.items[1].AsJson()),
                   Text(item.items[2])};
      if (item.items[0].is_keyword("w")) step.kind = TxnStep::Kind::kWrite;
      if (item.items[0].is_keyword("append")) step.kind = TxnStep::Kind::kAppend;
      txn->push_back(step);
    }
    return absl::OkStatus();
  }

  TextId Text(const Edn& edn) { return edn.is_nil() ? kMissing : history_.Intern(edn.AsJson()); }

  History history_;
  absl::flat_hash_map<uint32_t, size_t> pending_;  // each process's operation that has not ended
  int64_t now_ = 0;
};

}  // namespace

absl::StatusOr<History> ParseEdn(std::string_view text) {
  EdnReader reader(text);
  Builder builder;
  for (;;) {
    absl::StatusOr<std::optional<Edn>> event = reader.Next();
    if (!event.ok()) return event.status();
    if (!event->has_value()) return builder.Finish();
    if (absl::Status status = builder.Take(**event); !status.ok()) return status;
  }
}

}  // namespace tidemark::check
