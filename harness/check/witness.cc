#include "harness/check/witness.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <utility>

#include "harness/check/describe.h"
#include "harness/check/findings.h"
#include "harness/check/log_order.h"
#include "harness/check/operation.h"
#include "harness/check/state.h"
#include "harness/check/unplaced.h"
#include "node/base/concat.h"

namespace tidemark::check {
namespace {

// A place in the log, and who holds it.
struct Place {
  uint64_t index = 0;
  uint32_t operation = kNone;
};

struct Running {
  int64_t returned;
  Place place;
  bool operator>(const Running& other) const { return returned > other.returned; }
};

std::string_view PromiseOf(const Operation& op) {
  if (op.function == Function::kRywRead) return "read-your-writes";
  return op.function == Function::kTxn ? "strict serializability" : "linearizability";
}

class Checker {
 public:
  explicit Checker(const History& history)
      : history_(history), model_(history), unplaced_(history, model_), log_(history, model_) {}

  std::vector<Violation> Run() {
    for (const LogOrder::Misfit& misfit : log_.misfits()) ReportMisfit(misfit);
    const std::vector<Operation>& operations = history_.operations();
    for (uint32_t i = 0; i < operations.size(); ++i) {
      if (operations[i].function != Function::kRywRead) Sweep(i, operations[i]);
    }
    // A state that something of unknown place made may be the root of all that looks wrong.
    return std::move(unknown_.empty() ? findings_ : unknown_).Take();
  }

 private:
  // Operations come in the order of their invocations.
  void Sweep(uint32_t i, const Operation& op) {
    while (!running_.empty() && running_.top().returned < op.invoked) {
      if (running_.top().place.index > floor_.index) floor_ = running_.top().place;
      running_.pop();
    }
    Place place{0, i};
    if (HasOwnIndex(op)) {
      if (op.index <= floor_.index) ReportOrder(i, op);
      place.index = op.index;
    } else if (ToldValue(op) || ObservedFailure(op)) {
      place.index = op.index != 0 ? NamedPlace(i, op) : FirstPlace(i, op);
    }
    if (op.returned != kNever && place.index > floor_.index) running_.push({op.returned, place});
  }

  uint64_t NamedPlace(uint32_t i, const Operation& op) {
    if (op.index < floor_.index) ReportOrder(i, op);
    return op.index;
  }

  // The first place, not before the floor, where the key holds what `op` met. Taking the first
  // leaves the most room to whoever comes later.
  uint64_t FirstPlace(uint32_t i, const Operation& op) {
    const uint32_t first = log_.VersionAt(op.key, floor_.index);
    for (uint32_t at = first; at != kNone; at = log_.version(at).next) {
      const Version& version = log_.version(at);
      // An update that was invoked when `op` was over lies behind it.
      if (at != first && history_.operations()[version.operation].invoked > op.returned) break;
      if (!model_.Apply(op, version.state)) continue;
      if (at != first && !doubt_) doubt_ = unplaced_.Explains(op);
      return std::max(floor_.index, version.index);
    }
    ReportNoPlace(i, op, log_.version(first));
    return floor_.index;
  }

  void ReportMisfit(const LogOrder::Misfit& misfit) {
    const Operation& op = history_.operations()[misfit.operation];
    if (misfit.why == LogOrder::Misfit::Why::kSameIndex) {
      findings_.Add("linearizability", [&] {
        return Concat(Describe(history_, misfit.operation), " and ",
                      Describe(history_, misfit.other), " have the same place in the log");
      });
    } else {
      ReportState(misfit.operation, op, [&] {
        return Concat(Describe(history_, misfit.operation), " does not fit to its place in the log",
                      Found(misfit.other));
      });
    }
  }
  void ReportOrder(uint32_t i, const Operation& op) {
    Report(op, doubt_, [&] {
      return Concat(Describe(history_, i),
                    " lies in the log before what was over when it began: ", FloorText());
    });
  }
  void ReportNoPlace(uint32_t i, const Operation& op, const Version& held) {
    ReportState(i, op, [&] {
      return Concat(Describe(history_, i), " met what ", KeyText(history_, op.key),
                    " did not hold at any moment of it", Found(held.operation),
                    floor_.operation == kNone ? "" : "; already over was ", FloorText());
    });
  }

  // Something met a state that the log does not have there.
  template <typename MakeText>
  void ReportState(uint32_t i, const Operation& op, const MakeText& text) {
    const std::optional<uint32_t> cause = unplaced_.Explains(op);
    Report(op, cause && *cause != i ? cause : doubt_, text);
  }
  template <typename MakeText>
  void Report(const Operation& op, std::optional<uint32_t> cause, const MakeText& text) {
    if (!cause) return findings_.Add(PromiseOf(op), text);
    unknown_.Add("unknown", [&] {
      return Concat(text(), ". The reason may be ", Describe(history_, *cause),
                    ", of which is not known whether and where in the log it happened");
    });
  }

  std::string Found(uint32_t writer) const {
    return writer == kNone ? "" : Concat(", where it finds ", Describe(history_, writer));
  }
  std::string FloorText() const {
    if (floor_.operation == kNone) return "";
    return Concat(Describe(history_, floor_.operation), " at index ", floor_.index);
  }

  const History& history_;
  const Model model_;
  const Unplaced unplaced_;
  LogOrder log_;
  Place floor_;  // the highest place of all that returned before now
  std::priority_queue<Running, std::vector<Running>, std::greater<>> running_;
  // An update without a place that would have let some read have an earlier place than it got.
  std::optional<uint32_t> doubt_;
  Findings findings_;
  Findings unknown_;
};

// An acknowledged update whose place is not known; nullopt: there is none.
std::optional<uint32_t> UpdateWithoutIndex(const History& history) {
  const std::vector<Operation>& operations = history.operations();
  for (uint32_t i = 0; i < operations.size(); ++i) {
    if (IsUpdate(operations[i]) && Ok(operations[i]) && operations[i].index == 0) return i;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Violation> CheckWitness(const History& history) {
  if (const std::optional<uint32_t> blind = UpdateWithoutIndex(history)) {
    return {{"unknown", Concat(Describe(history, *blind), " names no place in the log")}};
  }
  return Checker(history).Run();
}

}  // namespace tidemark::check
