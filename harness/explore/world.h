// A cluster at one moment of one execution, and what can happen next.
#ifndef TIDEMARK_HARNESS_EXPLORE_WORLD_H_
#define TIDEMARK_HARNESS_EXPLORE_WORLD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "harness/check/violation.h"
#include "harness/explore/event.h"
#include "harness/explore/intern.h"
#include "harness/explore/model.h"
#include "harness/explore/options.h"
#include "harness/explore/past.h"

namespace tidemark::explore {

// Numbers of what the universe below keeps.
struct World {
  std::array<uint32_t, kMostNodes> nodes = {};
  uint32_t past = 0;
  Budgets budgets;
  absl::InlinedVector<uint32_t, 16> messages;  // under way, by rising fingerprint
};

// One thing that happened in a world, for a reader.
struct Happening {
  size_t node = 0;
  Event event;
  bool dropped = false;     // the message of `event` was lost instead
  bool duplicated = false;  // it is still under way
  bool synced = false;      // the node's disk finished at once
};

struct Successor {
  World world;
  Happening happening;
  std::optional<check::Violation> violation;  // in which case nothing follows
};

// Whether to go on with the next successor.
using Visit = absl::FunctionRef<bool(const Successor&)>;

// Worlds, and all that they are made of. Threads may use it at the same time.
class Universe {
 public:
  explicit Universe(const WorldOptions& options) : model_(options) {}

  Model& model() { return model_; }
  const Model& model() const { return model_; }

  // A world of these nodes with what is under way, and a past that knows only what they show.
  World Begin(const std::vector<Node>& nodes, const std::vector<raft::Message>& under_way);
  // All that can happen in `world`, one after the other, in an order that depends only on it. Each
  // is made in `next`, whose happening says what is being tried should the core stop the program.
  void ForEachSuccessor(const World& world, Successor* next, Visit visit);
  // What keeps `world` from recovering, when from now on all arrives, disks finish, and nodes that
  // hear nobody time out one after the other; null: somebody leads and has committed all it has.
  std::optional<check::Violation> CheckRecovery(const World& world);
  uint64_t Fingerprint(const World& world) const;
  std::string TextOf(const Happening& happening) const;

 private:
  friend class Branching;

  void TakeStep(size_t node, Event event, Successor* next);
  void TakeStepAndSync(size_t node, Event event, Successor* next);
  bool Elect(size_t candidate, size_t voter, Successor* next);
  template <typename Matches>
  std::optional<uint32_t> TakeMessages(size_t to, World* world, Matches matches);
  bool DeliverAll(Successor* next);
  bool LeadsWithAllCommitted(const World& world) const;
  void TakeTurn(size_t node, Successor* next);
  void Settle(size_t stepped, const Step& step, bool asks, World* world,
              std::optional<check::Violation>* violation);
  void Send(uint32_t message, World* world) const;
  std::string MessageText(const Happening& happening) const;
  uint32_t Add(Past past);

  Model model_;
  struct KnownPast {
    Past past;
    uint64_t fingerprint = 0;
  };
  InternTable<KnownPast> pasts_;
};

}  // namespace tidemark::explore

#endif  // TIDEMARK_HARNESS_EXPLORE_WORLD_H_
