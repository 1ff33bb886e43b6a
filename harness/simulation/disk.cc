#include "harness/simulation/disk.h"

#include <utility>
#include <variant>

#include "node/base/assert.h"

namespace tidemark::simulation {

bool Disk::Holds(raft::LogPosition at) const {
  const uint64_t index = at.index.value();
  return index <= durable_.log.size() && durable_.log[index - 1]->at.term == at.term;
}

void Disk::Write(uint64_t sequence, std::vector<server::Record> records) {
  unsynced_.push_back({sequence, std::move(records)});
}

void Disk::BeginSync() {
  TM_ASSERT(!syncing());
  TM_ASSERT(!unsynced_.empty());
  syncing_ = unsynced_.size();
}

uint64_t Disk::EndSync() {
  TM_ASSERT(syncing());
  uint64_t sequence = 0;
  for (; syncing_ > 0; --syncing_) {
    sequence = unsynced_.front().sequence;
    for (server::Record& record : unsynced_.front().records) Keep(record);
    unsynced_.pop_front();
  }
  return sequence;
}

void Disk::Crash(Random* random) {
  int64_t records = 0;
  for (const Unsynced& write : unsynced_) records += static_cast<int64_t>(write.records.size());
  int64_t survive = random->Between(0, records);
  for (Unsynced& write : unsynced_) {
    for (server::Record& record : write.records) {
      if (survive-- > 0) Keep(record);
    }
  }
  unsynced_.clear();
  syncing_ = 0;
}

void Disk::Keep(server::Record& record) {
  if (auto* entry = std::get_if<raft::EntryRef>(&record)) {
    const uint64_t index = (*entry)->at.index.value();
    TM_ASSERT(index >= 1);
    TM_ASSERT(index <= durable_.log.size() + 1);
    durable_.log.resize(index - 1);
    durable_.log.push_back(std::move(*entry));
  } else if (auto* hard_state = std::get_if<raft::HardState>(&record)) {
    durable_.hard_state = std::move(*hard_state);
  } else {
    durable_.writer_number = std::get<server::WriterNumber>(record);
  }
}

}  // namespace tidemark::simulation
