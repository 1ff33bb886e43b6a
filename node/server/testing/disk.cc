#include "node/server/testing/disk.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "node/base/assert.h"
#include "node/kv/state_builder.h"
#include "node/wire/state_codec.h"

namespace tidemark::server::testing {
namespace {

// Drops the entries below `first`, which a snapshot stands for.
void DropBelow(raft::Index first, Recovered* state) {
  while (!state->log.empty() && state->log.front()->at.index < first) {
    state->log_base = state->log.front()->at;
    state->log.erase(state->log.begin());
  }
}

void Keep(const raft::EntryRef& entry, Recovered* state) {
  const uint64_t place = entry->at.index.value() - state->log_base.index.value() - 1;
  TM_ASSERT(place <= state->log.size());
  state->log.resize(place);
  state->log.push_back(entry);
}

// Zero: the log has nothing there.
raft::Term TermAt(const Recovered& state, raft::Index index) {
  if (index == state.log_base.index) return state.log_base.term;
  for (const raft::EntryRef& entry : state.log) {
    if (entry->at.index == index) return entry->at.term;
  }
  return {};
}

// The state that the bytes are; null: they are none.
std::shared_ptr<kv::StateMachine> StateFrom(const std::string& bytes) {
  kv::StateBuilder builder;
  wire::StateReader reader([&](const kv::StatePart& part) { return builder.Add(part); });
  if (!reader.Feed(bytes).ok() || !reader.Finish().ok()) return nullptr;
  auto machine = builder.Finish();
  return machine.ok() ? *machine : nullptr;
}

}  // namespace

raft::Incarnation Disk::incarnation() const {
  raft::Incarnation last = incarnation_;
  for (const Record& record : records_) {
    if (const auto* rebirth = std::get_if<raft::Rebirth>(&record)) last = rebirth->incarnation;
  }
  return last;
}

Recovered Disk::Sum() const {
  Recovered state;
  for (const Record& record : records_) {
    if (const auto* hard = std::get_if<raft::HardState>(&record)) {
      state.hard_state = *hard;
    } else if (const auto* entry = std::get_if<raft::EntryRef>(&record)) {
      Keep(*entry, &state);
    } else if (const auto* base = std::get_if<raft::LogBase>(&record)) {
      state.log_base = base->position;
      state.log.clear();
    } else if (std::holds_alternative<raft::Rebirth>(record)) {
      state.hard_state = {};
    } else if (const auto* quarantine = std::get_if<Quarantine>(&record)) {
      state.quarantine = *quarantine;
    } else if (const auto* hint = std::get_if<CommitHint>(&record)) {
      state.committed = hint->index;
    } else if (const auto* gone_back = std::get_if<GoneBack>(&record)) {
      state.gone_back = *gone_back;
    } else {
      state.writer_number = std::get<WriterNumber>(record);
    }
  }
  if (snapshot_) DropBelow(log_first_, &state);
  return state;
}

Recovered Disk::Recover() {
  Recovered state = Sum();
  if (hints) state.committed = committed_;
  if (!snapshot_) return state;
  // The crash came between the snapshot and the log's new base.
  if (TermAt(state, snapshot_->last_included.index) != snapshot_->last_included.term) {
    records_.emplace_back(raft::LogBase{snapshot_->last_included});
    state = Sum();
    if (hints) state.committed = committed_;
  }
  state.snapshot = snapshot_;
  state.machine = StateFrom(snapshot_bytes_);
  TM_ASSERT(state.machine != nullptr);
  return state;
}

void Disk::Compact() {
  incarnation_ = incarnation();
  Recovered state = Sum();
  records_.assign({state.hard_state, state.writer_number});
  if (state.quarantine.index) records_.emplace_back(state.quarantine);
  if (state.gone_back.lost.index) records_.emplace_back(state.gone_back);
  if (state.log_base.index) records_.emplace_back(raft::LogBase{state.log_base});
  records_.insert(records_.end(), state.log.begin(), state.log.end());
  compact_at_ = 2 * records_.size() + kFewRecords;
}

void Disk::Forge(const std::string& value) {
  for (auto it = records_.rbegin(); it != records_.rend(); ++it) {
    const auto* entry = std::get_if<raft::EntryRef>(&*it);
    if (entry == nullptr) continue;
    const auto* body = std::get_if<raft::CommandRef>(&(*entry)->body);
    if (body == nullptr) continue;
    kv::Command command = LogCommand::Of(*body);
    auto* write = std::get_if<kv::Write>(&command.operation);
    if (write == nullptr) continue;
    write->value = value;
    *it = std::make_shared<const raft::Entry>(
        raft::Entry{(*entry)->at, std::make_shared<const LogCommand>(std::move(command))});
    return;
  }
  TM_ASSERT(false && "there is a write");
}

void Disk::NoteEnd(const std::vector<Record>& records) {
  for (const Record& record : records) {
    if (const auto* entry = std::get_if<raft::EntryRef>(&record)) last_ = (*entry)->at.index;
    if (const auto* base = std::get_if<raft::LogBase>(&record)) last_ = base->position.index;
  }
}

std::vector<Input> Disk::Perform(const Output& out) {
  TM_ASSERT(out.committed <= last_);  // or it would speak of what is not on disk
  committed_ = std::max(committed_, out.committed);
  std::vector<Input> news = std::exchange(late_, {});
  if (!out.records.empty()) Write(out, &news);
  if (room && !hangs && (room != told_room_ || !out.records.empty())) {
    told_room_ = room;
    news.emplace_back(Room{out.sequence, *room, full && *room == 0});
  }
  log_first_ = std::max(log_first_, out.log_first);
  if (records_.size() > compact_at_) Compact();
  if (out.kept_snapshots) KeepSent(*out.kept_snapshots);
  if (out.slice) Take(*out.slice, &news);
  for (const raft::SnapshotPiece& piece : out.snapshot_pieces) Take(piece, &news);
  for (const raft::SnapshotRead& read : out.snapshot_reads) Read(read, &news);
  return news;
}

void Disk::Write(const Output& out, std::vector<Input>* news) {
  std::vector<Record>& to = hangs ? unwritten_ : records_;
  to.insert(to.end(), out.records.begin(), out.records.end());
  if (hangs) {
    unwritten_sequence_ = out.sequence;
  } else {
    NoteEnd(out.records);
    news->emplace_back(Persisted{out.sequence});
  }
}

std::vector<Input> Disk::Resume() {
  hangs = false;
  if (unwritten_.empty()) return {};
  records_.insert(records_.end(), unwritten_.begin(), unwritten_.end());
  NoteEnd(unwritten_);
  unwritten_.clear();
  return {Persisted{unwritten_sequence_}};
}

void Disk::Take(const StateSlice& slice, std::vector<Input>* news) {
  if (slice.first || slice.abandoned) taking_.clear();
  if (slice.abandoned) return;
  for (const kv::StatePart& part : slice.parts) wire::AppendStatePart(part, &taking_);
  if (!slice.last) return (slow ? late_ : *news).push_back(SliceTaken{});
  Install(slice.snapshot, std::exchange(taking_, {}));
  news->push_back(SnapshotTaken{snapshot_});
}

void Disk::Take(const raft::SnapshotPiece& piece, std::vector<Input>* news) {
  if (piece.offset == 0) arriving_ = {piece.snapshot, {}};
  TM_ASSERT(arriving_.snapshot == piece.snapshot);
  TM_ASSERT(arriving_.bytes.size() == piece.offset);
  arriving_.bytes += piece.bytes;
  news->push_back(PieceWritten{piece.snapshot, piece.end()});
  if (piece.end() < piece.snapshot.bytes) return;
  std::shared_ptr<kv::StateMachine> machine = StateFrom(arriving_.bytes);
  if (machine == nullptr) {
    return news->push_back(SnapshotInstalled{piece.snapshot, nullptr, "it is damaged"});
  }
  Install(piece.snapshot, std::move(arriving_.bytes));
  news->push_back(SnapshotInstalled{piece.snapshot, std::move(machine), {}});
}

void Disk::Read(const raft::SnapshotRead& read, std::vector<Input>* news) const {
  raft::SnapshotPiece piece{read.snapshot, read.offset, {}};
  for (const auto& [snapshot, bytes] : kept_) {
    if (snapshot == read.snapshot) piece.bytes = bytes.substr(read.offset, read.bytes);
  }
  if (snapshot_ == read.snapshot) piece.bytes = snapshot_bytes_.substr(read.offset, read.bytes);
  news->push_back(SnapshotBytes{std::move(piece)});
}

void Disk::KeepSent(const std::vector<raft::Snapshot>& snapshots) {
  const auto wanted = [&](const raft::Snapshot& snapshot) {
    return std::find(snapshots.begin(), snapshots.end(), snapshot) != snapshots.end();
  };
  std::erase_if(kept_, [&](const auto& kept) { return !wanted(kept.first); });
  const auto same = [&](const auto& kept) { return kept.first == *snapshot_; };
  if (!snapshot_ || !wanted(*snapshot_) || std::any_of(kept_.begin(), kept_.end(), same)) return;
  kept_.emplace_back(*snapshot_, snapshot_bytes_);
}

void Disk::Install(const raft::Snapshot& snapshot, std::string bytes) {
  if (snapshot_ && snapshot_->last_included > snapshot.last_included) return;
  snapshot_ = snapshot;
  last_ = std::max(last_, snapshot.last_included.index);
  snapshot_bytes_ = std::move(bytes);
  snapshot_->bytes = snapshot_bytes_.size();
  snapshot_->checksum = snapshot_->bytes * 31 + snapshot.last_included.index.value();
}

}  // namespace tidemark::server::testing
