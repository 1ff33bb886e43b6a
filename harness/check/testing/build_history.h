// Small histories by hand.
#ifndef TIDEMARK_HARNESS_CHECK_TESTING_BUILD_HISTORY_H_
#define TIDEMARK_HARNESS_CHECK_TESTING_BUILD_HISTORY_H_

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/check/history.h"
#include "harness/check/violation.h"

namespace tidemark::check {

inline void PrintTo(const Violation& violation, std::ostream* out) {
  *out << violation.check << ": " << violation.text;
}

// When an operation was invoked and returned.
struct During {
  int64_t invoked = 0;
  int64_t returned = kNever;
};

// Each call adds an operation that went well and returns it, for a test to change what it likes.
// The key is "x" unless changed. Value "" is kMissing.
class BuildHistory {
 public:
  Operation& Add(Function function, uint32_t session, std::string_view value, During during) {
    Operation op;
    op.session = session;
    op.function = function;
    op.outcome = during.returned == kNever ? Outcome::kIndeterminate : Outcome::kOk;
    op.key = Text("x");
    op.value = Text(value);
    op.invoked = during.invoked;
    op.returned = during.returned;
    history_.Add(op);
    return history_.operations().back();
  }
  Operation& Write(uint32_t session, std::string_view value, During during) {
    return Add(Function::kWrite, session, value, during);
  }
  Operation& Read(uint32_t session, std::string_view value, During during) {
    return Add(Function::kRead, session, value, during);
  }
  Operation& RywRead(uint32_t session, std::string_view value, During during) {
    return Add(Function::kRywRead, session, value, during);
  }
  Operation& Delete(uint32_t session, During during) {
    return Add(Function::kDelete, session, "", during);
  }
  Operation& Cas(uint32_t session, std::string_view from, std::string_view to, During during) {
    Operation& op = Add(Function::kCas, session, to, during);
    op.from = Text(from);
    return op;
  }
  Operation& Txn(uint32_t session, std::vector<TxnStep> steps, During during) {
    const uint32_t txn = history_.AddTxn(std::move(steps));
    Operation& op = Add(Function::kTxn, session, "", during);
    op.key = kMissing;
    op.txn = txn;
    return op;
  }

  TxnStep ReadStep(std::string_view key, std::string_view value) {
    return {TxnStep::Kind::kRead, Text(key), Text(value)};
  }
  TxnStep WriteStep(std::string_view key, std::string_view value) {
    return {TxnStep::Kind::kWrite, Text(key), Text(value)};
  }
  TxnStep AppendStep(std::string_view key, std::string_view value) {
    return {TxnStep::Kind::kAppend, Text(key), Text(value)};
  }

  TextId Text(std::string_view text) { return text.empty() ? kMissing : history_.Intern(text); }
  // Sorts by invocation, so that tests may tell their story session by session.
  History& Done() {
    std::stable_sort(history_.operations().begin(), history_.operations().end(),
                     [](const Operation& a, const Operation& b) { return a.invoked < b.invoked; });
    return history_;
  }

 private:
  History history_;
};

// The names of the broken promises, each once, in order of their names.
inline std::vector<std::string> Names(const std::vector<Violation>& violations) {
  std::vector<std::string> names;
  for (const Violation& violation : violations) names.push_back(violation.check);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_TESTING_BUILD_HISTORY_H_
