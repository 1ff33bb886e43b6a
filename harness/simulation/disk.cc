#include "harness/simulation/disk.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/base/overloaded.h"
#include "node/storage/force_new_cluster.h"

namespace tidemark::simulation {
namespace {

constexpr uint64_t kUnlimited = ~uint64_t{0};

std::string Text(raft::LogPosition at) {
  return absl::StrCat(at.index.value(), " of term ", at.term.value());
}

std::string Text(const Memory& memory) {
  return absl::StrCat("term ", memory.hard_state.term.value(), ", a vote for \"",
                      memory.hard_state.voted_for.id, "\", writer number ",
                      memory.writer_number.number, ", a log up to ", Text(memory.last()));
}

bool Same(const Memory& a, const Memory& b) {
  return a.hard_state == b.hard_state && a.writer_number == b.writer_number &&
         a.last() == b.last() && a.rebirth == b.rebirth;
}

}  // namespace

void Memory::Keep(const server::Record& record) {
  std::visit(Overloaded{[this](const raft::EntryRef& entry) { KeepEntry(*entry); },
                        [this](const raft::HardState& state) { hard_state = state; },
                        [this](const raft::LogBase& log_base) {
                          base = log_base.position;
                          terms.clear();
                        },
                        [this](const server::WriterNumber& number) { writer_number = number; },
                        [this](const raft::Rebirth& reborn) {
                          rebirth = reborn;
                          hard_state = {};
                        },
                        // Nothing is promised on their behalf.
                        [](const server::Quarantine&) {}, [](const server::CommitHint&) {},
                        [](const server::GoneBack&) {}},
             record);
}

void Memory::KeepEntry(const raft::Entry& entry) {
  TM_ASSERT(entry.at.index > base.index);
  const uint64_t place = entry.at.index.value() - base.index.value() - 1;
  TM_ASSERT(place <= terms.size());
  terms.resize(place);
  terms.push_back(entry.at.term);
}

void Memory::Rest(raft::LogPosition snapshot) {
  if (snapshot.index <= base.index || Holds(snapshot)) return;
  base = snapshot;
  terms.clear();
}

bool Memory::Holds(raft::LogPosition at) const {
  if (at.index <= base.index) return true;  // committed, or there would be no base behind it
  const uint64_t place = at.index.value() - base.index.value() - 1;
  return place < terms.size() && terms[place] == at.term;
}

raft::LogPosition Memory::last() const {
  if (terms.empty()) return base;
  return {terms.back(), base.index.Plus(terms.size())};
}

Disk::Disk(raft::Incarnation incarnation, uint64_t segment_bytes)
    : incarnation_(incarnation),
      segment_bytes_(segment_bytes),
      files_(std::make_unique<storage::SimulatedFileSystem>()) {
  files_->set_deferred(true);
}

bool Disk::Holds(raft::LogPosition at) const {
  return at.index <= snapshot_.index || durable_.Holds(at);
}

absl::StatusOr<storage::NodeStorage> Disk::OpenStorage(const storage::Owner& owner) {
  auto opened = storage::OpenNodeStorage(files_.get(), "disk", owner, incarnation_,
                                         {.segment_bytes = segment_bytes_});
  files_->CompleteSyncs();
  return opened;
}

server::Recovered Disk::Open(const storage::Owner& owner, std::string* problem) {
  TM_ASSERT(storage_.log == nullptr);
  synced_ = 0;
  committed_ = hinted_ = raft::Index();
  auto opened = OpenStorage(owner);
  if (filled_ && absl::IsResourceExhausted(opened.status())) {
    Free();
    opened = OpenStorage(owner);
  }
  if (!opened.ok()) {
    *problem = std::string(opened.status().message());
    return {};
  }
  storage_ = *std::move(opened);
  snapshot_work_.emplace(storage_.snapshots.get());
  server::Recovered recovered = std::move(storage_.recovered);
  *problem = Judge(recovered);
  Remember(recovered);
  return recovered;
}

void Disk::Remember(const server::Recovered& recovered) {
  unsynced_.clear();
  incarnation_ = storage_.incarnation;
  durable_ = {
      recovered.hard_state, recovered.writer_number, recovered.log_base, {}, recovered.rebirth};
  for (const raft::EntryRef& entry : recovered.log) durable_.terms.push_back(entry->at.term);
  if (recovered.snapshot) snapshot_ = recovered.snapshot->last_included;
}

Disk Disk::Copy(Random* random) const {
  Disk copy(incarnation_, segment_bytes_);
  *copy.files_ = *files_;
  copy.files_->Crash(random);
  copy.Free();
  copy.durable_ = durable_;
  copy.snapshot_ = snapshot_;
  copy.unsynced_ = unsynced_;
  copy.log_first_ = log_first_;
  return copy;
}

std::optional<server::Recovered> Disk::Force(const storage::Owner& owner, Random* random,
                                             std::string* problem) {
  storage_.recovered = Open(owner, problem);
  if (!problem->empty()) return std::nullopt;
  const absl::Status forced = storage::ForceNewCluster(
      owner.node_id, storage::ClusterOf(storage_.recovered), random, &storage_);
  files_->CompleteSyncs();
  std::optional<server::Recovered> recovered = std::move(storage_.recovered);
  Remember(*recovered);
  if (absl::IsFailedPrecondition(forced)) recovered.reset();
  if (!forced.ok() && recovered) *problem = std::string(forced.message());
  snapshot_work_.reset();
  storage_ = {};
  return recovered;
}

// A sync keeps all of its records; of those that were never synced the log keeps the first ones.
std::string Disk::Judge(const server::Recovered& recovered) const {
  const raft::LogPosition snapshot =
      recovered.snapshot ? recovered.snapshot->last_included : raft::LogPosition();
  if (snapshot < snapshot_) {
    return absl::StrCat("a snapshot up to ", Text(snapshot_), " was on disk; there is one up to ",
                        Text(snapshot));
  }
  Memory found{
      recovered.hard_state, recovered.writer_number, recovered.log_base, {}, recovered.rebirth};
  for (const raft::EntryRef& entry : recovered.log) found.terms.push_back(entry->at.term);
  found.Rest(snapshot);
  Memory expected = durable_;
  const auto fits = [&] {
    Memory rested = expected;
    rested.Rest(snapshot);
    return Same(rested, found);
  };
  if (fits()) return "";
  for (const Unsynced& write : unsynced_) {
    for (const server::Record& record : write.records) {
      expected.Keep(record);
      if (fits()) return "";
    }
  }
  return absl::StrCat("what was synced was ", Text(durable_), "; what came back is ", Text(found));
}

void Disk::Write(uint64_t sequence, std::vector<server::Record> records, raft::Index log_first) {
  log_first_ = std::max(log_first_, log_first);
  for (const server::Record& record : records) {
    const auto* rebirth = std::get_if<raft::Rebirth>(&record);
    if (rebirth != nullptr) incarnation_ = rebirth->incarnation;
  }
  if (!records.empty()) unsynced_.push_back({sequence, std::move(records)});
}

bool Disk::NoteCommitted(raft::Index committed) {
  const bool first = committed_ == hinted_;
  committed_ = std::max(committed_, committed);
  return first && committed_ > hinted_;
}

void Disk::WriteHint() {
  TM_ASSERT(idle() && storage_.log != nullptr);
  storage_.log->NoteCommitted(committed_);
  TM_ASSERT(storage_.log->WriteHint().ok());
  hinted_ = committed_;
}

void Disk::BeginSync() {
  TM_ASSERT(!syncing());
  TM_ASSERT(!unsynced_.empty());
  syncing_ = unsynced_.size();
  for (const Unsynced& write : unsynced_) storage_.log->Append(write.records);
  storage_.log->NoteCommitted(committed_);
  const absl::Status synced = storage_.log->Sync();
  TM_ASSERT(synced.ok());
  MakeRoom();
  syncs_ = files_->syncs();
}

void Disk::MakeRoom() {
  for (bool more = true; more;) {
    const absl::StatusOr<bool> made = storage_.log->MakeRoom();
    TM_ASSERT(made.ok());
    more = *made;
  }
}

std::vector<server::Input> Disk::EndSync() {
  TM_ASSERT(syncing());
  files_->CompleteSyncs(syncs_);
  uint64_t sequence = 0;
  for (; syncing_ > 0; --syncing_) {
    sequence = unsynced_.front().sequence;
    for (const server::Record& record : unsynced_.front().records) durable_.Keep(record);
    unsynced_.pop_front();
  }
  TM_ASSERT(storage_.log->DropBelow(log_first_).ok());
  std::vector<server::Input> news;
  synced_ = sequence;
  news.emplace_back(server::Persisted{sequence});
  news.emplace_back(server::Room{sequence, storage_.log->room(), storage_.log->full()});
  return news;
}

bool Disk::BeginWork(const server::Output& out) {
  Work work;
  if (out.kept_snapshots) Do(storage::KeptSnapshots{*out.kept_snapshots}, &work);
  if (out.slice) {
    Do(storage::Encode(*out.slice), &work);
    if (!out.slice->abandoned) work.news.emplace_back(server::SliceTaken{});
  }
  for (const raft::SnapshotPiece& piece : out.snapshot_pieces) Do(piece, &work);
  for (const raft::SnapshotRead& read : out.snapshot_reads) Do(read, &work);
  if (work.news.empty()) return false;
  work.syncs = files_->syncs();
  work_.push_back(std::move(work));
  return true;
}

std::vector<server::Input> Disk::EndWork() {
  Work work = std::move(work_.front());
  work_.pop_front();
  files_->CompleteSyncs(work.syncs);
  for (const server::Input& news : work.news) NoteInstalled(news);
  return std::move(work.news);
}

void Disk::NoteInstalled(const server::Input& news) {
  const auto* taken = std::get_if<server::SnapshotTaken>(&news);
  const auto* installed = std::get_if<server::SnapshotInstalled>(&news);
  // Nothing changes what is on this disk.
  TM_ASSERT(installed == nullptr || installed->machine != nullptr);
  if (taken != nullptr && taken->snapshot)
    snapshot_ = std::max(snapshot_, taken->snapshot->last_included);
  if (installed != nullptr) snapshot_ = std::max(snapshot_, installed->snapshot.last_included);
}

void Disk::Do(const storage::SnapshotTask& task, Work* work) {
  TM_ASSERT(snapshot_work_->Do(task, &work->news).ok());
}

void Disk::Fill(uint64_t left) {
  filled_ = true;
  files_->set_capacity(files_->used_bytes() + left);
}

void Disk::Free() {
  filled_ = false;
  files_->set_capacity(kUnlimited);
}

server::Room Disk::LookForRoom() {
  TM_ASSERT(storage_.log != nullptr && !syncing());
  MakeRoom();
  return {synced_, storage_.log->room(), storage_.log->full()};
}

void Disk::Crash(Random* random) {
  storage_ = {};
  work_.clear();
  syncing_ = 0;
  files_->Crash(random);
}

}  // namespace tidemark::simulation
