#include "harness/check/report.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "harness/check/operation.h"
#include "harness/check/search.h"
#include "harness/check/sessions.h"
#include "harness/check/witness.h"

namespace tidemark::check {
namespace {

template <typename Predicate>
bool Any(const History& history, Predicate predicate) {
  return std::any_of(history.operations().begin(), history.operations().end(), predicate);
}

bool IsPromiseToSessions(std::string_view check) {
  return check == "read-your-writes" || check == "monotonic reads" || check == "monotonic writes" ||
         check == "writes-follow-reads";
}

class Report {
 public:
  Report(const History& history, const CheckOptions& options, std::vector<std::string_view>* ran)
      : history_(history), options_(options), ran_(ran) {
    sessions_ = Any(history, [](const Operation& op) {
      return op.function == Function::kRywRead || op.need != 0;
    });
  }

  std::vector<Violation> Make() {
    if (options_.indexes && sessions_) Add("indexes", CheckSessionIndexes(history_));
    if (options_.values) Add("values", CheckSessionValues(history_));
    if (options_.lists && HasTransactions()) Add("lists", CheckLists(history_));
    if (!Witnessed() && options_.search) Search();
    return std::move(violations_);
  }

 private:
  bool HasTransactions() const {
    return Any(history_, [](const Operation& op) { return op.function == Function::kTxn; });
  }

  // Whether the witness has said what there is to say of linearizability.
  bool Witnessed() {
    const bool applies =
        Any(history_, [](const Operation& op) { return IsUpdate(op) && op.index != 0; });
    if (!options_.witness || !applies) return false;
    std::vector<Violation> found = CheckWitness(history_);
    const bool known = std::none_of(found.begin(), found.end(),
                                    [](const Violation& v) { return v.check == "unknown"; });
    if (known || !options_.search) Add("witness", std::move(found));
    return known;
  }

  void Search() {
    std::vector<Violation> found;
    if (std::optional<Violation> violation = SearchOrder(history_, options_.steps)) {
      found.push_back(*std::move(violation));
    }
    Add("search", std::move(found));
  }

  void Add(std::string_view name, std::vector<Violation> found) {
    if (ran_ != nullptr) ran_->push_back(name);
    std::copy_if(std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()),
                 std::back_inserter(violations_), [this](const Violation& violation) {
                   return sessions_ || !IsPromiseToSessions(violation.check);
                 });
  }

  const History& history_;
  const CheckOptions& options_;
  std::vector<std::string_view>* const ran_;
  bool sessions_ = false;  // whether sessions were promised anything
  std::vector<Violation> violations_;
};

}  // namespace

std::vector<Violation> CheckHistory(const History& history, const CheckOptions& options,
                                    std::vector<std::string_view>* ran) {
  return Report(history, options, ran).Make();
}

}  // namespace tidemark::check
