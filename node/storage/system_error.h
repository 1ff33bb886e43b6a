// What the system's error numbers mean to a person.
#ifndef TIDEMARK_NODE_STORAGE_SYSTEM_ERROR_H_
#define TIDEMARK_NODE_STORAGE_SYSTEM_ERROR_H_

#include <string>

#include "absl/status/status.h"

namespace tidemark::storage {

// What errno `error` means when `action` ("write to", "open") failed on `path`. ResourceExhausted
// is the disk that has no room, and nothing else.
absl::Status SystemError(int error, const std::string& action, const std::string& path);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_SYSTEM_ERROR_H_
