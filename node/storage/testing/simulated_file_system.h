// A file system in memory with a disk under it that can be crashed, filled, slowed down and made to
// fail. What is written is visible at once, and sure to outlive a crash only once it was synced: a
// file's contents by its own syncs, names by their directory's.
#ifndef TIDEMARK_NODE_STORAGE_TESTING_SIMULATED_FILE_SYSTEM_H_
#define TIDEMARK_NODE_STORAGE_TESTING_SIMULATED_FILE_SYSTEM_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/random.h"
#include "node/storage/file_system.h"

namespace tidemark::storage {

class SimulatedFileSystem final : public FileSystem {
 public:
  SimulatedFileSystem();
  // A copy has the same files and names, synced or not, and no lock is held in it. It is cheap:
  // contents are shared until one of them changes.
  SimulatedFileSystem(const SimulatedFileSystem& other);
  SimulatedFileSystem& operator=(const SimulatedFileSystem& other);
  ~SimulatedFileSystem() override;

  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, Mode mode) override;
  bool Exists(const std::string& path) const override;
  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) const override;
  absl::Status MakeDirectories(const std::string& path) override;
  absl::Status SyncDirectory(const std::string& path) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status Remove(const std::string& path) override;
  absl::StatusOr<std::unique_ptr<Lock>> TakeLock(const std::string& path) override;
  absl::StatusOr<std::unique_ptr<Lock>> ShareLock(const std::string& path) override;

  // --- Crashes ----------------------------------------------------------------------------------
  // The machine loses its power. Of what was not synced any part stays: each change of a name, each
  // 512-byte sector of a write. Files that are open go on as if nothing had happened, on a disk
  // that nobody sees; locks are free.
  void Crash(Random* random);

  // --- Syncs that take their time ---------------------------------------------------------------
  // While deferred, a sync returns OK at once and has its effect at CompleteSyncs. A crash before
  // that finds the machine at some moment at which some of the syncs, in order, had come to their
  // end: what was asked for behind the next one has not happened at all. Turning it off completes
  // all.
  void set_deferred(bool deferred);
  // How many syncs (of files and directories) there were so far.
  uint64_t syncs() const;
  // All, or all up to the `count`-th since the beginning.
  void CompleteSyncs();
  void CompleteSyncs(uint64_t count);

  // --- Faults -----------------------------------------------------------------------------------
  // The files together may take so much, each rounded up to 4 KiB; beyond, writes fail with
  // ResourceExhausted when they have written what fits. May be below used_bytes().
  void set_capacity(uint64_t bytes);
  uint64_t used_bytes() const;
  // How many writes, cuts, syncs, and changes of names there were so far.
  uint64_t operations() const;
  // The n-th such operation from now on (1: the next) fails as on a broken disk, once. A write that
  // fails may have written a part, which ends at a sector's end. What a failed sync was about never
  // comes to the disk.
  void FailAt(uint64_t n);
  void FailNext() { FailAt(1); }

  // --- Every crash ------------------------------------------------------------------------------
  // From here on operations are noted. trace_size() counts them.
  void StartTrace();
  size_t trace_size() const;
  // Visits what a crash may leave at each moment since StartTrace: `point` operations had been
  // done. All subsets of what was not synced if these are at most 2^8, else as many by chance, with
  // all and nothing among them. Points that are no multiple of `stride` are left out.
  using Visit = std::function<void(size_t point, SimulatedFileSystem* after)>;
  void EnumerateCrashes(Random* random, const Visit& visit, size_t stride = 1) const;

  // --- For tests of damage ----------------------------------------------------------------------
  // A file's bytes, as they are visible; and as they are to be, on disk at once.
  std::string Contents(const std::string& path) const;
  void SetContents(const std::string& path, std::string_view bytes);

 private:
  struct State;
  class OpenFile;
  class HeldLock;

  std::shared_ptr<State> state_;
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_TESTING_SIMULATED_FILE_SYSTEM_H_
