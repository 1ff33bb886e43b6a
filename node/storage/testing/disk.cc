#include "node/storage/testing/disk.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

namespace tidemark::storage {
namespace {

using Kind = Operation::Kind;
constexpr size_t kSectorsInPage = Contents::kPageBytes / kDiskSectorBytes;

bool IsZero(const char* bytes, size_t size) {
  return size == 0 || (bytes[0] == 0 && std::memcmp(bytes, bytes + 1, size - 1) == 0);
}

}  // namespace

const Contents::Page* Contents::PageAt(size_t page) const {
  return page < pages_.size() ? pages_[page].get() : nullptr;
}

Contents::Page& Contents::OwnPage(size_t page) {
  if (page >= pages_.size()) pages_.resize(page + 1);
  std::shared_ptr<Page>& own = pages_[page];
  if (own == nullptr) {
    own = std::make_shared<Page>();
    own->fill(0);
  } else if (own.use_count() > 1) {
    own = std::make_shared<Page>(*own);
  }
  return *own;
}

void Contents::Read(uint64_t offset, size_t bytes, char* to) const {
  while (bytes > 0) {
    const size_t in_page = offset % kPageBytes;
    const size_t part = std::min(bytes, kPageBytes - in_page);
    const Page* page = PageAt(offset / kPageBytes);
    if (page == nullptr) {
      std::memset(to, 0, part);
    } else {
      std::memcpy(to, page->data() + in_page, part);
    }
    offset += part;
    to += part;
    bytes -= part;
  }
}

void Contents::Put(uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t in_page = offset % kPageBytes;
    const std::string_view part = bytes.substr(0, kPageBytes - in_page);
    const size_t page = offset / kPageBytes;
    if (PageAt(page) != nullptr || !IsZero(part.data(), part.size())) {
      std::memcpy(OwnPage(page).data() + in_page, part.data(), part.size());
    }
    offset += part.size();
    bytes.remove_prefix(part.size());
  }
}

void Contents::Clear(uint64_t offset, uint64_t bytes) {
  bytes = std::min(bytes, std::max(offset, pages_.size() * kPageBytes) - offset);
  while (bytes > 0) {
    const size_t in_page = offset % kPageBytes;
    const uint64_t part = std::min<uint64_t>(bytes, kPageBytes - in_page);
    const size_t page = offset / kPageBytes;
    if (part == kPageBytes) {
      pages_[page].reset();
    } else if (PageAt(page) != nullptr) {
      std::memset(OwnPage(page).data() + in_page, 0, part);
    }
    offset += part;
    bytes -= part;
  }
}

void Contents::Write(uint64_t offset, std::string_view bytes) {
  Put(offset, bytes);
  size_ = std::max(size_, offset + bytes.size());
}

void Contents::WriteZeros(uint64_t offset, uint64_t bytes) {
  Clear(offset, bytes);
  size_ = std::max(size_, offset + bytes);
}

void Contents::Resize(uint64_t size) {
  const uint64_t pages_end = pages_.size() * kPageBytes;
  if (pages_end > size) Clear(size, pages_end - size);
  size_ = size;
}

bool Contents::SameSector(const Contents& other, uint64_t sector) const {
  const Page* mine = PageAt(sector / kSectorsInPage);
  const Page* theirs = other.PageAt(sector / kSectorsInPage);
  if (mine == theirs) return true;
  const size_t at = sector % kSectorsInPage * kDiskSectorBytes;
  if (mine == nullptr) return IsZero(theirs->data() + at, kDiskSectorBytes);
  if (theirs == nullptr) return IsZero(mine->data() + at, kDiskSectorBytes);
  return std::memcmp(mine->data() + at, theirs->data() + at, kDiskSectorBytes) == 0;
}

void Contents::TakeSector(const Contents& other, uint64_t sector) {
  char bytes[kDiskSectorBytes];
  other.Read(sector * kDiskSectorBytes, kDiskSectorBytes, bytes);
  Put(sector * kDiskSectorBytes, std::string_view(bytes, kDiskSectorBytes));
}

std::string ParentOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

const Contents& Image::At(uint64_t file) const {
  static const Contents* const none = new Contents;
  const auto found = files.find(file);
  return found == files.end() ? *none : *found->second;
}

Contents& Image::Own(uint64_t file) {
  std::shared_ptr<const Contents>& contents = files[file];
  if (contents == nullptr) {
    contents = std::make_shared<Contents>();
  } else if (contents.use_count() > 1) {
    contents = std::make_shared<Contents>(*contents);
  }
  return const_cast<Contents&>(*contents);  // nobody else has it
}

void Image::Apply(const Operation& operation) {
  const auto unlink = [&] {
    const auto found = names.find(operation.path);
    if (found != names.end() && found->second == operation.file) names.erase(found);
  };
  switch (operation.kind) {
    case Kind::kWrite:
      return Own(operation.file).Write(operation.offset, operation.bytes);
    case Kind::kWriteZeros:
      return Own(operation.file).WriteZeros(operation.offset, operation.size);
    case Kind::kTruncate:
      return Own(operation.file).Resize(operation.size);
    case Kind::kLink:
    case Kind::kMakeDirectory:
      names[operation.path] = operation.file;
      return;
    case Kind::kRename:
      unlink();
      names[operation.to] = operation.file;
      return;
    case Kind::kUnlink:
      return unlink();
    case Kind::kSyncData:
    case Kind::kSyncAll:
    case Kind::kSyncDirectory:
      return;
  }
}

void Image::Tidy() {
  std::map<uint64_t, std::shared_ptr<const Contents>> named;
  for (const auto& [path, file] : names) {
    if (file == 0) continue;
    std::shared_ptr<const Contents>& contents = named[file];
    const auto found = files.find(file);
    contents = found == files.end() ? std::make_shared<Contents>() : found->second;
  }
  files.swap(named);
  for (const auto& [file, contents] : files) {
    if (contents->HasBehindEnd()) Own(file).Resize(contents->size());
  }
}

// fdatasync need not keep a cut that nothing was written after.
std::vector<bool> Disk::CoveredBy(const Operation& sync) const {
  std::vector<bool> covered(pending_.size(), false);
  bool all = sync.kind != Kind::kSyncData;
  for (size_t i = pending_.size(); i-- > 0;) {
    const Operation& operation = *pending_[i];
    if (sync.kind == Kind::kSyncDirectory) {
      covered[i] = operation.IsOfName() && ParentOf(operation.path) == sync.path;
    } else if (!operation.IsOfName() && operation.file == sync.file) {
      all = all || operation.kind != Kind::kTruncate;
      covered[i] = all;
    }
  }
  return covered;
}

void Disk::Do(const OperationRef& operation) {
  if (!operation->IsSync()) return pending_.push_back(operation);
  const std::vector<bool> covered = CoveredBy(*operation);
  std::vector<OperationRef> left;
  for (size_t i = 0; i < pending_.size(); ++i) {
    if (covered[i]) {
      image_.Apply(*pending_[i]);
    } else {
      left.push_back(std::move(pending_[i]));
    }
  }
  pending_.swap(left);
  if (operation->kind == Kind::kSyncDirectory) ForgetUnnamed();
}

void Disk::ForgetUnnamed() {
  std::set<uint64_t> named;
  for (const auto& [path, file] : image_.names) named.insert(file);
  for (const OperationRef& waiting : pending_) {
    if (waiting->IsOfName()) named.insert(waiting->file);
  }
  std::erase_if(image_.files, [&](const auto& file) { return !named.contains(file.first); });
  std::erase_if(pending_, [&](const OperationRef& waiting) {
    return !waiting->IsOfName() && !named.contains(waiting->file);
  });
}

void Disk::Lose(const Operation& sync) {
  const std::vector<bool> covered = CoveredBy(sync);
  std::vector<OperationRef> left;
  for (size_t i = 0; i < pending_.size(); ++i) {
    if (!covered[i]) left.push_back(pending_[i]);
  }
  pending_.swap(left);
}

Image Disk::AfterCrash(const Keep& keep) const {
  Image after = image_;
  Image cache = image_;  // what the system had in memory, operation by operation
  for (const OperationRef& ref : pending_) {
    const Operation& operation = *ref;
    cache.Apply(operation);
    if (operation.IsOfName() || operation.kind == Kind::kTruncate) {
      if (keep()) after.Apply(operation);
      continue;
    }
    if (operation.size == 0) continue;
    const Contents& cached = cache.At(operation.file);
    const uint64_t end = operation.offset + operation.size;
    for (uint64_t sector = operation.offset / kDiskSectorBytes; sector * kDiskSectorBytes < end;
         ++sector) {
      if (after.At(operation.file).SameSector(cached, sector) || !keep()) continue;
      after.Own(operation.file).TakeSector(cached, sector);
    }
    if (after.At(operation.file).size() < end && keep()) after.Own(operation.file).set_size(end);
  }
  after.Tidy();
  return after;
}

}  // namespace tidemark::storage
