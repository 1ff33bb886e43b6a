// Whether bytes are nothing but zeros: what was never written.
#ifndef TIDEMARK_NODE_STORAGE_ZEROS_H_
#define TIDEMARK_NODE_STORAGE_ZEROS_H_

#include <cstring>
#include <string_view>

namespace tidemark::storage {

inline bool IsZero(std::string_view bytes) {
  return bytes.empty() ||
         (bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_ZEROS_H_
