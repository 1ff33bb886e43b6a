#include "node/storage/system_error.h"

#include <cerrno>
#include <system_error>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "node/storage/file_system.h"

namespace tidemark::storage {
namespace {

constexpr char kInUse[] = "tidemark/in-use";

const char* Advice(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return ". Make room there, then start the node again";
    case EFBIG:
      return ". Raise the limit of file size (ulimit -f), then start the node again";
    case EMFILE:
      return ". Raise the limit of open files (ulimit -n), then start the node again";
    case EIO:
      return ". Look for disk errors (dmesg) before you start the node again";
    case EACCES:
    case EPERM:
      return ". The node's user must own this place; give it to that user or choose another";
    case EROFS:
      return ". Mount the file system writable, or choose another directory";
    case ENOTDIR:
      return ". Something in this path is a file; choose another directory";
    default:
      return "";
  }
}

absl::StatusCode Code(int error) {
  if (error == ENOSPC || error == EDQUOT) return absl::StatusCode::kResourceExhausted;
  const absl::StatusCode code = absl::ErrnoToStatusCode(error);
  return code == absl::StatusCode::kResourceExhausted ? absl::StatusCode::kInternal : code;
}

}  // namespace

absl::Status SystemError(int error, const std::string& action, const std::string& path) {
  return absl::Status(Code(error),
                      absl::StrCat("cannot ", action, " ", path, ": ",
                                   std::generic_category().message(error), Advice(error)));
}

absl::Status InUse(const std::string& lock_path) {
  const std::string directory = lock_path.substr(0, lock_path.rfind('/'));
  absl::Status status = absl::FailedPreconditionError(
      absl::StrCat(directory, " is in use by another process, which holds the lock on ", lock_path,
                   ". Stop that process (fuser ", lock_path,
                   " names it), or give this node another directory. Do not delete the lock"));
  status.SetPayload(kInUse, absl::Cord());
  return status;
}

bool IsInUse(const absl::Status& status) { return status.GetPayload(kInUse).has_value(); }

}  // namespace tidemark::storage
