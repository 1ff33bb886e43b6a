// One operation of a client, from its invocation to the end of the run.
#ifndef TIDEMARK_HARNESS_SIMULATION_CALL_H_
#define TIDEMARK_HARNESS_SIMULATION_CALL_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "harness/check/history.h"
#include "node/server/requests.h"

namespace tidemark::simulation {

struct Call {
  check::Function function = check::Function::kRead;
  uint32_t ordinal = 0;  // names it; what it writes is this number, so that each value is unique
  int session = 0;
  int node = 0;
  uint64_t need = 0;    // the index that the request carries
  bool forged = false;  // that index exists in no history
  uint64_t floor = 0;   // the highest index that anybody had been told of when it was invoked
  std::string key;
  std::string from;  // cas
  int64_t invoked_us = 0;
  size_t in_history = 0;

  uint32_t life = 0;         // of the node, when the request arrived there; zero: it has not
  bool answered = false;     // the node has answered, whether or not the client hears of it
  bool finished = false;     // the client has its answer, or waits no more
  bool failed = false;       // the client was told that it did not and will not happen
  uint64_t executed_at = 0;  // where the log has it take effect
};

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_CALL_H_
