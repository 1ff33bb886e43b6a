#include "node/driver/auto_directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/storage/file_system.h"

namespace tidemark::driver {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours kKept(24);

absl::Status Unknown(const std::string& what) {
  return absl::FailedPreconditionError(absl::StrCat(
      "--data-dir auto cannot tell this run from others: ", what, ". Name a directory instead"));
}

std::optional<std::string> Contents(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string StatPath(int64_t process) { return absl::StrCat("/proc/", process, "/stat"); }

std::string NameOf(const ParentRun& run) {
  return absl::StrCat(run.boot_id, "-", run.parent, "-", run.parent_start);
}

// nullopt: not a name that NameOf gives.
std::optional<ParentRun> RunOf(const std::string& name) {
  const std::vector<std::string> parts = absl::StrSplit(name, '-');
  ParentRun run;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[1], &run.parent) ||
      !absl::SimpleAtoi(parts[2], &run.parent_start)) {
    return std::nullopt;
  }
  run.boot_id = parts[0];
  return run;
}

bool ParentIsGone(const ParentRun& run, const std::string& boot_id) {
  if (run.boot_id != boot_id) return true;
  const std::optional<std::string> stat = Contents(StatPath(run.parent));
  if (!stat) return true;
  const absl::StatusOr<uint64_t> start = StartTimeIn(*stat);
  return start.ok() && *start != run.parent_start;
}

bool IsOld(const fs::path& directory) {
  std::error_code error;
  const auto changed = fs::last_write_time(directory, error);
  return !error && fs::file_time_type::clock::now() - changed > kKept;
}

// All of them, or nothing: a node still has one.
std::optional<std::vector<std::unique_ptr<storage::Lock>>> LockNodes(const fs::path& directory) {
  std::vector<std::unique_ptr<storage::Lock>> locks;
  std::error_code error;
  // Of each test they may have a directory of their own.
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory, error)) {
    if (entry.path().filename() != "lock" || !entry.is_regular_file(error)) continue;
    auto lock = storage::PosixFileSystem()->TakeLock(entry.path().string());
    if (!lock.ok()) return std::nullopt;
    locks.push_back(*std::move(lock));
  }
  return locks;
}

std::vector<std::string> RemoveOldRuns(const std::string& all_runs, const ParentRun& present) {
  std::vector<std::string> notices;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(all_runs, error)) {
    const std::optional<ParentRun> run = RunOf(entry.path().filename().string());
    if (!run || entry.path().filename() == NameOf(present)) continue;
    if (!ParentIsGone(*run, present.boot_id) || !IsOld(entry.path())) continue;
    const auto locks = LockNodes(entry.path());
    if (!locks || fs::remove_all(entry.path(), error) == 0 || error) continue;
    notices.push_back(absl::StrCat("removed ", entry.path().string(), ", which --data-dir auto ",
                                   "had made for a run that ended more than a day ago"));
  }
  return notices;
}

// A directory that nobody else can have prepared.
absl::Status MakeOwnDirectory(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot make the directory ", path));
  }
  struct stat found = {};
  if (lstat(path.c_str(), &found) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot look at ", path));
  }
  const bool ours = S_ISDIR(found.st_mode) && found.st_uid == geteuid();
  if (ours && (found.st_mode & (S_IWGRP | S_IWOTH)) == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      path, " is not a directory that only this user can write. Remove it, or name a directory ",
      "with --data-dir"));
}

}  // namespace

absl::StatusOr<uint64_t> StartTimeIn(std::string_view stat) {
  // The second field is the program's name in parentheses, which may hold anything.
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) return Unknown("/proc/<parent>/stat has no name in it");
  const std::vector<std::string> fields =
      absl::StrSplit(std::string(stat.substr(name_end + 1)), ' ', absl::SkipEmpty());
  constexpr size_t kStartTime = 22 - 3;  // the first of these is the third of all
  uint64_t start = 0;
  if (fields.size() <= kStartTime || !absl::SimpleAtoi(fields[kStartTime], &start)) {
    return Unknown("/proc/<parent>/stat has no start time in it");
  }
  return start;
}

absl::StatusOr<ParentRun> ThisRun() {
  ParentRun run{.parent = getppid()};
  const char* boot_id_path = "/proc/sys/kernel/random/boot_id";
  std::optional<std::string> boot_id = Contents(boot_id_path);
  if (!boot_id) return Unknown(absl::StrCat(boot_id_path, " cannot be read"));
  std::copy_if(boot_id->begin(), boot_id->end(), std::back_inserter(run.boot_id),
               [](char c) { return c != '-' && c != '\n'; });
  const std::optional<std::string> stat = Contents(StatPath(run.parent));
  if (!stat) return Unknown(absl::StrCat(StatPath(run.parent), " (its parent) cannot be read"));
  absl::StatusOr<uint64_t> start = StartTimeIn(*stat);
  if (!start.ok()) return start.status();
  run.parent_start = *start;
  return run;
}

absl::StatusOr<AutoDirectory> MakeAutoDirectory(const std::string& temp, const ParentRun& run) {
  const std::string all_runs = absl::StrCat(temp, "/tidemark-", geteuid());
  AutoDirectory made{.path = absl::StrCat(all_runs, "/", NameOf(run))};
  for (const std::string& path : {all_runs, made.path}) {
    if (absl::Status status = MakeOwnDirectory(path); !status.ok()) return status;
  }
  made.notices = RemoveOldRuns(all_runs, run);
  return made;
}

}  // namespace tidemark::driver
