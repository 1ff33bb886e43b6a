// The driver's half of a node's contract, once: whatever a node runs on (a pipe, a network, a
// simulation, a test), this carries out what its server says, in the order that makes its promises
// true. No I/O and no clock of its own: what it stands on is behind ports.
#ifndef TIDEMARK_NODE_HOST_NODE_HOST_H_
#define TIDEMARK_NODE_HOST_NODE_HOST_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "node/base/time.h"
#include "node/raft/notice.h"
#include "node/server/io.h"
#include "node/server/options.h"
#include "node/server/server.h"

namespace tidemark::host {

// What a node stands on. Called within NodeHost::Step alone, in the order that is told there.
class Ports {
 public:
  virtual ~Ports() = default;

  // For the operator.
  virtual void Tell(const raft::Notice& notice) = 0;
  // Takes from `out` what concerns the disk: records, slice, pieces, reads, what is kept,
  // log_first, committed. What becomes of it comes back as inputs: from Settled, or of a later
  // Step.
  virtual void Submit(server::Output* out) = 0;
  // What the disk has done by now and the node must be told before anything else: all that a disk
  // does which works within Submit.
  virtual std::vector<server::Input> Settled() = 0;
  virtual void Send(server::PeerMessage message) = 0;
  virtual void Answer(server::Reply reply) = 0;

  // Around each step of the server, for who watches it: before, with what goes in; after, with what
  // came out and has not been carried out.
  virtual void BeforeStep(absl::Span<const server::Input> /*inputs*/) {}
  virtual void AfterStep(const server::Output& /*out*/) {}
  // False: it is over, and nothing more is to be carried out.
  virtual bool open() const { return true; }
};

class NodeHost {
 public:
  // `ports` outlive it. The first Step, with no inputs, says what the start has to say.
  NodeHost(const server::Options& options, const server::Birth& birth, server::Recovered recovered,
           Time now, Ports* ports);
  NodeHost(const NodeHost&) = delete;
  NodeHost& operator=(const NodeHost&) = delete;

  // Gives the node `inputs` at `now`, which never falls, and carries out what it says: notices,
  // what concerns the disk, messages that promise nothing, answers; then promises (votes,
  // acknowledgements), which wait until the records of their step and of all before it are on disk,
  // that is until a Persisted among the inputs says so. Goes on for as long as the node has more to
  // say or the disk has settled something.
  void Step(Time now, absl::Span<server::Input> inputs);

  // When to step next, if nothing happens before.
  Time deadline() const { return deadline_; }
  const server::Server& server() const { return server_; }
  // Promises wait for the disk.
  bool holds() const { return !held_.empty(); }
  // The memory has gone back. Nothing that was promised leaves any more; once the mark that says so
  // is on disk it is over.
  bool gone_back() const { return gone_back_at_.has_value(); }
  bool over() const { return gone_back_at_ && *gone_back_at_ <= persisted_; }

 private:
  struct Held {
    uint64_t sequence = 0;
    std::vector<server::PeerMessage> messages;
  };

  // Whether the node has more to say.
  bool StepOnce(Time now, absl::Span<server::Input> inputs);
  void NotePersisted(absl::Span<const server::Input> inputs);
  void CarryOut(server::Output* out);
  void Send(std::vector<server::PeerMessage>* messages);

  Ports* const ports_;
  server::Server server_;
  std::deque<Held> held_;  // by sequence
  uint64_t persisted_ = 0;
  std::optional<uint64_t> gone_back_at_;
  Time deadline_ = Time::Never();
};

}  // namespace tidemark::host

#endif  // TIDEMARK_NODE_HOST_NODE_HOST_H_
