// A directory that is gone at the end.
#ifndef TIDEMARK_HARNESS_CLUSTER_TEMP_DIR_H_
#define TIDEMARK_HARNESS_CLUSTER_TEMP_DIR_H_

#include <string>

#include "absl/status/statusor.h"

namespace tidemark::cluster {

class TempDir {
 public:
  // A new directory, in memory where possible: below /dev/shm, or else TEST_TMPDIR, TMPDIR, /tmp,
  // the first that can be written. What an owner that was killed has left there is removed: a
  // directory is in use as long as its owner's lock on it is held, which ends with the owner and
  // its forks.
  static absl::StatusOr<TempDir> Create();
  TempDir(TempDir&& other) noexcept;
  TempDir& operator=(TempDir&& other) noexcept;
  ~TempDir();

  const std::string& path() const { return path_; }

 private:
  TempDir(std::string path, int lock);

  std::string path_;  // empty: moved away
  int lock_ = -1;
  int owner_ = 0;  // a forked copy must not remove it
};

}  // namespace tidemark::cluster

#endif  // TIDEMARK_HARNESS_CLUSTER_TEMP_DIR_H_
