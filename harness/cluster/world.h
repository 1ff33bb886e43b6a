// A cluster of real node processes, the network between them and the time they live in. What is
// common to virtual time (virtual_world.h) and real time (real_world.h) is here; most callers need
// no more than this interface.
//
//   cluster::RealWorld world(options);                      // three nodes, in real time
//   RETURN_IF_ERROR(world.StartAndInit(options.names));
//   RETURN_IF_ERROR(world.Send("n1", R"({"src": "c1", "dest": "n1", "body": {…}})"));
//   RETURN_IF_ERROR(world.Poll(Duration::Millis(1000)));    // until something came
//   for (const cluster::Seen& seen : world.TakeSeen()) …
//
// Every node that was ever started here is the world's: messages between those go through the
// network, everything else that they print is for the caller. Not for more than one thread: nodes
// end with the thread that started them.
#ifndef TIDEMARK_HARNESS_CLUSTER_WORLD_H_
#define TIDEMARK_HARNESS_CLUSTER_WORLD_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "harness/cluster/network.h"
#include "harness/cluster/process.h"
#include "node/base/time.h"

namespace tidemark::cluster {

struct WorldOptions {
  // All names of the cluster, as `init` tells them to the nodes.
  std::vector<std::string> names;
  // The node's program with the arguments that every node gets.
  std::vector<std::string> command;
  // From which the seed of each start of each node is derived (virtual time only).
  uint64_t seed = 1;
  // Of a message from node to node; in virtual time whole milliseconds.
  Duration delay = Duration::Millis(1);
  // Passed as --data-dir to every node, which keeps its files in data_dir/<name>. Empty: not
  // passed.
  std::string data_dir;
  // Each node's stderr is appended to stderr_dir/<name>.stderr. Empty: discarded.
  std::string stderr_dir;
  // How long, in real time, a node may take to answer the harness itself.
  Duration patience = Duration::Millis(10'000);
  // As Maelstrom has it: who says something to a node that was not started yet is not heard any
  // more, by nobody.
  bool mutes_early_words = false;
};

// A line that a node printed for somebody outside the cluster (or for a peer, with
// set_show_peers).
struct Line {
  Time at;           // world time
  std::string node;  // who printed it
  std::string to;    // its `dest`; empty: the line is no message
  std::string text;  // without its newline
};
// A node ended, and the world did not kill it.
struct Exit {
  Time at;
  std::string node;
  ExitStatus status;
};
using Seen = std::variant<Line, Exit>;

class World {
 public:
  enum class Data { kKeep, kWipe };

  virtual ~World() = default;
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Starts a node that does not run, with `args` behind the command's. Errors: InvalidArgument for
  // a name that is not the cluster's, FailedPrecondition if it runs already, SpawnChild's.
  absl::Status Start(const std::string& name, const std::vector<std::string>& args = {});
  // Sends `init` from "c0" with all names, waits for its init_ok and keeps that to itself.
  // Errors: Unavailable, naming the node and what came instead.
  absl::Status Init(const std::string& name);
  // Start and Init for each.
  absl::Status StartAndInit(const std::vector<std::string>& names);
  // SIGKILL. What it has sent is still under way. Errors: FailedPrecondition if it does not run.
  absl::Status Kill(const std::string& name);
  // Kills it if it runs and starts it with the arguments of its last start; Init is the caller's to
  // call. kWipe removes data_dir/<name> first. Errors: as Start.
  absl::Status Restart(const std::string& name, Data data);
  // The node sees the end of its input; its last words and its Exit are seen as they come.
  // Errors: FailedPrecondition if it does not run.
  virtual absl::Status CloseStdin(const std::string& name) = 0;
  bool Running(const std::string& name) const;
  bool Owns(std::string_view name) const;  // started here at least once
  // See WorldOptions::mutes_early_words.
  bool Muted(const std::string& name) const { return muted_.contains(name); }

  Network& network() { return network_; }

  // Hands `line` (no newline; it need not be JSON) to a node now, past the network. In virtual time
  // everything that the node says at once is seen when this returns. Errors: FailedPrecondition if
  // the node does not run; in virtual time Unavailable if it breaks the clock's protocol.
  virtual absl::Status Send(const std::string& name, std::string_view line) = 0;

  // Time passes until something is seen that was not taken yet, at most for `span`.
  absl::Status Poll(Duration span);
  // All of `span` passes.
  absl::Status Pass(Duration span);
  // World time, from 0.
  virtual Time Now() const = 0;
  // Some node has advanced its clock as it was told; in real time nobody is told to.
  virtual bool follows_clock() const { return false; }

  // What was seen and not taken yet, oldest first.
  std::deque<Seen>& seen() { return seen_; }
  std::vector<Seen> TakeSeen();
  // From now on messages between the world's nodes are seen too, when they are sent.
  void set_show_peers(bool show) { show_peers_ = show; }

 protected:
  struct Node {
    std::string name;
    std::vector<std::string> args;
    int starts = 0;
    Time started_at;
    std::unique_ptr<Process> process;  // null: it does not run
    // Virtual time only, in milliseconds since the start.
    int64_t now_ms = 0;
    int64_t next_ms = -1;  // the next deadline; -1: none
    int64_t last_msg_id = 0;
  };

  World(WorldOptions options, Duration init_patience);

  // Lets the next thing happen (true), or, if that is later than `limit`, time pass until then
  // (false).
  virtual absl::StatusOr<bool> Step(Time limit) = 0;
  // Further arguments for this start.
  virtual std::vector<std::string> ClockArguments(const Node& node) const = 0;

  absl::StatusOr<Node*> FindRunning(const std::string& name);
  // Where a line that a node has printed goes.
  void Route(const Node& node, std::string_view to, std::string_view line);
  // The node's output has ended: it is dead or as good as.
  void NoteExit(Node& node);

  const WorldOptions options_;
  std::map<std::string, Node> nodes_;
  Network network_;
  std::deque<Seen> seen_;

 private:
  SpawnOptions HowToSpawn(const Node& node) const;
  bool TakeInitOk(const std::string& name, size_t from, absl::Status* status);

  const Duration init_patience_;
  bool show_peers_ = false;
  std::set<std::string> muted_;
};

}  // namespace tidemark::cluster

#endif  // TIDEMARK_HARNESS_CLUSTER_WORLD_H_
