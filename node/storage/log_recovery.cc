#include "node/storage/log_recovery.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "node/base/concat.h"
#include "node/storage/greatest.h"
#include "node/storage/segment_reader.h"
#include "node/wire/binary.h"

namespace tidemark::storage {
namespace {

// A segment's file in memory. The buffer is used for one after the other.
class SegmentFile {
 public:
  absl::Status Read(FileSystem* file_system, const std::string& path) {
    path_ = path;
    absl::StatusOr<std::unique_ptr<File>> file = file_system->Open(path, FileSystem::Mode::kRead);
    if (!file.ok()) return file.status();
    absl::StatusOr<uint64_t> size = (*file)->Size();
    if (!size.ok()) return size.status();
    bytes_.resize(*size);
    if (absl::Status read = (*file)->ReadAt(0, *size, bytes_.data()); !read.ok()) return read;
    if (absl::Status taken = TakeHeader(); !taken.ok()) return taken;
    return TakeSize();
  }

  // Whether it is what its name says, and of this start of a node.
  absl::Status Check(uint64_t number, raft::Incarnation incarnation) const {
    if (header_.number != number) return Damaged(path_, 0, "it was written under another name");
    if (header_.incarnation == incarnation) return absl::OkStatus();
    return Damaged(path_, 0, "it was written for another start of a node");
  }

  // Whether it says that another one follows.
  absl::StatusOr<bool> Announces() const {
    absl::StatusOr<bool> said = DecodeTrailer(
        header_, std::string_view(bytes_).substr(header_.TrailerAt(), kSegmentTrailerBytes));
    if (said.ok()) return said;
    return Damaged(path_, header_.TrailerAt(), std::string(said.status().message()));
  }

  const std::string& path() const { return path_; }
  const SegmentHeader& header() const { return header_; }
  std::string_view bytes() const { return bytes_; }

 private:
  absl::Status TakeHeader() {
    absl::StatusOr<SegmentHeader> header = DecodeSegmentHeader(bytes_);
    if (absl::IsFailedPrecondition(header.status())) {
      return absl::FailedPreconditionError(
          Concat(path_, " cannot be used: ", std::string(header.status().message())));
    }
    if (!header.ok()) return Damaged(path_, 0, std::string(header.status().message()));
    header_ = *header;
    return absl::OkStatus();
  }

  // It was filled, and on disk, before it had its name. What a disk that was full let it have
  // beyond its size is none of it.
  absl::Status TakeSize() {
    if (bytes_.size() < header_.size) {
      return Damaged(path_, bytes_.size(),
                     Concat("it ends here, and had ", header_.size, " bytes when it was made"));
    }
    bytes_.resize(header_.size);
    return absl::OkStatus();
  }

  std::string path_;
  std::string bytes_;
  SegmentHeader header_;
};

class LogSum {
 public:
  explicit LogSum(const RecordVisit& visit) : visit_(visit) {}

  absl::Status Take(const SegmentFile& file, std::optional<uint64_t> known_end) {
    const SegmentHeader& header = file.header();
    if (absl::Status begun = Begin(header); !begun.ok()) {
      return Damaged(file.path(), 0, std::string(begun.message()));
    }
    SegmentReader reader(file.bytes(), header, known_end);
    while (true) {
      absl::StatusOr<SegmentReader::Payload> payload = reader.Next();
      absl::Status status = payload.status();
      if (status.ok() && payload->has_value()) status = Add(file, reader.offset(), **payload);
      if (!status.ok()) return Damaged(file.path(), reader.offset(), std::string(status.message()));
      if (!payload->has_value()) break;
    }
    found_.end = reader.end();
    found_.remains_end = reader.remains_end();
    return absl::OkStatus();
  }

  FoundLog& found() { return found_; }
  Recovery& recovery() { return recovery_; }

 private:
  absl::Status Begin(const SegmentHeader& header) {
    if (!found_.segments.empty()) {
      const SegmentHeader& before = found_.segments.back().header;
      if (header.start != before.start + before.size) {
        return absl::DataLossError("it does not begin where the segment before it ends");
      }
    }
    found_.segments.push_back({header, raft::Index()});
    return recovery_.BeginSegment(header.before, header.cluster);
  }

  absl::Status Add(const SegmentFile& file, uint64_t offset, std::string_view payload) {
    absl::StatusOr<server::Record> record = wire::DecodeRecord(payload);
    if (!record.ok()) return record.status();
    if (visit_ != nullptr) visit_(file.path(), offset, *record);
    NoteGreatest(*record, &found_.segments);
    return recovery_.Add(*record);
  }

  const RecordVisit& visit_;
  FoundLog found_;
  Recovery recovery_;
};

// The segments after the last gap. Those before it were to be removed when the machine stopped; if
// they are needed nevertheless, the log turns out to begin too late.
size_t FirstOfRun(const std::vector<uint64_t>& numbers) {
  size_t first = numbers.size() - 1;
  while (first > 0 && numbers[first - 1] + 1 == numbers[first]) --first;
  return first;
}

absl::Status NewestMissing(const std::string& node_dir, uint64_t number, const SegmentFile& last) {
  return Damaged(node_dir + "/" + SegmentName(number), 0,
                 Concat("it is missing, and ", last.path(), " says that it follows"));
}

absl::Status NoSegments(const std::string& node_dir) {
  return Damaged(node_dir + "/" + SegmentName(1), 0,
                 "there is no segment of the log, this one or a later one");
}

}  // namespace

absl::StatusOr<std::vector<uint64_t>> ListSegments(FileSystem* file_system,
                                                   const std::string& node_dir) {
  absl::StatusOr<std::vector<std::string>> names = file_system->List(node_dir);
  if (!names.ok()) return names.status();
  std::vector<uint64_t> numbers;
  for (const std::string& name : *names) {
    if (const std::optional<uint64_t> number = SegmentNumber(name)) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

absl::StatusOr<bool> HasRecords(FileSystem* file_system, const std::string& path) {
  SegmentFile file;
  const absl::Status read = file.Read(file_system, path);
  if (absl::IsDataLoss(read)) return true;
  if (!read.ok()) return read;
  absl::StatusOr<SegmentReader::Payload> first =
      SegmentReader(file.bytes(), file.header(), std::nullopt).Next();
  return !first.ok() || first->has_value();
}

absl::StatusOr<FoundLog> ReadLog(FileSystem* file_system, const std::string& node_dir,
                                 raft::Incarnation incarnation,
                                 const std::optional<raft::Snapshot>& snapshot,
                                 const RecordVisit& visit) {
  absl::StatusOr<std::vector<uint64_t>> numbers = ListSegments(file_system, node_dir);
  if (!numbers.ok()) return numbers.status();
  if (numbers->empty()) return NoSegments(node_dir);
  const size_t first = FirstOfRun(*numbers);
  LogSum sum(visit);
  SegmentFile file;
  SegmentFile next;
  const auto read = [&](size_t i) {
    const uint64_t number = (*numbers)[i];
    const absl::Status done = next.Read(file_system, node_dir + "/" + SegmentName(number));
    return done.ok() ? next.Check(number, incarnation) : done;
  };
  if (absl::Status done = read(first); !done.ok()) return done;
  for (size_t i = first; i < numbers->size(); ++i) {
    std::swap(file, next);
    const bool last = i + 1 == numbers->size();
    std::optional<uint64_t> known_end;
    if (!last) {
      if (absl::Status done = read(i + 1); !done.ok()) return done;
      known_end = next.header().previous_end;
    }
    if (absl::Status taken = sum.Take(file, known_end); !taken.ok()) return taken;
    const absl::StatusOr<bool> announces = file.Announces();
    if (!announces.ok()) return announces.status();
    if (last && *announces) return NewestMissing(node_dir, (*numbers)[i] + 1, file);
    if (last || *announces) continue;
    // The crash came before it was said; nothing in the last one has been acknowledged.
    if (i + 2 < numbers->size()) {
      return Damaged(file.path(), file.header().TrailerAt(),
                     "it does not say that another segment follows");
    }
    sum.found().unannounced = true;
  }
  for (size_t i = 0; i < first; ++i) sum.found().obsolete.push_back(SegmentName((*numbers)[i]));
  sum.found().last = sum.recovery().last();
  sum.found().noted_commit = sum.recovery().noted_commit();
  absl::StatusOr<Recovery::Result> result = sum.recovery().Finish(snapshot);
  if (!result.ok()) {
    return Damaged(node_dir + "/" + SegmentName((*numbers)[first]), 0,
                   std::string(result.status().message()));
  }
  sum.found().result = *std::move(result);
  return std::move(sum.found());
}

}  // namespace tidemark::storage
