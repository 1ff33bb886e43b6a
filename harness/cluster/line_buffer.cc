#include "harness/cluster/line_buffer.h"

#include <cstring>

namespace tidemark::cluster {

char* LineBuffer::Room(size_t size) {
  if (begin_ > 0) {  // what is left is a part of one line: short as a rule
    std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    searched_ = searched_ > begin_ ? searched_ - begin_ : 0;
    begin_ = 0;
  }
  if (bytes_.size() < end_ + size) bytes_.resize(2 * (end_ + size));
  return bytes_.data() + end_;
}

std::optional<std::string_view> LineBuffer::Next(bool ended) {
  if (searched_ < begin_) searched_ = begin_;
  const void* newline = std::memchr(bytes_.data() + searched_, '\n', end_ - searched_);
  if (newline == nullptr) {
    searched_ = end_;
    if (!ended || empty()) return std::nullopt;
    std::string_view rest(bytes_.data() + begin_, end_ - begin_);
    begin_ = end_;
    return rest;
  }
  size_t line_end = static_cast<size_t>(static_cast<const char*>(newline) - bytes_.data());
  std::string_view line(bytes_.data() + begin_, line_end - begin_);
  begin_ = line_end + 1;
  return line;
}

}  // namespace tidemark::cluster
