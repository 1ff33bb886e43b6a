#include "node/storage/recovery.h"

#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "node/base/assert.h"
#include "node/base/concat.h"

namespace tidemark::storage {
namespace {

absl::Status Loss(const std::string& what) { return absl::DataLossError(what); }

}  // namespace

raft::LogPosition Recovery::last() const {
  return recovered_.log.empty() ? recovered_.log_base : recovered_.log.back()->at;
}

std::optional<raft::Term> Recovery::TermAt(raft::Index index) const {
  const uint64_t base = recovered_.log_base.index.value();
  if (index.value() < base || index > last().index) return std::nullopt;
  if (index.value() > base) return recovered_.log[index.value() - base - 1]->at.term;
  if (!base_term_known_) return std::nullopt;
  return recovered_.log_base.term;
}

absl::Status Recovery::BeginSegment(const raft::LogPosition& before) {
  if (!begun_) {
    begun_ = true;
    recovered_.log_base = before;
    return absl::OkStatus();
  }
  if (before == last()) return absl::OkStatus();
  return Loss(Concat("it follows on entry ", before.index.value(), " of term ", before.term.value(),
                     ", and the log before it ends with entry ", last().index.value(), " of term ",
                     last().term.value()));
}

absl::Status Recovery::Add(const server::Record& record) {
  TM_ASSERT(begun_);
  return std::visit([this](const auto& r) { return AddRecord(r); }, record);
}

absl::Status Recovery::AddRecord(const raft::HardState& hard_state) {
  const raft::Term before = recovered_.hard_state.term;
  if (hard_state.term < before) {
    return Loss(
        Concat("the term goes back from ", before.value(), " to ", hard_state.term.value()));
  }
  recovered_.hard_state = hard_state;
  return absl::OkStatus();
}

absl::Status Recovery::AddRecord(const raft::EntryRef& entry) {
  TM_ASSERT(entry != nullptr);
  std::vector<raft::EntryRef>& log = recovered_.log;
  const uint64_t index = entry->at.index.value();
  if (index == 0 || index > last().index.value() + 1) {
    return Loss(Concat("entry ", index, " stands where at most entry ", last().index.value() + 1,
                       " can stand"));
  }
  if (index <= recovered_.log_base.index.value()) {
    recovered_.log_base = {raft::Term(), raft::Index(index - 1)};
    base_term_known_ = index == 1;
    log.clear();
  }
  const std::optional<raft::Term> before = TermAt(raft::Index(index - 1));
  if (before.has_value() && entry->at.term < *before) {
    return Loss(Concat("entry ", index, " has term ", entry->at.term.value(), ", below term ",
                       before->value(), " of the entry before it"));
  }
  log.resize(index - 1 - recovered_.log_base.index.value());
  log.push_back(entry);
  return absl::OkStatus();
}

absl::Status Recovery::AddRecord(const server::WriterNumber& number) {
  const uint64_t before = recovered_.writer_number.number;
  if (number.number < before) {
    return Loss(
        Concat("the number of the node's writer goes back from ", before, " to ", number.number));
  }
  recovered_.writer_number = number;
  return absl::OkStatus();
}

absl::Status Recovery::AddRecord(const raft::LogBase& base) {
  recovered_.log_base = base.position;
  recovered_.log.clear();
  base_term_known_ = true;
  return absl::OkStatus();
}

absl::Status Recovery::AddRecord(const server::Quarantine& quarantine) {
  recovered_.quarantine = quarantine;
  return absl::OkStatus();
}

// Each segment restates the last one.
absl::Status Recovery::AddRecord(const raft::Rebirth& rebirth) {
  if (rebirth != recovered_.rebirth) recovered_.hard_state = {};
  recovered_.rebirth = rebirth;
  return absl::OkStatus();
}

absl::StatusOr<Recovery::Result> Recovery::Finish(const std::optional<raft::Snapshot>& snapshot) {
  const raft::LogPosition included = snapshot ? snapshot->last_included : raft::LogPosition();
  if (recovered_.log_base.index > included.index) {
    return Loss(
        Concat("its log begins behind entry ", recovered_.log_base.index.value(),
               ", and what came before should be in a snapshot, but ",
               snapshot ? Concat("the one that is there ends with entry ", included.index.value())
                        : std::string("there is none")));
  }
  Result result;
  result.reset = TermAt(included.index) != included.term;
  std::vector<raft::EntryRef>& log = recovered_.log;
  if (result.reset) {
    recovered_.log_base = included;
    log.clear();
  } else if (!base_term_known_) {
    recovered_.log_base = log.front()->at;
    log.erase(log.begin());
  }
  base_term_known_ = true;
  recovered_.snapshot = snapshot;
  result.recovered = std::move(recovered_);
  return result;
}

}  // namespace tidemark::storage
