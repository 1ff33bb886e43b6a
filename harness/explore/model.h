// The parts that worlds are made of, each kept once, and what a step makes of them.
//
// A node's step depends on the node and on what happens to it, on nothing else; so each pair is run
// through the real core once, and its outcome serves every world in which the two meet again. There
// are a hundred times fewer such pairs than worlds, or fewer still.
#ifndef TIDEMARK_HARNESS_EXPLORE_MODEL_H_
#define TIDEMARK_HARNESS_EXPLORE_MODEL_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "harness/check/violation.h"
#include "harness/explore/event.h"
#include "harness/explore/intern.h"
#include "harness/explore/node.h"
#include "harness/explore/options.h"

namespace tidemark::explore {

// A log as far as it must be compared: `chain` tells apart all that stands up to here.
struct Mark {
  raft::Term term;
  uint64_t chain = 0;
  bool operator==(const Mark&) const = default;
};
using Marks = absl::InlinedVector<Mark, 6>;

// What worlds look at in a node, without going through it.
struct KnownNode {
  std::unique_ptr<const Node> node;
  uint64_t fingerprint = 0;
  raft::Term term;
  bool leads = false;
  bool loyal_follower = false;
  bool has_deadline = false;
  size_t pending_steps = 0;
  size_t pending_records = 0;
  size_t commit = 0;
  Marks log;   // in memory
  Marks disk;  // what a crash would leave
};

struct KnownMessage {
  raft::Message message;
  uint64_t fingerprint = 0;
  size_t to = 0;
  bool asks_for_vote = false;
  bool answers_leader = false;  // what its leader sent to all
};

// What a node and something that happened to it became.
struct Step {
  uint32_t node = 0;
  absl::InlinedVector<uint32_t, 4> sent;
  absl::InlinedVector<uint64_t, 1> confirmed_reads;
  std::unique_ptr<const check::Violation> violation;  // of a rule about one node; null: none
};

class Model {
 public:
  explicit Model(WorldOptions options) : options_(std::move(options)) {}

  const WorldOptions& options() const { return options_; }
  const KnownNode& node(uint32_t id) const { return nodes_[id]; }
  const KnownMessage& message(uint32_t id) const { return messages_[id]; }
  size_t distinct_nodes() const { return nodes_.size(); }
  size_t distinct_messages() const { return messages_.size(); }
  size_t distinct_steps() const { return steps_.size(); }

  uint32_t Add(const Node& node);
  uint32_t Add(const raft::Message& message);

  // The outcome of `event` at a node for which it is possible; stays where it is.
  const Step& StepOf(uint32_t node, Event event);

 private:
  Step Run(const Node& before, Event event);
  const raft::Message* DeliveredBy(Event event) const;

  const WorldOptions options_;
  InternTable<KnownNode> nodes_;
  InternTable<KnownMessage> messages_;
  InternTable<Step> steps_;
};

}  // namespace tidemark::explore

#endif  // TIDEMARK_HARNESS_EXPLORE_MODEL_H_
