// One line of a history: a JSON object, read member by member. The first thing that is wrong is
// kept, and members that nobody asked for are wrong too.
#ifndef TIDEMARK_HARNESS_CHECK_JSON_FIELDS_H_
#define TIDEMARK_HARNESS_CHECK_JSON_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "harness/check/history.h"
#include "node/wire/json.h"

namespace tidemark::check {

class JsonFields {
 public:
  JsonFields(const wire::Json& object, History* history) : object_(object), history_(history) {}

  bool Has(std::string_view name) const { return object_.Find(name) != nullptr; }

  int64_t Integer(std::string_view name, int64_t least, int64_t most);
  // What is left out is `otherwise`.
  int64_t IntegerOr(std::string_view name, int64_t least, int64_t most, int64_t otherwise);
  bool BoolOr(std::string_view name, bool otherwise);
  // The number of that one of `names` which the member is.
  size_t OneOf(std::string_view name, const std::vector<std::string_view>& names);
  // Any JSON, as its canonical text; kMissing if it is left out.
  TextId Text(std::string_view name);
  Transaction Steps(std::string_view name);

  void Wrong(std::string_view name, std::string_view expected, const wire::Json* came);
  // The first thing that was wrong, an unknown member included.
  absl::Status Finish();

 private:
  const wire::Json* Take(std::string_view name);
  std::optional<TxnStep> Step(const wire::Json& json);

  const wire::Json& object_;
  History* const history_;
  std::vector<std::string_view> taken_;
  absl::Status status_;
};

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_JSON_FIELDS_H_
