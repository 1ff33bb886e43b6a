// Requests to nodes and their answers.
#ifndef TIDEMARK_CLIENT_CLI_CONNECTION_H_
#define TIDEMARK_CLIENT_CLI_CONNECTION_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "client_cli/pump.h"
#include "harness/cluster/real_world.h"
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

class Connection {
 public:
  // Takes over what `pump` sees.
  Connection(cluster::RealWorld* world, Pump* pump, Duration timeout);

  // Returns the request's number, for Await. Errors: FailedPrecondition if the node does not run.
  absl::StatusOr<int64_t> Send(const std::string& node, const wire::Json& body);
  // At most until the timeout after Send.
  Outcome Await(int64_t id);

  // Answers that came after nobody waited for them any more.
  std::vector<Answer> TakeLate();
  // Nodes that ended without being told to.
  std::vector<cluster::Exit> TakeExits();

 private:
  struct Waiting {
    std::string node;
    Time since;
    std::optional<Answer> answer;
    bool node_ended = false;
    bool given_up = false;
  };

  void See(const cluster::Seen& seen);
  void SeeLine(const cluster::Line& line);
  void SeeExit(const cluster::Exit& exit);
  Outcome GiveUp(int64_t id, Silence::Why why);
  int64_t MsSince(Time since) const;

  cluster::RealWorld* const world_;
  Pump* const pump_;
  const Duration timeout_;
  int64_t last_id_ = 0;
  std::map<int64_t, Waiting> waiting_;
  std::vector<Answer> late_;
  std::vector<cluster::Exit> exits_;
};

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_CONNECTION_H_
