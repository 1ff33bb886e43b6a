#include "harness/check/json_fields.h"

#include <algorithm>

#include "node/base/concat.h"
#include "node/wire/excerpt.h"

namespace tidemark::check {

using wire::Json;

int64_t JsonFields::Integer(std::string_view name, int64_t least, int64_t most) {
  const Json* json = Take(name);
  if (json != nullptr && json->is_number()) {
    const std::optional<int64_t> number = json->AsInt64();
    if (number && *number >= least && *number <= most) return *number;
  }
  Wrong(name, Concat("an integer from ", least, " to ", most), json);
  return 0;
}

int64_t JsonFields::IntegerOr(std::string_view name, int64_t least, int64_t most,
                              int64_t otherwise) {
  return Has(name) ? Integer(name, least, most) : otherwise;
}

bool JsonFields::BoolOr(std::string_view name, bool otherwise) {
  const Json* json = Take(name);
  if (json == nullptr) return otherwise;
  if (json->is_bool()) return json->bool_value();
  Wrong(name, "true or false", json);
  return otherwise;
}

size_t JsonFields::OneOf(std::string_view name, const std::vector<std::string_view>& names) {
  const Json* json = Take(name);
  if (json != nullptr && json->is_string()) {
    const auto found = std::find(names.begin(), names.end(), json->string_value());
    if (found != names.end()) return found - names.begin();
  }
  std::string expected = "one of";
  for (std::string_view one : names) ConcatTo(&expected, " \"", one, "\"");
  Wrong(name, expected, json);
  return 0;
}

TextId JsonFields::Text(std::string_view name) {
  const Json* json = Take(name);
  return json == nullptr ? kMissing : history_->Intern(json->Canonical());
}

Transaction JsonFields::Steps(std::string_view name) {
  Transaction steps;
  const Json* json = Take(name);
  if (json == nullptr || !json->is_array()) {
    Wrong(name, "a list of steps", json);
    return steps;
  }
  for (const Json& item : json->items()) {
    if (const std::optional<TxnStep> step = Step(item)) {
      steps.push_back(*step);
    } else {
      Wrong(name, R"(a list of ["r", key, value], ["w", key, value] and ["append", key, value])",
            &item);
    }
  }
  return steps;
}

std::optional<TxnStep> JsonFields::Step(const Json& json) {
  if (!json.is_array() || json.items().size() != 3 || !json.items()[0].is_string()) {
    return std::nullopt;
  }
  const std::string& kind = json.items()[0].string_value();
  const Json& value = json.items()[2];
  TxnStep step;
  step.key = history_->Intern(json.items()[1].Canonical());
  if (kind != "r" && kind != "w" && kind != "append") return std::nullopt;
  if (kind == "w") step.kind = TxnStep::Kind::kWrite;
  if (kind == "append") step.kind = TxnStep::Kind::kAppend;
  const bool nothing = kind == "r" && value.is_null();
  if (!nothing) step.value = history_->Intern(value.Canonical());
  return step;
}

void JsonFields::Wrong(std::string_view name, std::string_view expected, const Json* came) {
  if (!status_.ok()) return;
  const std::string what = came == nullptr ? "missing" : wire::Shortened(came->Spaced());
  status_ = absl::InvalidArgumentError(Concat("\"", name, "\" must be ", expected, ", not ", what));
}

absl::Status JsonFields::Finish() {
  for (const auto& [name, value] : object_.members()) {
    if (!status_.ok()) break;
    if (std::find(taken_.begin(), taken_.end(), name) == taken_.end()) {
      status_ = absl::InvalidArgumentError(
          Concat("\"", name, "\" does not belong here; it is ", wire::Shortened(value.Spaced())));
    }
  }
  return status_;
}

const Json* JsonFields::Take(std::string_view name) {
  taken_.push_back(name);
  return object_.Find(name);
}

}  // namespace tidemark::check
