// A disk in memory, as a file system sees it: what is on it, what has been asked for and is not
// sure to be on it yet, and what a crash may leave of that.
#ifndef TIDEMARK_NODE_STORAGE_TESTING_DISK_H_
#define TIDEMARK_NODE_STORAGE_TESTING_DISK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tidemark::storage {

inline constexpr size_t kDiskSectorBytes = 512;

// A file's bytes. Copies share what they have in common; what was never written, or is zero, takes
// no memory.
class Contents {
 public:
  static constexpr size_t kPageBytes = 4096;

  uint64_t size() const { return size_; }
  // What lies behind the end reads as zeros.
  void Read(uint64_t offset, size_t bytes, char* to) const;
  void Write(uint64_t offset, std::string_view bytes);
  void WriteZeros(uint64_t offset, uint64_t bytes);
  void Resize(uint64_t size);

  // One sector, whatever the size says.
  bool SameSector(const Contents& other, uint64_t sector) const;
  void TakeSector(const Contents& other, uint64_t sector);
  void set_size(uint64_t size) { size_ = size; }
  bool HasBehindEnd() const { return pages_.size() * kPageBytes > size_; }

 private:
  using Page = std::array<char, kPageBytes>;

  const Page* PageAt(size_t page) const;
  Page& OwnPage(size_t page);
  void Put(uint64_t offset, std::string_view bytes);
  void Clear(uint64_t offset, uint64_t bytes);

  uint64_t size_ = 0;
  std::vector<std::shared_ptr<Page>> pages_;  // null, or missing at the end: zeros
};

// What was asked of the file system, to files by number and to names.
struct Operation {
  enum class Kind {
    kWrite,
    kWriteZeros,
    kTruncate,
    kLink,
    kRename,
    kUnlink,
    kMakeDirectory,
    kSyncData,
    kSyncAll,
    kSyncDirectory,
  };
  Kind kind;
  uint64_t file = 0;
  uint64_t offset = 0;
  uint64_t size = 0;  // of what is written, or of the file (truncate)
  std::string bytes;
  std::string path;
  std::string to;

  bool IsSync() const { return kind >= Kind::kSyncData; }
  bool IsOfName() const { return kind >= Kind::kLink && kind <= Kind::kMakeDirectory; }
};
using OperationRef = std::shared_ptr<const Operation>;

std::string ParentOf(const std::string& path);

struct Image {
  // Directories have number zero.
  std::map<std::string, uint64_t> names;
  std::map<uint64_t, std::shared_ptr<const Contents>> files;

  void Apply(const Operation& operation);
  const Contents& At(uint64_t file) const;
  Contents& Own(uint64_t file);
  // Files that no name leads to, and what lies behind a file's end.
  void Tidy();
};

class Disk {
 public:
  // Whether a part of what was not sure to be on disk is.
  using Keep = std::function<bool()>;

  // A sync makes sure of its file's, or directory's, operations; anything else waits for one.
  void Do(const OperationRef& operation);
  // A sync that failed: what it was about will never be on this disk.
  void Lose(const Operation& sync);
  // What may be there after a crash: each operation, and of a write each sector, is there or not.
  // A sector is as it was after some write, never a mixture. `keep` is asked for each part that
  // makes a difference.
  Image AfterCrash(const Keep& keep) const;

  const Image& image() const { return image_; }
  void set_image(Image image) { image_ = std::move(image); }

 private:
  std::vector<bool> CoveredBy(const Operation& sync) const;
  // What belongs to files that are gone for good.
  void ForgetUnnamed();

  Image image_;
  std::vector<OperationRef> pending_;
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_TESTING_DISK_H_
