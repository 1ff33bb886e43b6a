// What a machine does: it takes what arrives, steps its node, and carries out what that says, in
// the order in which node/server/io.h wants it.
#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "harness/simulation/chance.h"
#include "harness/simulation/simulation.h"
#include "node/base/assert.h"
#include "node/wire/gateway.h"

namespace tidemark::simulation {
namespace {

// A hint that has stood still for so long is written by itself.
constexpr int64_t kHintSettlesUs = 100'000;

int NumberOf(const raft::NodeId& id) { return id[1] - '1'; }

}  // namespace

// What a machine's node stands on. Its disk works beside it: nothing is settled within a step.
class Simulation::MachinePorts final : public host::Ports {
 public:
  MachinePorts(Simulation* simulation, Machine* machine)
      : simulation_(simulation), machine_(machine) {}

  void BeforeStep(absl::Span<const server::Input> inputs) override {
    simulation_->onlooker_.BeforeStep(*machine_, inputs);
    machine_->was_judged = simulation_->odd_states_ && machine_->server->raft().quarantined();
  }
  void AfterStep(const server::Output& out) override { simulation_->Watch(machine_, out); }
  void Tell(const raft::Notice& notice) override {
    Recorder* const recorder = simulation_->recorder_;
    if (recorder == nullptr || machine_->host->gone_back()) return;
    recorder->Noticed(simulation_->now_us_, machine_->number, notice);
  }
  void Submit(server::Output* out) override { simulation_->Submit(machine_, out); }
  std::vector<server::Input> Settled() override { return {}; }
  void Send(server::PeerMessage message) override {
    simulation_->Send(machine_, std::move(message));
  }
  void Answer(server::Reply reply) override { simulation_->Reply(machine_, std::move(reply)); }

 private:
  Simulation* const simulation_;
  Machine* const machine_;
};

void Simulation::Start(Machine* machine) {
  ++machine->life;
  server::Birth birth;
  for (const Machine& other : machines_) birth.identity.node_ids.push_back(other.id);
  birth.identity.life = raft::Life(chance_.NextIdentity());
  birth.seed = chance_.Next();
  std::string problem;
  server::Recovered recovered =
      machine->disk.Open({machine->id, birth.identity.node_ids}, &problem);
  if (!problem.empty()) laws_.Fail("Durability", absl::StrCat(machine->id, ": ", problem));
  birth.identity.self = machine->member();
  if (recovered.machine == nullptr) {
    recovered.machine = std::make_shared<kv::StateMachine>(plan_.writers);
  }
  machine->seen = {};
  machine->seen.rebirth = recovered.rebirth;
  machine->seen.term = recovered.hard_state.term;
  machine->seen.base = recovered.log_base.index;
  machine->seen.base_term = recovered.log_base.term;
  for (const raft::EntryRef& entry : recovered.log) machine->seen.log.push_back(entry->at.term);
  if (recovered.snapshot) {
    machine->seen.commit_index = machine->seen.applied = recovered.snapshot->last_included.index;
  }
  machine->hung_until_us = 0;
  machine->work_done_us = 0;
  machine->wake_planned_us = -1;
  machine->ports = std::make_unique<MachinePorts>(this, machine);
  machine->host =
      std::make_unique<host::NodeHost>(plan_.options, birth, std::move(recovered),
                                       machine->clock.Read(now_us_), machine->ports.get());
  machine->server = &machine->host->server();
  ObserveVote(*machine, machine->server->raft().hard_state());
  onlooker_.Started(*machine, birth.identity.life.value());
  // As node/driver has it: a node knows what room there is before it takes anything.
  std::vector<server::Input> first;
  if (problem.empty()) first.emplace_back(machine->disk.LookForRoom());
  Step(machine, absl::MakeSpan(first));
}

void Simulation::Stop(Machine* machine) {
  onlooker_.Stops(*machine);
  machine->server = nullptr;
  machine->host.reset();
  ++machine->life;
  machine->inbox.clear();
  machine->inbox_planned = false;
  machine->sync_hangs = false;
  machine->work_hangs = 0;
  machine->busy_until_us = 0;
  machine->wake_planned_us = -1;
  machine->disk.Crash(&chance_);
}

void Simulation::Feed(Machine* machine, server::Input&& input) {
  if (!machine->up()) return;
  if (machine->busy_until_us > now_us_) {
    machine->inbox.push_back(std::move(input));
    return PlanInbox(machine, machine->busy_until_us);
  }
  if (plan_.batch.us > 0) {
    machine->inbox.push_back(std::move(input));
    return PlanInbox(machine, now_us_ + Draw(&chance_, 0, plan_.batch.us));
  }
  Step(machine, absl::MakeSpan(&input, 1));
}

void Simulation::PlanInbox(Machine* machine, int64_t at_us) {
  if (machine->inbox_planned) return;
  machine->inbox_planned = true;
  events_.Push(at_us, EventKind::kTakeInbox, machine->number, machine->life);
}

void Simulation::TakeInbox(Machine* machine) {
  machine->inbox_planned = false;
  if (machine->busy_until_us > now_us_) return PlanInbox(machine, machine->busy_until_us);
  std::vector<server::Input> inputs;
  inputs.swap(machine->inbox);
  Step(machine, absl::MakeSpan(inputs));
}

void Simulation::Step(Machine* machine, absl::Span<server::Input> inputs) {
  machine->host->Step(machine->clock.Read(now_us_), inputs);
  if (machine->host->gone_back()) return GaveUp(machine);
  machine->deadline = machine->host->deadline();
  PlanWake(machine);
}

void Simulation::Watch(Machine* machine, const server::Output& out) {
  if (machine->was_judged) {
    for (const server::Reply& reply : out.replies) CheckQuarantine(*machine, reply);
  }
  onlooker_.AfterStep(*machine, out);
  Observe(machine, out);
}

void Simulation::Submit(Machine* machine, server::Output* out) {
  machine->disk.Write(out->sequence, std::move(out->records), out->log_first);
  if (machine->disk.NoteCommitted(out->committed)) PlanHint(machine);
  if (!machine->disk.idle() && !machine->disk.syncing()) BeginSync(machine);
  if (machine->disk.BeginWork(*out)) PlanWork(machine);
}

// What is written while a sync is under way goes into the next.
void Simulation::BeginSync(Machine* machine) {
  machine->disk.BeginSync();
  int64_t latency = Draw(&chance_, plan_.disk.sync_min.us, plan_.disk.sync_max.us);
  const bool slow = now_us_ < machine->slow_disk_until_us ||
                    (phase_ == Phase::kFaults && Roll(&chance_, plan_.disk.slow_permille));
  if (slow && machine->sync_at_most_us > 0 && now_us_ < machine->slow_disk_until_us) {
    latency += chance_.Between(machine->sync_at_least_us, machine->sync_at_most_us);
  } else if (slow) {
    latency += chance_.Between(0, std::max<int64_t>(plan_.disk.slow_max.us, 100'000));
  }
  events_.Push(now_us_ + latency, EventKind::kPersisted, machine->number, machine->life);
}

void Simulation::PlanHint(Machine* machine) {
  events_.Push(now_us_ + kHintSettlesUs, EventKind::kHint, machine->number, machine->life);
}

// As node/driver does it where nothing else is written.
void Simulation::WriteHint(Machine* machine, uint32_t life) {
  if (!machine->up() || machine->life != life) return;
  if (!machine->disk.idle() || now_us_ < machine->hung_until_us) return PlanHint(machine);
  machine->disk.WriteHint();
}

// The thread that sees to snapshots does one thing after the other.
void Simulation::PlanWork(Machine* machine) {
  const int64_t latency = Draw(&chance_, plan_.disk.sync_min.us, plan_.disk.sync_max.us);
  machine->work_done_us = std::max(machine->work_done_us, now_us_) + latency;
  events_.Push(machine->work_done_us, EventKind::kWorked, machine->number, machine->life);
}

bool Simulation::Launched(const Machine& machine) const {
  const auto number = static_cast<size_t>(machine.number);
  return plan_.launch_us.empty() || plan_.launch_us[number] <= now_us_;
}

void Simulation::Send(Machine* from, server::PeerMessage&& message) {
  ++result_.messages;
  const int to = NumberOf(message.header.to.id);
  if (const Machine& receiver = machines_[static_cast<size_t>(to)]; !Launched(receiver)) {
    laws_.Fail("launch", absl::StrCat(from->id, " says something to ", receiver.id,
                                      ", which is not launched yet: Maelstrom would hear nothing "
                                      "of ",
                                      from->id, " any more"));
    return;
  }
  if (plan_.codec && !ThroughCodec(&message)) return;
  if (playing_ != nullptr && !playing_->holds.Pass(from->number, to, &message)) return;
  const Network::Arrivals arrivals = network_.Send(from->number, to, now_us_);
  if (arrivals.empty()) return;
  for (size_t i = 1; i < arrivals.size(); ++i) Post(arrivals[i], to, server::PeerMessage(message));
  Post(arrivals[0], to, std::move(message));
}

void Simulation::Post(int64_t arrives_us, int to, server::PeerMessage&& message) {
  const uint32_t place = post_.Put(std::move(message));
  events_.Push(arrives_us, EventKind::kMessage, to, place);
}

bool Simulation::ThroughCodec(server::PeerMessage* message) {
  std::string line;
  wire::AppendPeerMessage(*message, &line);
  wire::Incoming incoming = wire::Decode(line, /*truncated=*/false, {.max_line_bytes = 64u << 20});
  auto* decoded = std::get_if<server::PeerMessage>(&incoming.message);
  if (decoded == nullptr) {
    laws_.Fail("what is sent can be read", absl::StrCat("the gateway refuses ", line));
    return false;
  }
  *message = std::move(*decoded);
  return true;
}

void Simulation::Reply(Machine* machine, server::Reply&& reply) {
  if (recorder_ != nullptr) recorder_->Replied(now_us_, machine->number, reply);

  const uint32_t ordinal = static_cast<uint32_t>(reply.to.msg_id);
  clients_.attempt(ordinal).answered = true;
  Mix(reply.body.index());
  if (reply.session) Mix(reply.session->index);
  Random random = Chance(settings_.seed, 7, ordinal);
  if (phase_ == Phase::kFaults && network_.LosesClients(&random)) return;
  const uint32_t place = answers_.Put({ordinal, std::move(reply)});
  events_.Push(now_us_ + network_.ClientDelay(&random).us, EventKind::kReply, 0, place);
}

// One wake-up is planned at a time, the earliest; if the deadline has moved on by then, the next is
// planned. A follower's deadline moves with each heartbeat, and few of them come to pass.
void Simulation::PlanWake(Machine* machine) {
  if (!machine->up() || machine->deadline == Time::Never()) return;
  const int64_t at_us = std::max(now_us_, machine->clock.WhenItShows(machine->deadline));
  if (machine->wake_planned_us >= 0 && machine->wake_planned_us <= at_us) return;
  machine->wake_planned_us = at_us;
  events_.Push(at_us, EventKind::kWake, machine->number, 0);
}

}  // namespace tidemark::simulation
