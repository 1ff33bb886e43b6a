#include "node/storage/system_error.h"

#include <cerrno>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace tidemark::storage {
namespace {

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

}  // namespace tidemark::storage
