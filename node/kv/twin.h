// The state machine once more, as dumb as can be: it keeps the whole history and works everything
// out anew from it. What the real one answers must be what this one answers.
#ifndef TIDEMARK_NODE_KV_TWIN_H_
#define TIDEMARK_NODE_KV_TWIN_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "node/kv/command.h"
#include "node/kv/writers.h"

namespace tidemark::kv {

class Twin {
 public:
  explicit Twin(WriterLimits limits) : limits_(limits) {}

  Outcome Apply(LogIndex index, const Command& command);

  const std::map<std::string, std::string>& data() const { return data_; }

 private:
  struct Happened {
    LogIndex index = 0;
    Command command;
    Outcome outcome;
    bool executed = false;
  };

  // The openings that took effect, but for those that had to make room.
  std::vector<Happened> RememberedOpenings() const;
  Result Open(const OpenWriter& opening) const;
  // Fills `answer` and returns true if the command is not to be executed.
  bool Known(LogIndex index, const WriteId& id, Outcome* answer) const;
  // `data` is changed only by what succeeds.
  static Result Execute(const Operation& operation, std::map<std::string, std::string>* data);

  std::map<std::string, std::string> data_;
  std::vector<Happened> history_;
  WriterLimits limits_;
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_TWIN_H_
