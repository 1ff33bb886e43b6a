// Where lines come from.
#ifndef TIDEMARK_CLIENT_CLI_INPUT_H_
#define TIDEMARK_CLIENT_CLI_INPUT_H_

#include <string>
#include <vector>

#include "client_cli/pump.h"
#include "harness/cluster/line_buffer.h"

namespace tidemark::client {

struct Input {
  enum class Kind { kLine, kDropped, kEnd };  // dropped: Ctrl-C
  Kind kind = Kind::kEnd;
  std::string line;
};

// What whoever waits for a line shows meanwhile.
class Host {
 public:
  virtual ~Host() = default;
  virtual std::string Prompt() const = 0;
  // What has happened without anybody asking, one line each.
  virtual std::vector<std::string> TakeNews() = 0;
  virtual const std::vector<std::string>& nodes() const = 0;
};

class LineSource {
 public:
  virtual ~LineSource() = default;
  // The world moves on meanwhile. kEnd also when a signal ends the session.
  virtual Input Next(Host* host) = 0;
  // Why lines ended before the input did; empty: they did not.
  virtual std::string failure() const { return ""; }
};

// A pipe or a file on stdin: no prompt.
class PlainInput final : public LineSource {
 public:
  explicit PlainInput(Pump* pump) : pump_(pump) {}
  Input Next(Host* host) override;
  std::string failure() const override { return failure_; }

 private:
  void Read();

  Pump* const pump_;
  cluster::LineBuffer lines_;
  bool ended_ = false;
  std::string failure_;
};

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_INPUT_H_
