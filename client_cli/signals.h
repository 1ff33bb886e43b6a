// SIGINT, SIGTERM, SIGHUP and SIGCONT as something to wait for.
#ifndef TIDEMARK_CLIENT_CLI_SIGNALS_H_
#define TIDEMARK_CLIENT_CLI_SIGNALS_H_

#include <optional>

namespace tidemark::client {

// From here on these signals interrupt nothing: they are taken, one by one, where somebody waits.
// One object a process; the children that it starts get them as ever.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  int fd() const { return fd_; }  // readable: one has come
  std::optional<int> Take();

 private:
  int fd_;
};

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_SIGNALS_H_
