#include <fcntl.h>

#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/storage/frame.h"
#include "node/storage/log_header.h"
#include "node/storage/log_reader.h"
#include "node/storage/node_directory.h"
#include "node/storage/posix_file.h"
#include "node/storage/recovery.h"
#include "node/storage/storage.h"
#include "node/storage/window.h"
#include "node/wire/binary.h"

namespace tidemark::storage {
namespace {

// A batch as large as this is rare; its memory is given back.
constexpr size_t kKeptBufferBytes = size_t{4} << 20;

// What a log file was found to hold.
struct Found {
  server::Recovered recovered;
  uint64_t end = 0;  // of its whole records
};

struct OpenLog {
  File file;
  raft::Incarnation incarnation;
  Found found;
  std::vector<std::string> notices;
};

class FileStorage final : public Storage {
 public:
  // All that `log` has is on disk.
  FileStorage(File lock, OpenLog log)
      : lock_(std::move(lock)),
        log_(std::move(log.file)),
        end_(log.found.end),
        incarnation_(log.incarnation),
        recovered_(std::move(log.found.recovered)),
        notices_(std::move(log.notices)) {}

  raft::Incarnation incarnation() const override { return incarnation_; }
  server::Recovered TakeRecovered() override { return std::exchange(recovered_, {}); }
  std::vector<std::string> TakeNotices() override { return std::exchange(notices_, {}); }

  void Append(const std::vector<server::Record>& records) override {
    for (const server::Record& record : records) {
      if (status_.ok()) Append(record);
    }
  }

  absl::Status Sync() override {
    if (!status_.ok() || buffer_.empty()) return status_;
    status_ = log_.WriteAt(end_, buffer_);
    if (status_.ok()) status_ = log_.SyncData();
    if (status_.ok()) end_ += buffer_.size();
    buffer_.clear();
    if (buffer_.capacity() > kKeptBufferBytes) buffer_ = std::string();
    return status_;
  }

 private:
  void Append(const server::Record& record) {
    const size_t at = buffer_.size();
    buffer_.append(kFrameBytes, '\0');
    wire::AppendRecord(record, &buffer_);
    const size_t payload_bytes = buffer_.size() - at - kFrameBytes;
    TM_ASSERT(payload_bytes > 0);
    if (payload_bytes > kMaxPayloadBytes) {
      status_ = absl::ResourceExhaustedError(
          absl::StrCat("a record of ", payload_bytes, " bytes for ", log_.path(),
                       " is larger than any may be (", kMaxPayloadBytes, ")"));
      return;
    }
    SealFrame(end_ + at, end_, at, &buffer_);
  }

  File lock_;
  File log_;
  uint64_t end_;  // of what is on disk; buffer_ goes there
  std::string buffer_;
  absl::Status status_;  // once it is not OK, nothing is written any more
  raft::Incarnation incarnation_;
  server::Recovered recovered_;
  std::vector<std::string> notices_;
};

absl::Status Damaged(const std::string& path, uint64_t offset, const absl::Status& what) {
  return absl::DataLossError(absl::StrCat(
      path, " is damaged at byte ", offset, ": ", std::string(what.message()),
      ". The node does not start, because it may have lost what it promised to others; the file is "
      "as it was found. Check the disk. If the other nodes are well, move the node's directory "
      "away and start it without: it joins as a new member. If this was the only node, restore the "
      "directory from a backup"));
}

absl::StatusOr<LogHeader> ReadHeader(const std::string& path, const raft::NodeId& node_id,
                                     Window* window) {
  absl::StatusOr<std::string_view> bytes = window->At(0, kMaxLogHeaderBytes);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<LogHeader> header = DecodeLogHeader(*bytes);
  if (absl::IsDataLoss(header.status())) return Damaged(path, 0, header.status());
  if (!header.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " cannot be used: ", std::string(header.status().message()),
                     ". Start the program that wrote it"));
  }
  if (header->owner.id != node_id) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is the memory of node ", header->owner.id, ", and this is node ",
                     node_id, ". Start this node with a directory of its own"));
  }
  return header;
}

absl::StatusOr<Found> ReadRecords(const std::string& path, uint64_t position, Window* window) {
  LogReader reader(window, position);
  Recovery recovery;
  while (true) {
    absl::StatusOr<LogReader::Payload> payload = reader.Next();
    if (absl::IsDataLoss(payload.status())) {
      return Damaged(path, reader.position(), payload.status());
    }
    if (!payload.ok()) return payload.status();
    if (!payload->has_value()) return Found{recovery.Take(), reader.position()};
    absl::StatusOr<server::Record> record = wire::DecodeRecord(**payload);
    if (!record.ok()) return Damaged(path, reader.position(), record.status());
    const absl::Status added = recovery.Add(*record);
    if (!added.ok()) return Damaged(path, reader.position(), added);
  }
}

// Cuts what is behind `end`.
absl::Status CutTail(const File& log, uint64_t end, uint64_t size,
                     std::vector<std::string>* notices) {
  if (end == size) return absl::OkStatus();
  notices->push_back(absl::StrCat("cut ", size - end, " bytes from the end of ", log.path(),
                                  ", at byte ", end,
                                  ": a crash left them half written, before anything in them was "
                                  "acknowledged. Nothing need be done"));
  return log.Truncate(end);
}

// All that was found and made, contents and names, before anything is promised on its strength:
// an earlier start may have died before it came to that.
absl::Status SyncFound(const File& log, const std::string& dir, const std::string& node_dir) {
  if (absl::Status synced = log.SyncAll(); !synced.ok()) return synced;
  if (absl::Status synced = SyncDirectory(node_dir); !synced.ok()) return synced;
  return SyncDirectory(dir);
}

absl::StatusOr<OpenLog> ReadLog(const std::string& path, const raft::NodeId& node_id) {
  absl::StatusOr<File> file = File::Open(path, O_RDWR);
  if (!file.ok()) return file.status();
  absl::StatusOr<uint64_t> size = file->Size();
  if (!size.ok()) return size.status();
  Window window(&*file, *size);
  absl::StatusOr<LogHeader> header = ReadHeader(path, node_id, &window);
  if (!header.ok()) return header.status();
  absl::StatusOr<Found> found = ReadRecords(path, header->bytes, &window);
  if (!found.ok()) return found.status();
  std::vector<std::string> notices;
  const absl::Status cut = CutTail(*file, found->end, *size, &notices);
  if (!cut.ok()) return cut;
  return OpenLog{*std::move(file), header->owner.incarnation, *std::move(found),
                 std::move(notices)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Storage>> OpenFileStorage(const std::string& dir,
                                                         const raft::NodeId& node_id,
                                                         raft::Incarnation fresh_incarnation) {
  if (node_id.empty() || node_id.size() > kMaxNodeIdBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a node that keeps its memory in ", dir,
                                                   " needs a name of 1 to ", kMaxNodeIdBytes,
                                                   " bytes; this one's has ", node_id.size()));
  }
  const std::string node_dir = dir + "/" + DirectoryName(node_id);
  const std::string path = node_dir + "/log";
  absl::StatusOr<File> lock = LockDirectory(node_dir);
  if (!lock.ok()) return lock.status();
  if (!Exists(path)) {
    const absl::Status made = CreateFile(path, EncodeLogHeader({node_id, fresh_incarnation}));
    if (!made.ok()) return made;
  }
  absl::StatusOr<OpenLog> log = ReadLog(path, node_id);
  if (!log.ok()) return log.status();
  const absl::Status synced = SyncFound(log->file, dir, node_dir);
  if (!synced.ok()) return synced;
  return std::make_unique<FileStorage>(*std::move(lock), *std::move(log));
}

}  // namespace tidemark::storage
