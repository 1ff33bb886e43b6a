#include "node/driver/line_reader.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>

namespace tidemark::driver {
namespace {

// Also how many requests share one pass through the node, and one fsync.
constexpr size_t kChunkBytes = size_t{128} << 10;

}  // namespace

LineReader::State LineReader::Read(const Handler& handler) {
  static thread_local std::array<char, kChunkBytes> chunk;
  ssize_t got = 0;
  do {
    got = read(fd_, chunk.data(), chunk.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) {
    return errno == EAGAIN || errno == EWOULDBLOCK ? State::kOpen : State::kFailed;
  }
  if (got > 0) {
    Take(std::string_view(chunk.data(), static_cast<size_t>(got)), handler);
    return State::kOpen;
  }
  if (!rest_.empty() || too_long_) Finish(handler);
  return State::kEnded;
}

void LineReader::set_max_line_bytes(size_t bytes) {
  if (limit_ == max_line_bytes_) limit_ = std::max(bytes, rest_.size());
  max_line_bytes_ = bytes;
}

void LineReader::Take(std::string_view bytes, const Handler& handler) {
  while (true) {
    const size_t end = bytes.find('\n');
    if (end == std::string_view::npos) return Keep(bytes);
    const std::string_view line = bytes.substr(0, end);
    if (rest_.empty() && !too_long_ && line.size() <= max_line_bytes_) {
      handler(line, /*truncated=*/false);
    } else {
      Keep(line);
      Finish(handler);
    }
    bytes.remove_prefix(end + 1);
  }
}

void LineReader::Keep(std::string_view part) {
  if (limit_ == max_line_bytes_ && rest_.size() + part.size() > limit_) {
    const size_t room = limit_ - rest_.size();
    rest_.append(part.substr(0, room));
    part.remove_prefix(room);
    if (!too_long_) limit_ = std::max(limit_, exemption_(rest_));
  }
  const size_t room = limit_ - rest_.size();
  too_long_ = too_long_ || part.size() > room;
  rest_.append(part.substr(0, room));
}

void LineReader::Finish(const Handler& handler) {
  handler(rest_, too_long_);
  rest_.clear();
  // A long line's memory is not kept for the short ones that follow.
  if (rest_.capacity() > kChunkBytes) rest_.shrink_to_fit();
  too_long_ = false;
  limit_ = max_line_bytes_;
}

}  // namespace tidemark::driver
