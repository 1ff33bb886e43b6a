// What asking nodes needs of the world: messages, time, and who runs.
#ifndef TIDEMARK_CLIENT_CLI_TRANSPORT_H_
#define TIDEMARK_CLIENT_CLI_TRANSPORT_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "node/base/time.h"
#include "node/wire/json.h"

namespace tidemark::client {

struct Answer {
  int64_t id = 0;    // of the request
  std::string text;  // the body as the node spelled it
  wire::Json body;
  int64_t took_ms = 0;
};
// No answer came.
struct Silence {
  enum class Why { kTimedOut, kNodeEnded, kInterrupted };
  Why why = Why::kTimedOut;
  int64_t took_ms = 0;
};
using Outcome = std::variant<Answer, Silence>;

class Transport {
 public:
  // What came of a wait. `id` 0: of no request, the deadline is over or somebody interrupts.
  struct Word {
    int64_t id = 0;
    Outcome outcome;
  };

  virtual ~Transport() = default;

  virtual Time Now() const = 0;
  virtual bool Runs(const std::string& node) const = 0;
  // Returns the request's number, from 1. Errors: FailedPrecondition if the node does not run.
  virtual absl::StatusOr<int64_t> Send(const std::string& node, const wire::Json& body) = 0;
  // Waits until one of these requests is answered, or cannot be any more because its node has
  // ended; that request is done with.
  virtual Word AwaitAny(const std::vector<int64_t>& ids, Time deadline) = 0;
  // Nobody waits for the answer any more.
  virtual void GiveUp(int64_t id) = 0;
};

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_TRANSPORT_H_
