// A whole cluster with its clients, disks, clocks and network in one thread, under one seed and
// virtual time. The same settings give the same run, to the bit.
//
// Messages pass as the structs that the core takes. What is asserted meanwhile: the laws of Raft on
// each step (harness/check/log), each answer against what the log comes to (clients.h), and what
// clients saw, as a history, at the end (harness/check).
#ifndef TIDEMARK_HARNESS_SIMULATION_SIMULATION_H_
#define TIDEMARK_HARNESS_SIMULATION_SIMULATION_H_

#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "harness/check/log/ledger.h"
#include "harness/check/log/raft_laws.h"
#include "harness/check/violation.h"
#include "harness/simulation/clients.h"
#include "harness/simulation/direction.h"
#include "harness/simulation/event_queue.h"
#include "harness/simulation/holds.h"
#include "harness/simulation/machine.h"
#include "harness/simulation/network.h"
#include "harness/simulation/onlooker.h"
#include "harness/simulation/plan.h"
#include "harness/simulation/reached.h"
#include "harness/simulation/recorder.h"
#include "harness/simulation/settings.h"
#include "harness/simulation/slots.h"

namespace tidemark::simulation {

struct Result {
  std::optional<check::Violation> violation;
  // Runs whose history the search could neither explain nor refute within its steps: not failed,
  // nor passed.
  uint64_t undecided = 0;
  uint64_t trace_hash = 0;  // of everything that happened, in order
  int64_t ended_us = 0;     // simulated time
  Clients::Counters clients;
  uint64_t events = 0;
  uint64_t messages = 0;
  uint64_t elections = 0;
  uint64_t committed = 0;
  uint64_t faults = 0;
  uint64_t lost = 0;                           // no quorum is left that could heal
  std::array<uint64_t, kFaultKinds> played{};  // faults and what clients do, by their bits
  uint32_t operations = 0;                     // numbers drawn so far
  Reached reached;
  std::vector<Reseed> reseeds;  // the settings', and those of the futures that it went on in
};

// Where a run may go on in more than one future.
class Crossroads {
 public:
  virtual ~Crossroads() = default;
  // The run has just reached `landmarks`. nullopt: it goes on as it would. A number: this is
  // another future, in which chance takes another course.
  virtual std::optional<uint64_t> At(const Settings& settings, int64_t now_us,
                                     const LandmarkSet& landmarks) = 0;
};

class Simulation {
 public:
  // `recorder` and `crossroads` may be null; they outlive this object.
  explicit Simulation(const Settings& settings, Recorder* recorder = nullptr,
                      Crossroads* crossroads = nullptr);
  ~Simulation();

  // Once. Stops at the first violation.
  Result Run();
  const Plan& plan() const { return plan_; }
  // What the clients did and saw.
  // Up to the moment at which another history took its place, where that happened.
  const check::History& history() const { return former_ ? *former_ : clients_.history(); }

 private:
  struct Answer {
    uint32_t ordinal = 0;
    server::Reply reply;
  };
  struct Act {
    ActKind kind = ActKind::kPartition;
    int node = 0;
    uint64_t generation = 0;
    uint32_t nodes = 0;  // whose disks it filled, as bits
    bool halfway = false;
    int tries = 0;                       // at what has to wait for the right moment
    server::WriterNumber writer_number;  // of the copy that took the disk's place
  };
  // The directed fault under way.
  struct Playing {
    uint32_t act = 0;
    Direction direction;
    Random random{0};
    Holds holds;
    size_t stage = 0;
    bool begun = false;
    int64_t until_us = 0;
    bool works = false;
    uint32_t asked = 0;
  };

  // simulation.cc
  int64_t Launch();
  void Dispatch(const Event& event);
  void Deliver(int node, uint32_t place);
  void TakeAnswer(const Answer& answer);
  void PassWake(const Event& event);
  void PassSync(Machine* machine, uint32_t life);
  void PassWork(Machine* machine, uint32_t life);
  void BeginRequest();
  void Arrive(Attempt* attempt);
  bool Over() const { return laws_.violation().has_value() || done_; }
  void FailLivelock();
  void EndMoment();
  void TakeCourse(uint64_t number);
  void Mix(uint64_t word);

  // machines.cc: what a machine does
  void Start(Machine* machine);
  void Stop(Machine* machine);
  void Feed(Machine* machine, server::Input&& input);
  void PlanInbox(Machine* machine, int64_t at_us);
  void TakeInbox(Machine* machine);
  class MachinePorts;

  void Step(Machine* machine, absl::Span<server::Input> inputs);
  // Of its node's ports (MachinePorts): what a step says is seen, and what of it concerns the disk
  // is done there.
  void Watch(Machine* machine, const server::Output& out);
  void Submit(Machine* machine, server::Output* out);
  void BeginSync(Machine* machine);
  void Send(Machine* from, server::PeerMessage&& message);
  bool Launched(const Machine& machine) const;
  void Post(int64_t arrives_us, int to, server::PeerMessage&& message);
  void Reply(Machine* machine, server::Reply&& reply);
  void PlanWake(Machine* machine);
  bool ThroughCodec(server::PeerMessage* message);

  // observe.cc: what it did is judged
  void Observe(Machine* machine, const server::Output& out);
  void ObserveVote(const Machine& machine, const raft::HardState& state);
  void ObserveAppend(Machine* machine, const raft::EntryRef& entry);
  void ObserveLeader(const Machine& machine);
  void ObserveCommits(Machine* machine);
  void CheckDurableCommit(const Machine& machine, raft::LogPosition at);
  void CheckCommitOfOwnTerm(const Machine& machine, raft::LogPosition at);
  void PlanHint(Machine* machine);
  void WriteHint(Machine* machine, uint32_t life);
  void PlanWork(Machine* machine);
  void FeedAll(Machine* machine, std::vector<server::Input> inputs);
  bool OnDisk(const raft::Member& member, raft::LogPosition at) const;
  bool VoteOnDisk(const raft::Member& voter, const raft::Member& leader, raft::Term term) const;

  // faults.cc: what happens to machines and links
  void BeginAct();
  void Do(uint32_t ordinal, ActKind kind, Random* random);
  void Undo(uint32_t ordinal);
  int64_t DrawActSpan(Random* random, int64_t max_ms) const;
  void UndoAfter(int64_t span_us, uint32_t ordinal);
  void DoCrash(Machine* machine, uint32_t ordinal, int64_t span_us);
  void DoWipe(Machine* machine, uint32_t ordinal, int64_t span_us);
  void DoClog(Machine* machine, Random* random);
  void DoPause(Machine* machine, int64_t span_us);
  void DoClock(Machine* machine, ActKind kind, Random* random);
  void DoSlowDisk(Machine* machine, int64_t span_us);
  void DoCatchUp(Machine* machine, uint32_t ordinal, int64_t span_us);
  void CountPlayed(Fault fault) { ++result_.played[Place(fault)]; }
  int Leader() const;
  void Tell(const std::string& text, const std::string& directive = "");

  // directed.cc: a fault that knows the protocol
  void DoDirect(uint32_t ordinal, Random* random);
  void PlayOn(uint32_t ordinal);
  void BeginStage();
  bool StageIsOver() const;
  void EndStage();
  void EndDirection();
  void Depose(Stage::How how);
  void LetStand(bool star_only);
  void BarStar(Stage::How how);
  void ReleaseHeld(bool from_star, bool in_order, int64_t span_us);
  void AskDirected();
  bool Leads(int node) const;

  // disk_faults.cc: disks that are full, hang, or are slow together
  void DoFullDisk(int node, uint32_t ordinal, int64_t span_us, Random* random);
  void Fill(Machine* machine, uint32_t ordinal, uint64_t left);
  void FreeDisks(uint32_t nodes);
  void Look(Machine* machine);
  void DoHungDisk(int node, uint32_t ordinal, Random* random);
  void EndHang(Machine* machine);
  void DoSlowSyncs(int64_t span_us, Random* random);
  void DoFullTail(uint32_t ordinal, int64_t span_us, Random* random);
  void DeposeBehindFullDisks(uint32_t ordinal);
  void EndFullTail(const Act& act);

  // gone_back.cc: a disk that goes back
  void DoGoBack(Machine* machine, uint32_t ordinal, int64_t span_us);
  void GoOnBack(uint32_t ordinal);
  void TryAgain(Machine* machine, uint32_t ordinal);
  void PutCopyInPlace(Machine* machine, uint32_t ordinal);
  void PutRightDiskBack(Machine* machine, uint32_t ordinal);
  bool IsNamed(const Machine& machine) const;
  bool MayGoBack(const Machine& machine, const Disk& copy) const;
  bool MayForget(const Machine& machine) const;
  static bool IsWhole(const Machine& machine, const Disk& replaced, server::WriterNumber copied);
  void AskAt(const Machine& machine, uint32_t ordinal);
  void GaveUp(Machine* machine);
  void BeginEmpty(Machine* machine);

  // odd_state.cc: memory that goes bad
  bool IsOdd(const Machine& machine) const;
  void DoOddState(Machine* machine, uint32_t ordinal, Random* random);
  void CutOffThird(const Machine& odd, uint32_t ordinal, Random* random);
  void ObserveQuarantine(Machine* machine);
  void CheckQuarantine(const Machine& machine, const server::Reply& reply);

  // replaced.cc: the history that clients have seen gives way to another
  void CopyDisks(uint32_t ordinal, int64_t span_us);
  void RestoreDisks();
  void DoForce(Machine* survivor);
  bool MayReplaceHistory() const;
  void StopAll();
  void ReplaceHistory(check::RaftLaws&& laws, check::Ledger&& ledger, uint64_t common);

  // recovery.cc: after the faults
  void EndFaults();
  std::vector<int> Able() const;
  bool ToBeFoundOut(const Machine& machine) const;
  bool QuorumIsAble() const;
  void GiveUpAsLost();
  std::vector<int> ChooseMajority(Random* random) const;
  void BreakRest(const std::array<bool, kMaxNodes>& healed, Random* random);
  void SendProbes();
  void JudgeProbes();
  void JudgeEnd();
  bool Served(int node) const;
  bool StillCatchingUp();
  std::string WhatIsMissing(int node) const;

  Settings settings_;
  const Plan plan_;
  Recorder* const recorder_;
  Crossroads* const crossroads_;
  int64_t now_us_ = 0;
  bool done_ = false;
  EventQueue events_;
  Random chance_;  // identities, disks, clients' ways
  Network network_;
  std::vector<Machine> machines_;
  // Disks that were wiped: what they had promised was promised.
  std::vector<std::pair<raft::Member, Disk>> lost_disks_;
  // Of disks that go back, by the fault: the copy that is to take the disk's place; from then on
  // the disk itself.
  std::map<uint32_t, Disk> copies_;

  Slots<server::PeerMessage> post_;
  Slots<Answer> answers_;

  check::RaftLaws laws_;
  check::Ledger ledger_;
  Clients clients_;
  Onlooker onlooker_;
  size_t next_reseed_ = 0;
  uint32_t next_operation_ = 1;
  uint32_t next_act_ = 0;
  std::vector<Act> acts_;
  uint64_t partition_generation_ = 0;
  int64_t wipes_left_ = 0;
  std::unique_ptr<Playing> playing_;
  // Of all disks, and of what is known of the log at that moment.
  struct Copy {
    std::vector<Disk> disks;
    std::vector<bool> was_odd;
    size_t lost_disks = 0;
    int64_t wipes_left = 0;
    check::RaftLaws laws;
    check::Ledger ledger;
  };
  std::unique_ptr<Copy> copy_;
  std::optional<check::History> former_;
  bool odd_states_ = false;     // there was one
  int64_t burst_until_us_ = 0;  // clients ask for many times as much

  enum class Phase { kFaults, kHealing, kSettling };
  Phase phase_ = Phase::kFaults;
  int64_t phase_began_us_ = 0;
  std::array<bool, kMaxNodes> healed_{};
  std::array<bool, kMaxNodes> found_out_{};  // their states differ, and they must come to know
  std::array<bool, kMaxNodes> served_{};
  uint64_t progress_ = 0;  // entries committed and applied, over all that is healed
  int64_t progress_at_us_ = 0;
  std::vector<uint32_t> probes_;

  Result result_;
};

// What the clients saw: a violation, or undecided. `search`: by search as well, which tries
// `search_steps` operations at most.
void Judge(const check::History& history, bool search, uint64_t search_steps, Result* result);

// Runs `settings` once, and judges the history as well; every hundredth seed twice, since a run
// that does not repeat is a violation by itself. With `crossroads`, what is returned may be of
// another future: its reseeds say of which.
Result Simulate(const Settings& settings, Crossroads* crossroads = nullptr);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_SIMULATION_H_
