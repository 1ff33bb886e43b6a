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

#include "absl/status/status.h"
#include "node/base/random.h"
#include "node/base/time.h"
#include "node/driver/disk.h"
#include "node/driver/line_reader.h"
#include "node/driver/seen_ids.h"
#include "node/host/node_host.h"
#include "node/log/log.h"
#include "node/raft/notice.h"
#include "node/server/io.h"
#include "node/server/options.h"
#include "node/server/server.h"
#include "node/storage/node_storage.h"
#include "node/wire/gateway.h"

namespace tidemark::driver {

struct StdioOptions {
  server::Options server;
  wire::GatewayOptions gateway;
  bool stock_replies = false;
  std::optional<uint64_t> seed;  // absent: from the system's entropy (real clock), 1 (virtual)
  std::string data_dir;          // empty: in memory
  // data_dir is an AutoDirectory's: of each test that the process which starts the nodes makes, by
  // its count of messages, a directory of its own within it.
  bool auto_data_dir = false;
  // init is answered when the node is ready to serve (Server::ready), after so long at the latest;
  // at once where it has a log already. Absent: at once.
  std::optional<Duration> init_held;
  storage::Options storage;
  // Makes a new cluster of what the data directory has, in place of this one; zero: it was not said
  // which.
  std::optional<raft::ClusterId> force_new_cluster;
  // Where the data directory has gone back: it is moved aside, and the node begins anew. Else it
  // stops.
  bool rejoin_on_rollback = false;
};

// What the process ends with.
enum ExitStatus : int {
  kExitOk = 0,
  kExitOutput = 1,      // stdout is gone
  kExitUsage = 2,       // the flags
  kExitStorage = 3,     // the data directory could not be opened: in use, damaged, another node's
  kExitDiskFailed = 4,  // it failed under way: a write or a sync that was not for want of room
  kExitInput = 6,       // stdin cannot be read (5 is node check's: a node is running there)
  kExitGoneBack = 7,    // the data directory has gone back to an older state
  // kNoResources (node/process/program.h) is the system's refusal of memory, threads, descriptors.
};

class StdioDriver : private host::Ports {
 public:
  // `log` outlives it, and is told of the end.
  StdioDriver(const StdioOptions& options, int in_fd, int out_fd, log::Log* log);

  // Serves until the input ends, then answers what needs no peer and returns. A node that is alone
  // answers everything, at the latest with the error of its time-out.
  ExitStatus Run();

 private:
  ExitStatus Loop();
  ExitStatus EndOfInput(LineReader::State state);
  void WaitForInput();
  int WaitMs() const;
  Time Now() const;

  void TakeLine(std::string_view line, bool truncated);
  void Take(const std::string& dest, wire::InitRequest& init);
  void Take(const std::string& dest, wire::AdvanceRequest& advance);
  void Take(const std::string& dest, server::ClientRequest& request);
  void Take(const std::string& dest, server::PeerMessage& message);
  void Take(const std::string& dest, wire::Refused& refused);
  // Peers' messages carry what clients sent, and more: they may be longer than a client's, by what
  // nodes do send.
  size_t LimitFor(std::string_view beginning) const;
  // A message that nobody can be told about was refused.
  void CountRefused();
  bool Misdirected(const std::string& dest, const std::optional<server::ClientRef>& from);

  void StartNode(const wire::InitRequest& init);
  // Where it is time to, or (`now_or_never`) at any rate.
  void AnswerInit(bool now_or_never);
  absl::StatusOr<std::string> DataDirectory(const wire::InitRequest& init);
  absl::StatusOr<storage::NodeStorage> OpenStorage(bool forces);
  void CannotStart(const absl::Status& why);
  // The node of init_, on storage_.
  void BeginNode();
  bool BeginsAnew();
  void EndGoneBack();
  DiskOptions HowToWork() const;
  void Refuse(const std::string& dest, const server::ClientRef& to, server::Error error);
  // From now on lines may be as long as the cluster of this node takes them.
  void AdoptLimits();
  void StepPending();
  void Step(std::vector<server::Input>* inputs);
  // What the node stands on.
  void Tell(const raft::Notice& notice) override { Log(notice.level, notice.text); }
  void Submit(server::Output* out) override { disk_->Submit(out); }
  std::vector<server::Input> Settled() override;
  void Send(server::PeerMessage message) override;
  void Answer(server::Reply reply) override;
  bool open() const override { return !stopped_.has_value(); }
  // What the disk has done, for the node; a disk that failed stops it.
  std::vector<server::Input> CollectFromDisk();
  void TakeFromDisk();
  // Until the disk has done something, or the next deadline has passed.
  void AwaitDisk();
  // The cluster is this node: what comes of a request is a matter of its disk alone.
  bool Alone() const;
  // Until all writes of a node that is alone have been answered that it can get done.
  void FinishWrites();
  bool WritesGoOn() const;
  // Until all that was taken is on disk, and everything is answered that can be without input.
  void FinishAll();
  void TellUnanswered();
  void PassDeadline();
  void AdvanceTo(Time target);
  // `kind`: as Repetitions::Take has it; to be named where the text is what others have sent.
  void Log(raft::Notice::Level level, std::string text, std::string_view kind = {});
  void Flush();
  void Stop(ExitStatus status);

  const StdioOptions options_;
  const int in_fd_;
  const int out_fd_;
  log::Log* const log_;
  wire::GatewayOptions gateway_;
  std::optional<Limits> adopted_limits_;  // of the cluster
  LineReader reader_;

  wire::InitRequest init_;
  std::string directory_;  // that holds the node's; empty: in memory
  // Never repeat in the real world, and do in a replay.
  std::optional<Random> identities_;
  storage::NodeStorage storage_;
  std::unique_ptr<Disk> disk_;  // null, as host_, until there is a node
  std::unique_ptr<host::NodeHost> host_;
  const server::Server* server_ = nullptr;  // host_'s
  std::vector<server::Input> pending_;
  struct HeldInit {
    raft::NodeId node;
    server::ClientRef from;
    int64_t msg_id = 0;  // of the answer
    Time until;
  };
  std::optional<HeldInit> held_init_;    // not answered yet
  std::optional<uint64_t> incoming_id_;  // of the line that is being taken
  std::unique_ptr<SeenIds> seen_ids_;    // of --data-dir auto, once there is a node
  bool write_pending_ = false;           // among pending_
  Time virtual_now_;
  Time deadline_ = Time::Never();
  int64_t next_msg_id_ = 0;  // of the next reply
  uint64_t rejected_ = 0;
  std::string out_;
  std::optional<ExitStatus> stopped_;
};

}  // namespace tidemark::driver

#endif  // TIDEMARK_NODE_DRIVER_STDIO_H_
