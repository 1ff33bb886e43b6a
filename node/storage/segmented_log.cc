#include "node/storage/segmented_log.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/storage/frame.h"
#include "node/storage/greatest.h"
#include "node/storage/prepared_file.h"
#include "node/storage/segment.h"
#include "node/wire/binary.h"

namespace tidemark::storage {
namespace {

// A batch as large as this is rare; its memory is given back.
constexpr size_t kKeptBufferBytes = size_t{4} << 20;
constexpr uint64_t kLeastSegmentBytes = uint64_t{16} << 10;
constexpr uint64_t kLeastReserveBytes = uint64_t{16} << 10;
constexpr uint64_t kMostReserveBytes = uint64_t{256} << 10;
constexpr uint64_t kMostMarginBytes = uint64_t{64} << 10;

uint64_t SegmentBytes(const LogPlace& place) {
  const uint64_t bytes = std::max(place.segment_bytes, kLeastSegmentBytes);
  return (bytes + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
}

uint64_t ReserveBytes(const LogPlace& place) {
  const uint64_t blocks = SegmentBytes(place) / 16 / kBlockBytes * kBlockBytes;
  return std::clamp(blocks, kLeastReserveBytes, kMostReserveBytes);
}

// Of the room for entries, so much is kept for terms and votes.
uint64_t MarginBytes(const LogPlace& place) {
  return std::min(SegmentBytes(place) / 16, kMostMarginBytes);
}

std::string PathOf(const LogPlace& place, std::string_view name) {
  return Concat(place.node_dir, "/", name);
}

std::string SparePath(const LogPlace& place) { return PathOf(place, "spare"); }
std::string ReservePath(const LogPlace& place) { return PathOf(place, "reserve"); }

bool IsEntry(const server::Record& record) { return EntryIn(record) != nullptr; }

// What is restated at the head of each segment, so that those before it can go.
class Standing {
 public:
  void Note(const server::Record& record) {
    std::visit([this](const auto& one) { NoteOne(one); }, record);
  }
  std::vector<server::Record> Restated() const {
    std::vector<server::Record> records;
    if (rebirth_ != raft::Rebirth()) records.emplace_back(rebirth_);
    if (hard_state_ != raft::HardState()) records.emplace_back(hard_state_);
    if (number_ != server::WriterNumber()) records.emplace_back(number_);
    if (quarantine_ != server::Quarantine()) records.emplace_back(quarantine_);
    if (hint_ != server::CommitHint()) records.emplace_back(hint_);
    if (gone_back_ != server::GoneBack()) records.emplace_back(gone_back_);
    return records;
  }
  const raft::LogPosition& last() const { return last_; }
  // To which cluster the log belongs; zero: none yet.
  raft::ClusterId cluster() const { return cluster_; }
  const server::CommitHint& hint() const { return hint_; }

 private:
  void NoteOne(const raft::HardState& state) { hard_state_ = state; }
  void NoteOne(const raft::EntryRef& entry) {
    last_ = entry->at;
    const auto* body = std::get_if<raft::ConfigurationEntry>(&entry->body);
    if (body != nullptr) cluster_ = body->configuration.cluster;
  }
  void NoteOne(const server::WriterNumber& number) { number_ = number; }
  void NoteOne(const server::Quarantine& quarantine) { quarantine_ = quarantine; }
  void NoteOne(const server::GoneBack& gone_back) { gone_back_ = gone_back; }
  void NoteOne(const raft::Rebirth& rebirth) {
    rebirth_ = rebirth;
    hard_state_ = {};
  }
  void NoteOne(const raft::LogBase& base) {
    last_ = base.position;
    if (base.cluster) cluster_ = base.cluster;
  }
  void NoteOne(const server::CommitHint& hint) { hint_ = hint; }

  raft::Rebirth rebirth_;
  raft::HardState hard_state_;
  server::WriterNumber number_;
  server::Quarantine quarantine_;
  server::GoneBack gone_back_;
  raft::LogPosition last_;
  raft::ClusterId cluster_;
  server::CommitHint hint_;
};

// Says in that segment that another one follows; on disk when it returns.
absl::Status Announce(File* file, const SegmentHeader& header) {
  absl::Status put = file->WriteAt(header.TrailerAt(), EncodeTrailer(header));
  return put.ok() ? file->SyncData() : put;
}

class SegmentedLog final : public LogStore {
 public:
  SegmentedLog(FileSystem* file_system, const LogPlace& place)
      : file_system_(file_system), place_(place) {}

  // What was found is on disk, and there are zeros behind it.
  absl::Status Continue(std::unique_ptr<File> active, const FoundLog& found) {
    for (const FoundSegment& segment : found.segments) {
      segments_.push_back({segment.header.number, segment.greatest});
    }
    active_ = std::move(active);
    header_ = found.segments.back().header;
    named_ = true;
    written_ = found.end;
    synced_ = header_.start + written_;
    const server::Recovered& recovered = found.result.recovered;
    standing_.Note(recovered.rebirth);
    standing_.Note(recovered.hard_state);
    standing_.Note(recovered.writer_number);
    standing_.Note(recovered.quarantine);
    standing_.Note(raft::LogBase{found.last, found.result.cluster});
    standing_.Note(server::CommitHint{found.noted_commit});
    if (!found.result.reset) return absl::OkStatus();
    Append({raft::LogBase{recovered.log_base, found.result.cluster}});
    return Sync();
  }

  // Prepared files that an earlier process left.
  absl::Status FindPrepared() {
    if (absl::Status found = FindPrepared(ReservePath(place_), ReserveBytes(place_), &reserve_);
        !found.ok()) {
      return found;
    }
    absl::Status whole = reserve_ ? reserve_->PrepareAll() : absl::OkStatus();
    if (!whole.ok() && !absl::IsResourceExhausted(whole)) return whole;
    return FindPrepared(SparePath(place_), SegmentBytes(place_), &spare_);
  }

  void Append(const std::vector<server::Record>& records) override {
    pending_.insert(pending_.end(), records.begin(), records.end());
  }

  void NoteCommitted(raft::Index index) override { committed_ = std::max(committed_, index); }

  absl::Status Sync() override {
    if (!status_.ok() || pending_.empty()) return status_;
    for (const server::Record& record : pending_) {
      status_ = Put(record);
      if (!status_.ok()) return status_;
    }
    // Behind all that it may speak of.
    PlaceHint();
    status_ = Flush();
    pending_.clear();
    if (out_.capacity() > kKeptBufferBytes) out_ = std::string();
    return status_;
  }

  absl::Status WriteHint() override {
    TM_ASSERT(pending_.empty());
    if (!status_.ok() || !PlaceHint()) return status_;
    status_ = Write();
    return status_;
  }

  // Whatever comes fits into the one, or else into the other. Without a whole reserve, what is left
  // is kept for terms and votes.
  uint64_t room() const override {
    if (!status_.ok() || !reserve_ || !reserve_->complete()) return 0;
    const uint64_t active = header_.TrailerAt() - written_;
    const uint64_t spare = spare_ ? spare_->ready() : 0;
    const uint64_t room = std::max(active, spare - std::min(spare, HeadBytes()));
    return room - std::min(room, MarginBytes(place_));
  }

  bool full() const override { return full_; }

  absl::StatusOr<bool> MakeRoom() override {
    if (!status_.ok()) return status_;
    const absl::Status made = Prepare();
    full_ = absl::IsResourceExhausted(made);
    if (full_) return false;
    if (!made.ok()) {
      status_ = made;
      return status_;
    }
    return !reserve_ || !reserve_->complete() || !spare_ || !spare_->complete();
  }

  absl::Status DropBelow(raft::Index first) override {
    if (!status_.ok()) return status_;
    bool dropped = false;
    bool recycled = false;
    while (segments_.size() > 1 && segments_.front().greatest < first && status_.ok()) {
      const std::string path = PathOf(place_, SegmentName(segments_.front().number));
      const bool recycle = !spare_ && !recycled;
      status_ =
          recycle ? file_system_->Rename(path, SparePath(place_)) : file_system_->Remove(path);
      recycled = recycled || recycle;
      dropped = true;
      segments_.pop_front();
    }
    if (dropped && status_.ok()) status_ = file_system_->SyncDirectory(place_.node_dir);
    // Its name is sure to be another one before it is emptied.
    if (recycled && status_.ok()) {
      status_ = FindPrepared(SparePath(place_), SegmentBytes(place_), &spare_);
    }
    return status_;
  }

 private:
  struct Segment {
    uint64_t number = 0;
    raft::Index greatest;  // of its entries
  };

  absl::Status FindPrepared(const std::string& path, uint64_t size,
                            std::optional<PreparedFile>* file) {
    if (!file_system_->Exists(path)) return absl::OkStatus();
    return OpenPrepared(path, size, file);
  }

  absl::Status OpenPrepared(const std::string& path, uint64_t size,
                            std::optional<PreparedFile>* file) {
    absl::StatusOr<PreparedFile> opened = PreparedFile::Open(file_system_, path, size);
    if (!opened.ok()) return opened.status();
    file->emplace(*std::move(opened));
    return absl::OkStatus();
  }

  absl::Status Prepare() {
    if (!reserve_) {
      absl::Status made = OpenPrepared(ReservePath(place_), ReserveBytes(place_), &reserve_);
      if (!made.ok()) return made;
    }
    if (!reserve_->complete()) return reserve_->Prepare();
    if (absl::Status named = NameCluster(); !named.ok()) return named;
    if (absl::Status made = FindSpare(); !made.ok()) return made;
    return spare_->Prepare();
  }

  // The entry that names it is on disk. Until the identity does so too it is of none, or of one
  // that this one has replaced, which a start understands.
  absl::Status NameCluster() {
    Identity& identity = place_.identity;
    if (identity.cluster == standing_.cluster()) return absl::OkStatus();
    Identity named = identity;
    named.cluster = standing_.cluster();
    absl::Status written = WriteIdentity(file_system_, place_.node_dir, named);
    if (written.ok()) identity = std::move(named);
    return written;
  }

  absl::Status FindSpare() {
    if (spare_) return absl::OkStatus();
    return OpenPrepared(SparePath(place_), SegmentBytes(place_), &spare_);
  }

  // Into the active segment's part of the batch, or the next segment's.
  absl::Status Put(const server::Record& record) {
    if (Place(record)) return absl::OkStatus();
    // All of a segment is on disk before the next one has anything.
    if (absl::Status flushed = Flush(); !flushed.ok()) return flushed;
    if (absl::Status begun = BeginSegment(record); !begun.ok()) return begun;
    if (Place(record)) return absl::OkStatus();
    return absl::InvalidArgumentError(Concat("a record for ", active_->path(),
                                             " is larger than any may be (",
                                             header_.size - HeadBytes(), " bytes)"));
  }

  // False: there is no room for it in this segment.
  bool Place(const server::Record& record) {
    const size_t before = out_.size();
    const uint64_t end = header_.start + written_ + before;
    const uint64_t position = PlaceForFrame(end);
    out_.append(position - end, '\0');
    const size_t at = out_.size();
    out_.append(kFrameBytes, '\0');
    wire::AppendRecord(record, &out_);
    if (written_ + out_.size() + 1 > header_.TrailerAt()) {
      out_.resize(before);
      return false;
    }
    SealRecord(position, synced_, at, &out_);
    Note(record);
    return true;
  }

  // False: there is nothing new to be said, or no room for it in this segment, and the next one
  // begins when it is needed.
  bool PlaceHint() {
    TM_ASSERT(committed_ <= standing_.last().index);
    return committed_ > standing_.hint().index && Place(server::CommitHint{committed_});
  }

  void Note(const server::Record& record) {
    standing_.Note(record);
    NoteGreatest(record, &segments_);
  }

  // All that was placed is on disk when this returns.
  absl::Status Flush() {
    if (!named_) {
      header_.named_end = header_.start + out_.size();
      EncodeSegmentHeader(header_).copy(out_.data(), kSegmentHeaderBytes);
    }
    if (absl::Status put = Write(); !put.ok()) return put;
    const uint64_t end = header_.start + written_;
    if (end == synced_) return absl::OkStatus();
    if (absl::Status synced = active_->SyncData(); !synced.ok()) return synced;
    if (!named_) {
      if (absl::Status named = NameSegment(); !named.ok()) return named;
    }
    synced_ = end;
    return absl::OkStatus();
  }

  // What was placed goes into the file, and may come to the disk.
  absl::Status Write() {
    if (out_.empty()) return absl::OkStatus();
    if (absl::Status put = active_->WriteAt(written_, out_); !put.ok()) return put;
    written_ += out_.size();
    out_.clear();
    return absl::OkStatus();
  }

  // The one before it says so, once it is sure to be there.
  absl::Status NameSegment() {
    const std::string name = PathOf(place_, SegmentName(header_.number));
    if (absl::Status named = file_system_->Rename(active_->path(), name); !named.ok()) return named;
    absl::Status synced = file_system_->SyncDirectory(place_.node_dir);
    if (!synced.ok()) return synced;
    named_ = true;
    absl::Status announced = Announce(former_.get(), former_header_);
    former_.reset();
    return announced;
  }

  // The file gets its name with the first batch that is written to it.
  absl::Status BeginSegment(const server::Record& record) {
    absl::StatusOr<PreparedFile> next = TakePrepared(record);
    if (!next.ok()) return next.status();
    const uint64_t size = next->ready();
    former_ = std::move(active_);
    former_header_ = header_;
    header_ = {.number = header_.number + 1,
               .start = header_.start + header_.size,
               .size = size,
               .previous_end = synced_,
               .before = standing_.last(),
               .incarnation = place_.identity.owner.incarnation,
               .cluster = standing_.cluster()};
    active_ = std::move(*next).Take();
    segments_.push_back({header_.number, raft::Index()});
    written_ = 0;
    named_ = false;
    out_.assign(kSegmentHeaderBytes, '\0');
    for (const server::Record& restated : standing_.Restated()) TM_ASSERT(Place(restated));
    return absl::OkStatus();
  }

  // The spare, as far as it could be prepared; the reserve if that is all that is left.
  absl::StatusOr<PreparedFile> TakePrepared(const server::Record& record) {
    absl::Status prepared = FindSpare();
    if (prepared.ok()) prepared = spare_->PrepareAll();
    if (!prepared.ok() && !absl::IsResourceExhausted(prepared)) return prepared;
    std::string bytes;
    wire::AppendRecord(record, &bytes);
    const uint64_t needed = HeadBytes() + kSectorBytes + kRecordOverhead + bytes.size();
    if (spare_ && (spare_->complete() || spare_->ready() >= needed)) {
      return *std::exchange(spare_, std::nullopt);
    }
    if (!IsEntry(record) && reserve_ && reserve_->ready() >= needed) {
      return *std::exchange(reserve_, std::nullopt);
    }
    return prepared;
  }

  // At most, of the header, what is restated behind it, and the trailer.
  uint64_t HeadBytes() const {
    std::string bytes;
    for (const server::Record& record : standing_.Restated()) {
      bytes.append(2 * kFrameBytes, '\0');
      wire::AppendRecord(record, &bytes);
    }
    return kSegmentHeaderBytes + bytes.size() + kSegmentTrailerBytes;
  }

  FileSystem* file_system_;
  LogPlace place_;
  std::deque<Segment> segments_;  // the last one is the active one
  std::unique_ptr<File> active_;
  SegmentHeader header_;          // the active one's
  std::unique_ptr<File> former_;  // the one before, until the active one has its name
  SegmentHeader former_header_;
  bool named_ = false;     // it has its name
  uint64_t written_ = 0;   // of it; out_ goes there
  uint64_t synced_ = 0;    // position of the log's end on disk
  Standing standing_;      // with all that is in out_
  raft::Index committed_;  // as NoteCommitted said last
  std::vector<server::Record> pending_;
  std::string out_;
  std::optional<PreparedFile> spare_;
  std::optional<PreparedFile> reserve_;
  bool full_ = false;
  absl::Status status_;  // once it is not OK, nothing is written any more
};

absl::Status MakePrepared(FileSystem* file_system, const std::string& path, uint64_t size) {
  absl::StatusOr<PreparedFile> file = PreparedFile::Open(file_system, path, size);
  return file.ok() ? file->PrepareAll() : file.status();
}

// Zeros behind the last whole record.
absl::Status ClearTail(File* file, const FoundLog& found, std::vector<std::string>* notices) {
  if (found.remains_end > found.end) {
    notices->push_back(Concat("cut ", found.remains_end - found.end, " bytes from the records in ",
                              file->path(), ", at byte ", found.end,
                              ": a crash left them half written, before anything in them was "
                              "acknowledged. Nothing need be done"));
    absl::Status put = file->WriteAt(found.end, std::string(found.remains_end - found.end, '\0'));
    if (!put.ok()) return put;
  }
  return file->SyncAll();
}

// What a crash may have kept the last segment but one from saying.
absl::Status AnnounceLast(FileSystem* file_system, const LogPlace& place, const FoundLog& found) {
  if (!found.unannounced) return absl::OkStatus();
  const SegmentHeader& header = found.segments[found.segments.size() - 2].header;
  absl::StatusOr<std::unique_ptr<File>> file =
      file_system->Open(PathOf(place, SegmentName(header.number)), FileSystem::Mode::kReadWrite);
  return file.ok() ? Announce(file->get(), header) : file.status();
}

}  // namespace

absl::Status MakeLog(FileSystem* file_system, const LogPlace& place) {
  absl::Status reserve = MakePrepared(file_system, ReservePath(place), ReserveBytes(place));
  if (!reserve.ok()) return reserve;
  const uint64_t size = SegmentBytes(place);
  absl::StatusOr<PreparedFile> file = PreparedFile::Open(file_system, SparePath(place), size);
  if (!file.ok()) return file.status();
  if (absl::Status prepared = file->PrepareAll(); !prepared.ok()) return prepared;
  const std::unique_ptr<File> segment = std::move(*file).Take();
  const SegmentHeader header = {.number = 1,
                                .size = size,
                                .named_end = kSegmentHeaderBytes,
                                .incarnation = place.identity.owner.incarnation};
  absl::Status put = segment->WriteAt(0, EncodeSegmentHeader(header));
  if (!put.ok()) return put;
  if (absl::Status synced = segment->SyncAll(); !synced.ok()) return synced;
  const absl::Status named = file_system->Rename(segment->path(), PathOf(place, SegmentName(1)));
  return named.ok() ? file_system->SyncDirectory(place.node_dir) : named;
}

absl::StatusOr<std::unique_ptr<LogStore>> OpenLog(FileSystem* file_system, const LogPlace& place,
                                                  const FoundLog& found,
                                                  std::vector<std::string>* notices) {
  const std::string path = PathOf(place, SegmentName(found.segments.back().header.number));
  absl::StatusOr<std::unique_ptr<File>> active =
      file_system->Open(path, FileSystem::Mode::kReadWrite);
  if (!active.ok()) return active.status();
  if (absl::Status cleared = ClearTail(active->get(), found, notices); !cleared.ok()) {
    return cleared;
  }
  for (const std::string& name : found.obsolete) {
    if (absl::Status gone = file_system->Remove(PathOf(place, name)); !gone.ok()) return gone;
  }
  if (absl::Status named = file_system->SyncDirectory(place.node_dir); !named.ok()) return named;
  if (absl::Status said = AnnounceLast(file_system, place, found); !said.ok()) return said;
  auto log = std::make_unique<SegmentedLog>(file_system, place);
  if (absl::Status prepared = log->FindPrepared(); !prepared.ok()) return prepared;
  if (absl::Status went_on = log->Continue(*std::move(active), found); !went_on.ok()) {
    return went_on;
  }
  return log;
}

}  // namespace tidemark::storage
