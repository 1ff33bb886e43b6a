// Integers in a file: little-endian, whatever the machine.
#ifndef TIDEMARK_NODE_STORAGE_BYTES_H_
#define TIDEMARK_NODE_STORAGE_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tidemark::storage {

template <typename Integer>
void PutInteger(Integer value, char* to) {
  for (size_t i = 0; i < sizeof(Integer); ++i) to[i] = static_cast<char>(value >> (8 * i));
}

template <typename Integer>
void AppendInteger(Integer value, std::string* out) {
  char bytes[sizeof(Integer)];
  PutInteger(value, bytes);
  out->append(bytes, sizeof(Integer));
}

// REQUIRES: bytes.size() >= at + sizeof(Integer).
template <typename Integer>
Integer GetInteger(std::string_view bytes, size_t at) {
  Integer value = 0;
  for (size_t i = 0; i < sizeof(Integer); ++i) {
    value |= static_cast<Integer>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return value;
}

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_BYTES_H_
