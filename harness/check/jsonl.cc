#include "harness/check/jsonl.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "harness/base/status_text.h"
#include "harness/check/describe.h"
#include "harness/check/json_fields.h"
#include "harness/check/sort.h"
#include "node/base/concat.h"
#include "node/wire/json.h"

namespace tidemark::check {
namespace {

using wire::Json;

const std::vector<std::string_view>& FunctionNames() {
  static const auto* const kNames = new std::vector<std::string_view>{
      FunctionName(Function::kRead),   FunctionName(Function::kRywRead),
      FunctionName(Function::kWrite),  FunctionName(Function::kCas),
      FunctionName(Function::kDelete), FunctionName(Function::kTxn)};
  return *kNames;
}
const std::vector<std::string_view>& OutcomeNames() {
  static const auto* const kNames =
      new std::vector<std::string_view>{OutcomeName(Outcome::kOk), OutcomeName(Outcome::kFailed),
                                        OutcomeName(Outcome::kIndeterminate)};
  return *kNames;
}

// What the operation is about, by its function.
void ParseSubject(JsonFields* fields, History* history, Operation* op) {
  if (op->function == Function::kTxn) {
    op->txn = history->AddTxn(fields->Steps("txn"));
    return;
  }
  op->key = fields->Text("key");
  if (op->function == Function::kDelete) return;
  op->value = fields->Text("value");
  if (op->function == Function::kWrite && op->value == kMissing) {
    fields->Wrong("value", "a value", nullptr);
  }
  if (op->function != Function::kCas) return;
  op->from = fields->Text("from");
  if (op->from == kMissing) fields->Wrong("from", "a value", nullptr);
  op->create_if_not_exists = fields->BoolOr("create_if_not_exists", false);
}

void ParseTimes(JsonFields* fields, Operation* op) {
  op->invoked = fields->Integer("invoked", INT64_MIN, kNever - 1);
  op->returned = kNever;
  if (op->outcome != Outcome::kIndeterminate) {
    op->returned = fields->Integer("returned", op->invoked, kNever - 1);
  } else if (fields->Has("returned")) {
    const Json came = Json::Number(fields->Integer("returned", INT64_MIN, INT64_MAX));
    fields->Wrong("returned", "left out of an indeterminate operation", &came);
  }
}

absl::Status ParseOperation(const Json& object, History* history) {
  constexpr int64_t kMostIndex = INT64_MAX;
  if (!object.is_object()) return absl::InvalidArgumentError("expected an object");
  JsonFields fields(object, history);
  Operation op;
  op.session = static_cast<uint32_t>(fields.Integer("session", 0, UINT32_MAX));
  op.function = static_cast<Function>(fields.OneOf("f", FunctionNames()));
  op.outcome = static_cast<Outcome>(fields.OneOf("outcome", OutcomeNames()));
  ParseSubject(&fields, history, &op);
  op.index = fields.IntegerOr("index", 0, kMostIndex, 0);
  op.need = fields.IntegerOr("need", 0, kMostIndex, 0);
  op.carried = fields.BoolOr("carried", true);
  op.observed = fields.BoolOr("observed", false);
  ParseTimes(&fields, &op);
  history->Add(op);
  return fields.Finish();
}

absl::Status ParseLine(std::string_view line, History* history) {
  wire::ParseError error;
  const absl::StatusOr<Json> json = wire::ParseJson(line, {}, &error);
  if (json.ok()) return ParseOperation(*json, history);
  return absl::InvalidArgumentError(Concat("byte ", error.offset + 1, ": ", error.what));
}

void AppendMember(std::string_view name, std::string_view text, std::string* out) {
  ConcatTo(out, ", \"", name, "\": ", text);
}
void AppendText(const History& history, std::string_view name, TextId id, std::string* out) {
  if (id != kMissing) AppendMember(name, history.Text(id), out);
}

void AppendSteps(const History& history, const Transaction& txn, std::string* out) {
  constexpr std::string_view kKinds[] = {"r", "w", "append"};
  out->append(", \"txn\": [");
  for (size_t i = 0; i < txn.size(); ++i) {
    const std::string_view value =
        txn[i].value == kMissing ? "null" : std::string_view(history.Text(txn[i].value));
    ConcatTo(out, i == 0 ? "" : ", ", "[\"", kKinds[static_cast<size_t>(txn[i].kind)], "\", ",
             history.Text(txn[i].key), ", ", value, "]");
  }
  out->push_back(']');
}

void AppendOperation(const History& history, const Operation& op, std::string* out) {
  ConcatTo(out, "{\"session\": ", op.session, ", \"f\": \"", FunctionName(op.function), "\"");
  AppendText(history, "key", op.key, out);
  if (op.function != Function::kDelete) AppendText(history, "value", op.value, out);
  AppendText(history, "from", op.from, out);
  if (op.create_if_not_exists) AppendMember("create_if_not_exists", "true", out);
  if (op.function == Function::kTxn) {
    AppendSteps(history, op.txn == 0 ? Transaction() : history.txn(op.txn - 1), out);
  }
  ConcatTo(out, ", \"outcome\": \"", OutcomeName(op.outcome), "\"");
  if (op.index != 0) AppendMember("index", Concat(op.index), out);
  if (op.need != 0) AppendMember("need", Concat(op.need), out);
  AppendMember("invoked", Concat(op.invoked), out);
  if (op.returned != kNever) AppendMember("returned", Concat(op.returned), out);
  if (!op.carried) AppendMember("carried", "false", out);
  if (op.observed) AppendMember("observed", "true", out);
  out->append("}\n");
}

}  // namespace

absl::StatusOr<History> ParseJsonl(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  History history;
  for (size_t line = 1; !text.empty(); ++line) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view content = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.find_first_not_of(kBlank) == std::string_view::npos) continue;
    const absl::Status status = ParseLine(content, &history);
    if (!status.ok()) {
      return absl::InvalidArgumentError(Concat("line ", line, ": ", MessageOf(status)));
    }
  }
  SortByInvocation(&history);
  return history;
}

void AppendJsonl(const History& history, std::string* out) {
  for (const Operation& op : history.operations()) AppendOperation(history, op, out);
}

}  // namespace tidemark::check
