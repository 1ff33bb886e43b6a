// Looks on, from outside the nodes, and notes what a run reaches: which steps, what clients are
// told, and landmarks (landmarks.h). It changes nothing and draws nothing.
#ifndef TIDEMARK_HARNESS_SIMULATION_ONLOOKER_H_
#define TIDEMARK_HARNESS_SIMULATION_ONLOOKER_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "harness/simulation/clients.h"
#include "harness/simulation/event_queue.h"
#include "harness/simulation/machine.h"
#include "harness/simulation/network.h"
#include "harness/simulation/reached.h"
#include "harness/simulation/slots.h"
#include "node/raft/raft.h"
#include "node/server/io.h"

namespace tidemark::simulation {

// All that there is to be seen. What it points to outlives it.
struct Surroundings {
  const std::vector<Machine>& machines;
  const EventQueue& events;
  const Slots<server::PeerMessage>& post;
  const Network& network;
  const Clients& clients;
  const int64_t& now_us;

  // Whether `holds(message)` for one that is under way. Walks over all that is still to happen.
  template <typename Holds>
  bool AnyUnderWay(const Holds& holds) const {
    return events.Any([&](const Event& event) {
      return event.kind == EventKind::kMessage && holds(post.at(event.what));
    });
  }
};

// What is remembered of one machine.
struct Notes {
  uint64_t life = 0;                   // as its node calls this start in its questions
  std::vector<raft::Term> led;         // in this life, the present one included
  std::vector<raft::Term> led_before;  // in former lives, on the same disk
  bool came_back_empty = false;        // in this life or a former one
  int64_t elected_us = 0;
  raft::Index last_when_stopped;
  std::optional<raft::Index> takes_snapshot_at;  // slices are being made
  // The snapshot that it is being sent.
  std::optional<raft::Index> is_sent;
  raft::NodeId is_sent_by;
  raft::Term is_sent_in;
  raft::Term sends_snapshot_in;  // the last term in which it read pieces of one to be sent
  bool was_in_doubt = false;     // it told a client so, in this life
  raft::Index proved;            // the highest index that it served a proof of, in this life
};

// One moment at one machine. `machine.seen` is what was so before the step, `machine.server` what
// is so now: for When::kArrives the same.
struct Scene {
  const Surroundings& around;
  const Machine& machine;
  const Notes& notes;
  raft::Raft::Role role_before = raft::Raft::Role::kFollower;
  size_t inputs = 0;                             // of this step
  const server::PeerMessage* message = nullptr;  // of When::kArrives
  const server::Output* out = nullptr;
  const server::Reply* reply = nullptr;  // of When::kReplies
  raft::Index cut_from;                  // of When::kCut

  const raft::Raft& raft() const { return machine.server->raft(); }
};

class Onlooker {
 public:
  explicit Onlooker(const Surroundings& around);

  // `machine` has a node again, which has not taken a step yet; `life`: as the node calls it.
  void Started(const Machine& machine, uint64_t life);
  // Before anything of it goes.
  void Stops(const Machine& machine);
  void LostItsDisk(const Machine& machine);
  void BeforeStep(const Machine& machine, absl::Span<const server::Input> inputs);
  // Before `machine.seen` follows.
  void AfterStep(const Machine& machine, const server::Output& out);

  const Reached& reached() const { return reached_; }
  // The landmarks that were reached since this was last asked.
  LandmarkSet TakeNews();

 private:
  static constexpr size_t kWhens = 9;

  Notes& NotesOf(const Machine& machine) { return notes_[static_cast<size_t>(machine.number)]; }
  Scene SceneAt(const Machine& machine) const;
  void Look(size_t when, const Scene& scene);
  void NoteRole(const Machine& machine, const Scene& scene);
  void NoteSnapshots(const Machine& machine, const server::Output& out, const Scene& scene);
  void NoteStep(const Machine& machine, const server::Output& out);
  void NoteReplies(const server::Output& out, Scene scene);
  void NoteTold(const server::Reply& reply);

  const Surroundings around_;
  std::array<Notes, kMaxNodes> notes_;
  // The landmarks that were not reached yet, by when they are looked for.
  std::array<std::vector<size_t>, kWhens> waiting_;
  Reached reached_;
  LandmarkSet news_;

  // Of the step under way.
  raft::Raft::Role role_before_ = raft::Raft::Role::kFollower;
  size_t inputs_ = 0;
  std::optional<StepPlace> place_;  // where it is one message; the outcome is not known yet
  bool snapshot_taken_ = false;
};

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_ONLOOKER_H_
