// Lines from a file descriptor, in memory that a line's sender cannot make grow.
#ifndef TIDEMARK_NODE_DRIVER_LINE_READER_H_
#define TIDEMARK_NODE_DRIVER_LINE_READER_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace tidemark::driver {

class LineReader {
 public:
  // `truncated`: the line was longer than `max_line_bytes`, of which `line` is the beginning. The
  // view is valid during the call.
  using Handler = std::function<void(std::string_view line, bool truncated)>;

  // What a line that has outgrown `max_line_bytes` may grow to, judged by its beginning; less: no
  // further.
  using Exemption = std::function<size_t(std::string_view beginning)>;

  LineReader(int fd, size_t max_line_bytes, Exemption exemption)
      : fd_(fd),
        max_line_bytes_(max_line_bytes),
        exemption_(std::move(exemption)),
        limit_(max_line_bytes) {}

  // From the next line on, and of one that is being read if nothing of it goes beyond yet.
  void set_max_line_bytes(size_t bytes);

  enum class State {
    kOpen,
    kEnded,   // the end of input
    kFailed,  // it cannot be read, and that is no end: errno says why
  };
  // Reads once what is there and hands on every line that is complete; at the end of input also
  // the last one if it has no newline. Blocks while there is nothing to read.
  State Read(const Handler& handler);

 private:
  void Take(std::string_view bytes, const Handler& handler);
  void Keep(std::string_view part);
  void Finish(const Handler& handler);

  const int fd_;
  size_t max_line_bytes_;
  const Exemption exemption_;
  size_t limit_;           // of the line that is being read
  std::string rest_;       // the beginning of a line whose end has not come
  bool too_long_ = false;  // and more of it than may be kept
};

}  // namespace tidemark::driver

#endif  // TIDEMARK_NODE_DRIVER_LINE_READER_H_
