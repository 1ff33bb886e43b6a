// Requests to nodes and their answers.
#ifndef TIDEMARK_CLIENT_CLI_CONNECTION_H_
#define TIDEMARK_CLIENT_CLI_CONNECTION_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client_cli/pump.h"
#include "client_cli/transport.h"
#include "harness/cluster/real_world.h"
#include "node/base/time.h"
#include "node/wire/json.h"

namespace tidemark::client {

class Connection final : public Transport {
 public:
  // Takes over what `pump` sees.
  Connection(cluster::RealWorld* world, Pump* pump, Duration timeout);

  Time Now() const override { return world_->Now(); }
  bool Runs(const std::string& node) const override { return world_->Running(node); }
  absl::StatusOr<int64_t> Send(const std::string& node, const wire::Json& body) override;
  Word AwaitAny(const std::vector<int64_t>& ids, Time deadline) override;
  void GiveUp(int64_t id) override;

  // For one that was sent: at most until the timeout after Send, and `longer`, then it is given up.
  Outcome Await(int64_t id, Duration longer = Duration{0});

  // Who is told, once for each request, that `node` has not answered it for a second, from within
  // AwaitAny; it may ask nodes and wait itself.
  void set_on_slow(std::function<void(const std::string& node)> on_slow) {
    on_slow_ = std::move(on_slow);
  }

  // Answers that came after nobody waited for them any more.
  std::vector<Answer> TakeLate();
  // Answers to what was asked so far, and given up, are nothing to us.
  void ForgetLate();
  // Nodes that ended without being told to.
  std::vector<cluster::Exit> TakeExits();

 private:
  struct Waiting {
    std::string node;
    Time since;
    std::optional<Answer> answer;
    bool node_ended = false;
    bool given_up = false;
    bool told_slow = false;
  };

  void See(const cluster::Seen& seen);
  void SeeLine(const cluster::Line& line);
  void SeeExit(const cluster::Exit& exit);
  std::optional<Word> TakeWord(int64_t id);
  Time NextSlow(const std::vector<int64_t>& ids) const;
  void TellSlow(const std::vector<int64_t>& ids);
  int64_t MsSince(Time since) const;

  cluster::RealWorld* const world_;
  Pump* const pump_;
  const Duration timeout_;
  int64_t last_id_ = 0;
  std::map<int64_t, Waiting> waiting_;
  std::vector<Answer> late_;
  std::vector<cluster::Exit> exits_;
  std::function<void(const std::string& node)> on_slow_;
  bool telling_slow_ = false;
  bool interrupted_ = false;  // while that was told: it is for the wait that it was told of
};

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_CONNECTION_H_
