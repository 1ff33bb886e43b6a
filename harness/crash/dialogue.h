// Questions to real nodes, and their answers.
#ifndef TIDEMARK_HARNESS_CRASH_DIALOGUE_H_
#define TIDEMARK_HARNESS_CRASH_DIALOGUE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/cluster/real_world.h"
#include "node/base/time.h"
#include "node/wire/json.h"

namespace tidemark::crash {

// One client. Answers may be awaited in any order.
class Dialogue {
 public:
  Dialogue(cluster::RealWorld* world, Duration patience) : world_(world), patience_(patience) {}

  // `body` without msg_id, with its type. Returns the msg_id; what is sent to a node that does not
  // run is not answered.
  int64_t Send(const std::string& node, std::vector<wire::Json::Member> body);
  // The answer's body. Unavailable: none came, or the node that was asked has ended.
  absl::StatusOr<wire::Json> Await(int64_t msg_id);
  absl::StatusOr<wire::Json> Ask(const std::string& node, std::vector<wire::Json::Member> body) {
    return Await(Send(node, std::move(body)));
  }
  // Until `node` has ended by itself; what it said before is there for Answered. Unavailable: it
  // goes on.
  absl::StatusOr<cluster::ExitStatus> AwaitEnd(const std::string& node);
  // Without waiting.
  std::optional<wire::Json> Answered(int64_t msg_id);
  // Lets time pass until something is seen, at most for `span`.
  void Listen(Duration span);

 private:
  cluster::RealWorld* const world_;
  const Duration patience_;
  int64_t last_msg_id_ = 0;
  std::map<int64_t, std::string> asked_;  // nodes, by msg_id
  std::map<int64_t, wire::Json> answers_;
  std::map<std::string, cluster::ExitStatus> ended_;
};

// --- Bodies
// ---------------------------------------------------------------------------------------

std::vector<wire::Json::Member> Write(const std::string& key, const std::string& value);
std::vector<wire::Json::Member> Read(const std::string& key);
std::vector<wire::Json::Member> Status();

std::string TypeOf(const wire::Json& body);
// Of a member that is an integer or a string; -1, "": it is not.
int64_t Integer(const wire::Json& body, const std::string& member);
std::string Text(const wire::Json& body, const std::string& member);

}  // namespace tidemark::crash

#endif  // TIDEMARK_HARNESS_CRASH_DIALOGUE_H_
