#include "node/storage/recovery.h"

#include <cstdint>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"

namespace tidemark::storage {

absl::Status Recovery::Add(const server::Record& record) {
  return std::visit([this](const auto& r) { return AddRecord(r); }, record);
}

absl::Status Recovery::AddRecord(const raft::HardState& hard_state) {
  const raft::Term before = recovered_.hard_state.term;
  if (hard_state.term < before) {
    return absl::DataLossError(
        absl::StrCat("the term goes back from ", before.value(), " to ", hard_state.term.value()));
  }
  recovered_.hard_state = hard_state;
  return absl::OkStatus();
}

absl::Status Recovery::AddRecord(const raft::EntryRef& entry) {
  TM_ASSERT(entry != nullptr);
  std::vector<raft::EntryRef>& log = recovered_.log;
  const uint64_t index = entry->at.index.value();
  if (index == 0 || index > log.size() + 1) {
    return absl::DataLossError(absl::StrCat("entry ", index, " stands where at most entry ",
                                            log.size() + 1, " can stand"));
  }
  if (index > 1 && entry->at.term < log[index - 2]->at.term) {
    return absl::DataLossError(absl::StrCat("entry ", index, " has term ", entry->at.term.value(),
                                            ", below term ", log[index - 2]->at.term.value(),
                                            " of the entry before it"));
  }
  log.resize(index - 1);
  log.push_back(entry);
  return absl::OkStatus();
}

absl::Status Recovery::AddRecord(const server::WriterNumber& number) {
  const uint64_t before = recovered_.writer_number.number;
  if (number.number < before) {
    return absl::DataLossError(absl::StrCat("the number of the node's writer goes back from ",
                                            before, " to ", number.number));
  }
  recovered_.writer_number = number;
  return absl::OkStatus();
}

absl::Status Recovery::AddRecord(const raft::LogBase& base) {
  recovered_.log_base = base.position;
  recovered_.log.clear();
  return absl::OkStatus();
}

}  // namespace tidemark::storage
