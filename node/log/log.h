// The node's log: lines on stderr.
#ifndef TIDEMARK_NODE_LOG_LOG_H_
#define TIDEMARK_NODE_LOG_LOG_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "node/base/time.h"
#include "node/log/line.h"
#include "node/log/repetitions.h"
#include "node/log/writer.h"
#include "node/raft/notice.h"

namespace tidemark::log {

struct Options {
  raft::Notice::Level least = raft::Notice::Level::kInfo;
  Format format = Format::kText;
  // Time is what it is told, and counts from 1970; each line is written before Tell returns, so
  // that a run repeats to the byte.
  bool virtual_time = false;
};

// One in a process. In real time nothing here waits for whoever reads.
class Log {
 public:
  // Throws std::system_error where there is no thread to be had.
  Log(int fd, const Options& options);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void set_node(std::string node) { node_ = std::move(node); }

  // `now` never falls from call to call. `kind`: as Repetitions::Take has it.
  void Tell(Time now, raft::Notice notice, std::string_view kind = {});
  // When PassDeadline has something to do. In virtual time it may be called whenever time passes.
  Time deadline() const { return repetitions_.deadline(); }
  void PassDeadline(Time now);
  // The end: tells what was held back, and gives a reader a second to take what waits.
  void Finish(Time now);

 private:
  void Write(Time now);

  const int fd_;
  const Options options_;
  std::string node_;  // empty: none yet
  Repetitions repetitions_;
  std::vector<Told> told_;          // between the calls empty
  std::unique_ptr<Writer> writer_;  // null in virtual time
};

}  // namespace tidemark::log

#endif  // TIDEMARK_NODE_LOG_LOG_H_
