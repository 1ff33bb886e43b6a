// The Maelstrom driver: one node on stdin and stdout, with a real clock or one that its messages
// carry. The only code here that knows pipes, clocks and disks.
#ifndef TIDEMARK_NODE_DRIVER_STDIO_H_
#define TIDEMARK_NODE_DRIVER_STDIO_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/base/time.h"
#include "node/driver/line_reader.h"
#include "node/raft/notice.h"
#include "node/server/io.h"
#include "node/server/options.h"
#include "node/server/server.h"
#include "node/storage/storage.h"
#include "node/wire/gateway.h"

namespace tidemark::driver {

struct StdioOptions {
  server::Options server;
  wire::GatewayOptions gateway;
  bool stock_replies = false;
  std::optional<uint64_t> seed;  // absent: from the system's entropy (real clock), 1 (virtual)
  std::string data_dir;          // empty: in memory
  raft::Notice::Level log_level = raft::Notice::Level::kInfo;
};

// What the process ends with.
enum ExitStatus : int {
  kExitOk = 0,
  kExitOutput = 1,   // stdout is gone
  kExitUsage = 2,    // the flags
  kExitStorage = 3,  // the data directory could not be opened, or failed
};

class StdioDriver {
 public:
  StdioDriver(const StdioOptions& options, int in_fd, int out_fd);

  // Serves until the input ends, then answers what needs no peer and returns.
  ExitStatus Run();

 private:
  ExitStatus Loop();
  void WaitForInput();
  Time Now() const;

  void TakeLine(std::string_view line, bool truncated);
  void Take(const std::string& dest, wire::InitRequest& init);
  void Take(const std::string& dest, wire::AdvanceRequest& advance);
  void Take(const std::string& dest, server::ClientRequest& request);
  void Take(const std::string& dest, server::PeerMessage& message);
  void Take(const std::string& dest, wire::Refused& refused);
  // Peers' messages carry what clients sent, and more: they may be longer than a client's.
  size_t LimitFor(std::string_view beginning) const;
  // A message that nobody can be told about was refused.
  void CountRefused();
  bool Misdirected(const std::string& dest, const std::optional<server::ClientRef>& from);

  void StartNode(const wire::InitRequest& init);
  std::unique_ptr<storage::Storage> OpenStorage(const wire::InitRequest& init,
                                                raft::Incarnation fresh);
  void Refuse(const std::string& dest, const server::ClientRef& to, server::Error error);
  void StepPending();
  void Step(std::vector<server::Input>* inputs);
  // Does what a step says, in its order; what waits for the disk goes out when the disk has it.
  void Perform(server::Output* out);
  void MakeDurable(const server::Output& out);
  void PassDeadline();
  void AdvanceTo(Time target);
  void Log(raft::Notice::Level level, std::string_view text);
  void Flush();
  void Stop(ExitStatus status);

  const StdioOptions options_;
  const int in_fd_;
  const int out_fd_;
  LineReader reader_;

  std::unique_ptr<storage::Storage> storage_;
  std::unique_ptr<server::Server> server_;
  std::vector<server::Input> pending_;
  bool alone_ = false;          // the cluster is this node
  bool write_pending_ = false;  // among pending_
  Time virtual_now_;
  Time deadline_ = Time::Never();
  int64_t next_msg_id_ = 0;  // until there is a server, which then counts
  uint64_t rejected_ = 0;
  std::string out_;
  std::optional<ExitStatus> stopped_;
};

}  // namespace tidemark::driver

#endif  // TIDEMARK_NODE_DRIVER_STDIO_H_
