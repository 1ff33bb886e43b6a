#include <cstddef>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "harness/check/describe.h"
#include "harness/check/findings.h"
#include "harness/check/operation.h"
#include "harness/check/sessions.h"
#include "node/base/concat.h"

namespace tidemark::check {
namespace {

// The highest index of a kind that a session has met, and where.
struct Highest {
  uint64_t index = 0;
  size_t operation = 0;

  void Raise(uint64_t to, size_t by) {
    if (to > index) *this = {to, by};
  }
};

struct Session {
  Highest write;  // of acknowledged writes
  Highest read;   // of carried reads
};

class Checker {
 public:
  explicit Checker(const History& history) : history_(history) {}

  std::vector<Violation> Run() {
    const std::vector<Operation>& operations = history_.operations();
    for (size_t i = 0; i < operations.size(); ++i) {
      const Operation& op = operations[i];
      if (op.index == 0) continue;
      if ((IsRead(op) && Ok(op)) || ObservedFailure(op)) Read(i, op);
      if (IsUpdate(op) && Ok(op)) Write(i, op);
    }
    return std::move(findings_).Take();
  }

 private:
  void Read(size_t i, const Operation& op) {
    Session& session = sessions_[op.session];
    if (op.index < session.write.index) Report("read-your-writes", i, session.write, "it wrote");
    if (op.index < op.need) ReportNeed(i, op);
    if (op.index < session.read.index) Report("monotonic reads", i, session.read, "it had read");
    if (op.carried) session.read.Raise(op.index, i);
  }

  void Write(size_t i, const Operation& op) {
    Session& session = sessions_[op.session];
    if (op.index <= session.write.index) {
      Report("monotonic writes", i, session.write, "its earlier write is");
    }
    if (op.index <= session.read.index) {
      Report("writes-follow-reads", i, session.read, "it had read");
    }
    session.write.Raise(op.index, i);
  }

  void Report(std::string_view check, size_t i, const Highest& before, std::string_view what) {
    findings_.Add(check, [&] {
      return Concat(Describe(history_, i), " is of index ", history_.operations()[i].index,
                    ", but ", what, " at index ", before.index,
                    " before: ", Describe(history_, before.operation));
    });
  }
  void ReportNeed(size_t i, const Operation& op) {
    findings_.Add("read-your-writes", [&] {
      return Concat(Describe(history_, i), " asked for index ", op.need,
                    " or later and was answered from index ", op.index);
    });
  }

  const History& history_;
  absl::flat_hash_map<uint32_t, Session> sessions_;
  Findings findings_;
};

}  // namespace

std::vector<Violation> CheckSessionIndexes(const History& history) {
  return Checker(history).Run();
}

}  // namespace tidemark::check
