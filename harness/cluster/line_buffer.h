// Bytes in, lines out.
#ifndef TIDEMARK_HARNESS_CLUSTER_LINE_BUFFER_H_
#define TIDEMARK_HARNESS_CLUSTER_LINE_BUFFER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tidemark::cluster {

class LineBuffer {
 public:
  // Room for `size` more bytes; AddedBytes says how many of them were filled in. Lines handed out
  // before are void.
  char* Room(size_t size);
  void AddedBytes(size_t count) { end_ += count; }

  // The next whole line, without its newline. After `ended`, what is left is a line as well.
  std::optional<std::string_view> Next(bool ended);
  bool empty() const { return begin_ == end_; }

 private:
  std::string bytes_;
  size_t begin_ = 0;     // the first byte not handed out
  size_t end_ = 0;       // behind the last byte
  size_t searched_ = 0;  // no newline in [begin_, searched_)
};

}  // namespace tidemark::cluster

#endif  // TIDEMARK_HARNESS_CLUSTER_LINE_BUFFER_H_
