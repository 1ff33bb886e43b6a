#include "node/driver/seen_ids.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "node/base/assert.h"

namespace tidemark::driver {

absl::StatusOr<std::unique_ptr<SeenIds>> SeenIds::Open(const std::string& path) {
  const auto fail = [&](const char* what) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", what, " ", path));
  };
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return fail("open");
  absl::Status status;
  void* mapped = MAP_FAILED;
  if (ftruncate(fd, sizeof(Kept)) != 0) {
    status = fail("write");
  } else {
    mapped = mmap(nullptr, sizeof(Kept), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED) status = fail("map");
  }
  close(fd);
  if (!status.ok()) return status;
  return std::unique_ptr<SeenIds>(new SeenIds(static_cast<Kept*>(mapped)));
}

SeenIds::~SeenIds() { munmap(kept_, sizeof(Kept)); }

uint64_t SeenIds::TestOf(uint64_t id, size_t nodes) {
  TM_ASSERT(nodes > 0);
  const bool first = kept_->test == 0 || id < 2 * nodes || id <= kept_->largest_id;
  if (first) {
    ++kept_->test;
    kept_->largest_id = 0;
  }
  Saw(id);
  return kept_->test;
}

void SeenIds::Saw(uint64_t id) { kept_->largest_id = std::max(kept_->largest_id, id); }

}  // namespace tidemark::driver
