// Lines to a descriptor that may never be read, without ever waiting for its reader.
#ifndef TIDEMARK_NODE_LOG_WRITER_H_
#define TIDEMARK_NODE_LOG_WRITER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tidemark::log {

// Waits until all of `text` is written. False: it cannot be, or not all of it.
bool WriteAll(int fd, std::string_view text);

// A thread of its own writes what waits in a queue. What finds the queue full, and what could not
// be written, is dropped and counted; as soon as a line can be written again, the count is.
//
// The descriptor's flags are left alone: they may be a terminal's, or those of other processes.
class Writer {
 public:
  struct Options {
    size_t max_queued_bytes = size_t{256} << 10;
    // How soon a descriptor that gave an error is tried again although nothing new is to be said.
    std::chrono::milliseconds retry = std::chrono::seconds(20);
  };
  // The line, with its newline, that says how many were dropped. Called by the writer's thread.
  using Lost = std::function<std::string(uint64_t dropped)>;

  // Throws std::system_error where there is no thread to be had.
  Writer(int fd, const Options& options, Lost lost);
  // What is not written yet is lost, unless Finish was called before.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Never waits. Lines longer than PIPE_BUF may be mixed with those of other processes.
  void Write(std::string line);
  // Waits until all that was handed over is written, but for `patience` at most. False: it is not.
  bool Finish(std::chrono::milliseconds patience);
  // The same for a process that ends on the spot, whatever its threads hold: allocates nothing.
  void LetOut(std::chrono::milliseconds patience);

 private:
  struct State;

  // The thread's too: where nobody reads it cannot be waited for, and outlives this object.
  const std::shared_ptr<State> state_;
};

}  // namespace tidemark::log

#endif  // TIDEMARK_NODE_LOG_WRITER_H_
