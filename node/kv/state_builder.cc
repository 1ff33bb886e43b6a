#include "node/kv/state_builder.h"

#include <variant>

#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/base/overloaded.h"

namespace tidemark::kv {
namespace {

absl::Status Wrong(const std::string& what) { return absl::InvalidArgumentError(what); }

// Whether writers keep such a result: what was not executed, and may have been elsewhere, leaves
// nothing behind.
bool IsKept(const Result& result) {
  return std::visit(
      Overloaded{
          [](const Done&) { return true; }, [](const TxnDone&) { return true; },
          [](const KeyMissing&) { return true; }, [](const CasMismatch&) { return true; },
          [](const NotAList&) { return true; }, [](const Opened&) { return true; },
          [](const Cancelled&) { return true; }, [](const Fated&) { return true; },
          [](const TooLarge&) { return true; },
          [](const SessionRefused& refused) { return refused.verdict != Verdict::kHolds; },
          [](const OpeningVoid&) { return false; }, [](const WriterClosed&) { return false; },
          [](const OutcomeForgotten&) { return false; }, [](const SeqReused&) { return false; }},
      result);
}

}  // namespace

StateBuilder::StateBuilder(WriterLimits limits)
    : machine_(std::make_shared<StateMachine>(limits)) {}

absl::Status StateBuilder::Add(const StatePart& part) {
  TM_ASSERT(machine_ != nullptr);
  if (!head_.has_value() && !std::holds_alternative<StateHead>(part)) {
    return Wrong("a state begins with its head");
  }
  return std::visit([this](const auto& one) { return Take(one); }, part);
}

absl::StatusOr<std::shared_ptr<StateMachine>> StateBuilder::Finish() {
  TM_ASSERT(machine_ != nullptr);
  if (!head_.has_value()) return Wrong("the state is empty: not even its head is there");
  const auto all = [](uint64_t came, uint64_t promised, const char* what) {
    if (came == promised) return absl::OkStatus();
    return Wrong(Concat("the state has ", came, " ", what, ", and its head promises ", promised));
  };
  absl::Status status = all(writers_, head_->writers, "writers");
  if (status.ok()) status = all(outcomes_, head_->outcomes, "outcomes");
  if (status.ok()) status = all(machine_->data_.size(), head_->keys, "keys");
  if (!status.ok()) return status;
  if (machine_->Hash() != head_->hash) {
    return Wrong("the state is not the one that its head promises: its hash is another one");
  }
  return std::move(machine_);
}

absl::Status StateBuilder::Take(const StateHead& head) {
  if (head_.has_value()) return Wrong("the state has a second head");
  head_ = head;
  machine_->history_.SetCluster(head.cluster);
  machine_->limits_ = head.limits;
  machine_->last_applied_ = head.last_applied;
  return TakeTerms(head);
}

absl::Status StateBuilder::TakeTerms(const StateHead& head) {
  TermRun last;
  for (const TermRun& run : head.terms) {
    if (run.first <= last.first || run.term <= last.term) {
      return Wrong(Concat("term ", run.term, " begins at ", run.first, ", after term ", last.term,
                          " at ", last.first, ": both must rise"));
    }
    machine_->history_.BeginTerm(run.first, run.term, run.stamp);
    last = run;
  }
  if (last.first <= head.last_applied) return absl::OkStatus();
  return Wrong(Concat("term ", last.term, " begins at ", last.first, ", but the state ends at ",
                      head.last_applied));
}

absl::Status StateBuilder::Take(const WriterPart& writer) {
  if (const char* problem = Problem(writer)) {
    return Wrong(Concat("writer ", writer.index, ": ", problem));
  }
  machine_->writers_.Restore(writer);
  writer_ = writer;
  seq_ = writer.last_dropped;
  ++writers_;
  return absl::OkStatus();
}

absl::Status StateBuilder::Take(const OutcomePart& outcome) {
  if (const char* problem = Problem(outcome)) {
    return Wrong(Concat("outcome ", outcome.seq, " of writer ",
                        writer_.has_value() ? writer_->index : 0, ": ", problem));
  }
  machine_->writers_.Restore(writer_->client, writer_->index, outcome);
  seq_ = outcome.seq;
  ++outcomes_;
  const WriterSet& set = machine_->writers_.Of(writer_->client);
  if (set.bytes() <= set.limits().max_bytes) return absl::OkStatus();
  return Wrong(Concat("the outcomes up to ", outcome.seq, " of writer ", writer_->index,
                      " take more than the ", set.limits().max_bytes, " bytes that are allowed"));
}

absl::Status StateBuilder::Take(const KeyPart& key) {
  keys_begun_ = true;
  if (machine_->data_.Get(key.key).has_value()) {
    return Wrong(Concat("a key comes twice, of ", key.key.size(), " bytes"));
  }
  machine_->data_.Put(key.key, key.value);
  return absl::OkStatus();
}

const char* StateBuilder::Problem(const WriterPart& writer) const {
  const WriterSet& set = machine_->writers_.Of(writer.client);
  const bool same_kind = writer_.has_value() && writer_->client == writer.client;
  if (keys_begun_) return "it comes behind keys";
  if (writer_.has_value() && writer_->client && !writer.client) return "it comes behind clients'";
  if (writer.index <= (same_kind ? writer_->index : 0)) return "the indexes of writers must rise";
  if (writer.index > head_->last_applied) return "it was opened behind the end of the state";
  if (machine_->writers_.nodes().Find(writer.index) != nullptr) return "it is there twice";
  const OpenWriter unnamed{.bits = writer.opened_as.bits};
  if (writer.client && (writer.closed || writer.opened_as != unnamed)) {
    return "a client's has no name and is never closed";
  }
  if (set.size() >= set.limits().max_writers) return "there are more than this node remembers";
  return nullptr;
}

const char* StateBuilder::Problem(const OutcomePart& part) const {
  if (!writer_.has_value()) return "it has no writer";
  const WriterSet& set = machine_->writers_.Of(writer_->client);
  const LogIndex index = part.outcome.index;
  if (keys_begun_) return "it comes behind keys";
  if (seq_.has_value() && part.seq <= *seq_) return "seqs must rise, from the last dropped one on";
  if (index <= writer_->index) return "it is older than its writer";
  if (index > head_->last_applied) return "it lies behind the end of the state";
  if (!IsKept(part.outcome.result)) return "no writer keeps such a result";
  if (part.operation_hash.has_value() == std::holds_alternative<Cancelled>(part.outcome.result)) {
    return "what was cancelled is no operation's, and everything else is one's";
  }
  if (set.Find(writer_->index)->outcomes.size() >= set.limits().max_outcomes) {
    return "its writer has more than this node keeps";
  }
  return nullptr;
}

}  // namespace tidemark::kv
