#include "harness/simulation/simulation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/simulation/chance.h"
#include "harness/simulation/units.h"
#include "node/base/assert.h"
#include "node/base/hash.h"

namespace tidemark::simulation {
namespace {

constexpr int64_t kLateUs = 500'000;            // a request's copy, at most
constexpr int64_t kBurst = 6;                   // times as many operations as else
constexpr uint64_t kEventsAnOperation = 1'000;  // many times what an honest run needs
// What a landmark leads to comes soon, if it does: faults end so long after another course was
// taken.
constexpr int64_t kFutureUs = 3 * kSecondUs;
constexpr uint64_t kHealsOneIn = 4;
// Of an EventKind::kPhase.
constexpr uint32_t kFaultsEnd = 1;

}  // namespace

Simulation::Simulation(const Settings& settings, Recorder* recorder, Crossroads* crossroads)
    : settings_(settings),
      plan_(DrawPlan(settings_)),
      recorder_(recorder),
      crossroads_(crossroads),
      chance_(Chance(settings_.seed, 5, 0)),
      network_(plan_.network, plan_.nodes, settings_.seed),
      ledger_(plan_.writers),
      clients_(settings_, plan_, &ledger_, &laws_),
      onlooker_({machines_, events_, post_, network_, clients_, now_us_}),
      wipes_left_(plan_.wipes) {
  TM_ASSERT(plan_.nodes <= kMaxNodes);
  machines_.reserve(static_cast<size_t>(plan_.nodes));
  for (int i = 0; i < plan_.nodes; ++i) {
    Machine& machine =
        machines_.emplace_back(raft::Incarnation(chance_.NextIdentity()), plan_.segment_bytes);
    machine.number = i;
    machine.id = absl::StrCat("n", i + 1);
  }
}

Simulation::~Simulation() = default;

Result Simulation::Run() {
  const int64_t launched_us = Launch();
  events_.Push(0, EventKind::kRequest, 0, 0);
  if (!plan_.acts.empty()) {
    events_.Push(std::max(plan_.act_interval.us, launched_us), EventKind::kAct, 0, 0);
  }
  if (settings_.operations == 0) {
    events_.Push(settings_.sim_seconds * kSecondUs, EventKind::kPhase, 0, kFaultsEnd);
  }
  while (!Over()) {
    if (events_.next_us() > now_us_) EndMoment();
    const Event event = events_.Pop();
    TM_ASSERT(event.at_us >= now_us_);
    now_us_ = event.at_us;
    ++result_.events;
    Mix(static_cast<uint64_t>(event.at_us) << 8 | static_cast<uint64_t>(event.kind));
    Mix(uint64_t{event.what} << 8 | event.node);
    Dispatch(event);
    const uint64_t may_take = settings_.max_events + settings_.operations * kEventsAnOperation;
    if (result_.events == may_take) FailLivelock();
  }
  for (const Machine& machine : machines_) {
    if (machine.up()) Mix(machine.server->machine().Hash());
  }
  if (!laws_.violation()) clients_.Close();
  result_.violation = laws_.violation();
  result_.ended_us = now_us_;
  result_.clients = clients_.counters();
  result_.played[Place(kDoubling)] = result_.clients.doubled;
  result_.played[Place(kSharing)] = result_.clients.together;
  result_.played[Place(kLargeValues)] = result_.clients.large;
  result_.played[Place(kGuessing)] = result_.clients.guesses;
  result_.committed = laws_.committed().size();
  result_.operations = next_operation_;
  result_.reached = onlooker_.reached();
  result_.reseeds = settings_.reseeds;
  return result_;
}

// Returns when all will have been.
int64_t Simulation::Launch() {
  if (plan_.launch_us.empty()) {
    for (Machine& machine : machines_) Start(&machine);
    return 0;
  }
  CountPlayed(kLaunches);
  for (int i = 0; i < plan_.nodes; ++i) {
    events_.Push(plan_.launch_us[static_cast<size_t>(i)], EventKind::kLaunch, i, 0);
  }
  return *std::max_element(plan_.launch_us.begin(), plan_.launch_us.end());
}

// All that was to happen by now has happened: here, and nowhere else, chance may take another
// course, so that a moment names the place.
void Simulation::EndMoment() {
  if (next_reseed_ < settings_.reseeds.size()) {
    if (settings_.reseeds[next_reseed_].at_us > now_us_) return;
    return TakeCourse(settings_.reseeds[next_reseed_++].number);
  }
  if (crossroads_ == nullptr || phase_ != Phase::kFaults) return;
  const LandmarkSet news = onlooker_.TakeNews();
  if (news.none()) return;
  const std::optional<uint64_t> number = crossroads_->At(settings_, now_us_, news);
  if (!number) return;
  settings_.reseeds.push_back({now_us_, *number});
  ++next_reseed_;
  TakeCourse(*number);
}

// What is drawn from now on is another seed's: faults, operations, delays. What was drawn before
// stays, the plan too.
void Simulation::TakeCourse(uint64_t number) {
  settings_.seed = Chance(settings_.seed, 12, number).Next();
  chance_ = Chance(settings_.seed, 5, 0);
  network_.Reseed(settings_.seed);
  Mix(settings_.seed);
  if (phase_ != Phase::kFaults) return;
  // Healing takes longer than the faults did: one future in four is asked whether it serves again.
  if (number % kHealsOneIn != 0) settings_.liveness = false;
  events_.Push(now_us_ + kFutureUs, EventKind::kPhase, 0, kFaultsEnd);
}

void Simulation::FailLivelock() {
  laws_.Fail("livelock", absl::StrCat(result_.events, " events happened within ",
                                      now_us_ / kSecondUs, " s, and no end is in sight"));
}

void Simulation::Mix(uint64_t word) { result_.trace_hash = HashStep(result_.trace_hash, word); }

void Simulation::Dispatch(const Event& event) {
  Machine* const machine = &machines_[event.node];
  switch (event.kind) {
    case EventKind::kMessage:
      return Deliver(event.node, event.what);
    case EventKind::kWake:
      return PassWake(event);
    case EventKind::kPersisted:
      return PassSync(machine, event.what);
    case EventKind::kWorked:
      return PassWork(machine, event.what);
    case EventKind::kTakeInbox:
      if (machine->life == event.what) TakeInbox(machine);
      return;
    case EventKind::kRequest:
      return BeginRequest();
    case EventKind::kArrival:
      return Arrive(&clients_.attempt(event.what));
    case EventKind::kReply:
      return TakeAnswer(answers_.Take(event.what));
    case EventKind::kAct:
      return BeginAct();
    case EventKind::kUndo:
      return Undo(event.what);
    case EventKind::kDirect:
      return PlayOn(event.what);
    case EventKind::kLook:
      return Look(machine);
    case EventKind::kHint:
      return WriteHint(machine, event.what);
    case EventKind::kLaunch:
      return Start(machine);
    case EventKind::kPhase:
      if (phase_ == Phase::kFaults) return EndFaults();
      if (event.what == kFaultsEnd) return;
      return phase_ == Phase::kHealing ? JudgeProbes() : JudgeEnd();
  }
}

void Simulation::Deliver(int node, uint32_t place) {
  server::Input input(std::in_place_type<server::PeerMessage>, std::move(post_.Take(place)));
  if (recorder_ != nullptr) recorder_->Delivered(now_us_, std::get<server::PeerMessage>(input));
  Feed(&machines_[static_cast<size_t>(node)], std::move(input));
}

void Simulation::TakeAnswer(const Answer& answer) {
  clients_.Answered(clients_.attempt(answer.ordinal), answer.reply);
}

void Simulation::PassWake(const Event& event) {
  Machine* const machine = &machines_[event.node];
  if (!machine->up() || machine->wake_planned_us != event.at_us) return;
  machine->wake_planned_us = -1;
  if (machine->clock.Read(now_us_) < machine->deadline) return PlanWake(machine);
  Feed(machine, server::DeadlinePassed{});
}

void Simulation::PassSync(Machine* machine, uint32_t life) {
  if (!machine->up() || machine->life != life) return;
  machine->sync_hangs = now_us_ < machine->hung_until_us;
  if (machine->sync_hangs) return;
  std::vector<server::Input> news = machine->disk.EndSync();
  if (!machine->disk.idle()) BeginSync(machine);
  FeedAll(machine, std::move(news));
}

void Simulation::PassWork(Machine* machine, uint32_t life) {
  if (machine->life != life) return;
  if (now_us_ < machine->hung_until_us) {
    ++machine->work_hangs;
  } else {
    FeedAll(machine, machine->disk.EndWork());
  }
}

void Simulation::FeedAll(Machine* machine, std::vector<server::Input> inputs) {
  for (server::Input& input : inputs) Feed(machine, std::move(input));
}

void Simulation::BeginRequest() {
  if (phase_ != Phase::kFaults) return;
  const uint64_t wanted = settings_.operations;
  if (wanted != 0 && clients_.counters().invoked >= wanted) return EndFaults();
  const uint32_t ordinal = next_operation_++;
  Random random = Chance(settings_.seed, 6, ordinal);
  const int64_t times = now_us_ < burst_until_us_ ? kBurst : 1;
  const int64_t gap_us =
      std::max<int64_t>(1, 2 * kSecondUs / settings_.operations_per_second / times);
  events_.Push(now_us_ + random.Between(1, gap_us), EventKind::kRequest, 0, 0);
  const auto& left_out = settings_.without_operations;
  if (ordinal < left_out.size() && left_out[ordinal]) return;
  Attempt* const attempt = clients_.Invoke(ordinal, now_us_);
  if (attempt == nullptr) return;
  if (clients_.MayBeDoubled(*attempt) && Roll(&random, plan_.doubling_permille)) {
    clients_.Doubled(attempt);
    events_.Push(now_us_ + random.Between(1, kLateUs), EventKind::kArrival, attempt->node, ordinal);
  }
  if (network_.LosesClients(&random)) return;
  events_.Push(now_us_ + network_.ClientDelay(&random).us, EventKind::kArrival, attempt->node,
               ordinal);
}

void Simulation::Arrive(Attempt* attempt) {
  Machine* const machine = &machines_[static_cast<size_t>(attempt->node)];
  if (!machine->up()) return;
  attempt->life = machine->life;
  server::ClientRequest request = clients_.Request(*attempt);
  if (recorder_ != nullptr) recorder_->Requested(now_us_, attempt->node, request);
  Feed(machine, std::move(request));
}

}  // namespace tidemark::simulation
