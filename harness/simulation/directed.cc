// Plays what a Direction says, stage by stage.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "harness/simulation/simulation.h"

namespace tidemark::simulation {
namespace {

using How = Stage::How;
using Kind = Stage::Kind;

constexpr int64_t kBeatUs = 4'000;
// Directed operations have numbers of their own, behind all drawn ones: so many for each act.
constexpr uint32_t kFirstDirected = 1u << 29;
constexpr uint32_t kDirectedAnAct = 1u << 11;

}  // namespace

void Simulation::DoDirect(uint32_t ordinal, Random* random) {
  if (playing_ != nullptr || plan_.nodes < 2) return;
  playing_ = std::make_unique<Playing>();
  playing_->act = ordinal;
  playing_->random = Random(random->Next());
  playing_->direction = DrawDirection(plan_.nodes, Leader(), &playing_->random);
  PlayOn(ordinal);
}

void Simulation::PlayOn(uint32_t ordinal) {
  if (playing_ == nullptr || playing_->act != ordinal) return;
  if (playing_->works) AskDirected();
  while (playing_->stage < playing_->direction.stages.size()) {
    if (!playing_->begun) BeginStage();
    if (!StageIsOver()) return events_.Push(now_us_ + kBeatUs, EventKind::kDirect, 0, ordinal);
    EndStage();
  }
  EndDirection();
}

bool Simulation::Leads(int node) const {
  const Machine& machine = machines_[static_cast<size_t>(node)];
  return machine.up() && machine.server->raft().leads();
}

void Simulation::BeginStage() {
  const Stage& stage = playing_->direction.stages[playing_->stage];
  const int star = playing_->direction.star;
  playing_->begun = true;
  playing_->until_us = now_us_ + stage.span_us;
  Tell(absl::StrCat("directed at n", star + 1, ": ", StageName(stage.kind)));
  switch (stage.kind) {
    case Kind::kHoldSaid:
    case Kind::kHoldAnswered:
      return playing_->holds.Hold({star, playing_->direction.slow, stage.kind == Kind::kHoldSaid,
                                   stage.kinds, stage.copies});
    case Kind::kReleaseSaid:
    case Kind::kReleaseAnswered:
      return ReleaseHeld(stage.kind == Kind::kReleaseSaid, stage.in_order, stage.span_us);
    case Kind::kDepose:
      return Depose(stage.how);
    case Kind::kElectStar:
    case Kind::kElectOther:
      return LetStand(stage.kind == Kind::kElectStar);
    case Kind::kCutOff:
      return BarStar(stage.how);
    case Kind::kReconnect:
      return playing_->holds.Reconnect();
    case Kind::kWait:
      return;
    case Kind::kWork:
      playing_->works = true;
      return;
  }
}

bool Simulation::StageIsOver() const {
  if (now_us_ >= playing_->until_us) return true;
  const int star = playing_->direction.star;
  switch (playing_->direction.stages[playing_->stage].kind) {
    case Kind::kDepose:
      return !Leads(star) || Leader() != star;
    case Kind::kElectStar:
      return Leads(star);
    case Kind::kElectOther:
      return Leader() >= 0 && Leader() != star;
    default:
      return false;
  }
}

void Simulation::EndStage() {
  const Kind kind = playing_->direction.stages[playing_->stage].kind;
  if (kind == Kind::kDepose) playing_->holds.Reconnect();
  playing_->begun = false;
  ++playing_->stage;
}

// Whoever is to lead next is the only one to stand meanwhile.
void Simulation::Depose(How how) {
  const std::vector<Stage>& stages = playing_->direction.stages;
  const size_t next = playing_->stage + 1;
  LetStand(next < stages.size() && stages[next].kind == Kind::kElectStar);
  Machine* const star = &machines_[static_cast<size_t>(playing_->direction.star)];
  if (how == How::kPaused) return DoPause(star, DrawActSpan(&playing_->random, 1'000));
  if (how != How::kRestarted) return BarStar(how);
  if (!star->up()) return;
  Stop(star);
  Start(star);
}

void Simulation::LetStand(bool star_only) {
  std::array<bool, kMaxNodes> may_stand;
  may_stand.fill(!star_only);
  may_stand[static_cast<size_t>(playing_->direction.star)] = star_only;
  playing_->holds.set_may_stand(may_stand);
}

void Simulation::BarStar(How how) {
  const int star = playing_->direction.star;
  for (int other = 0; other < plan_.nodes; ++other) {
    if (other == star) continue;
    if (how != How::kDeaf) playing_->holds.Bar(star, other);
    if (how != How::kMute) playing_->holds.Bar(other, star);
  }
}

// What was held has been under way all the time: no cut keeps it off.
void Simulation::ReleaseHeld(bool from_star, bool in_order, int64_t span_us) {
  std::vector<Holds::Held> held = playing_->holds.Release(from_star);
  std::vector<int64_t> arrivals;
  for (size_t i = 0; i < held.size(); ++i) {
    arrivals.push_back(now_us_ + 1 + playing_->random.Between(0, span_us));
  }
  if (in_order) std::sort(arrivals.begin(), arrivals.end());
  for (size_t i = 0; i < held.size(); ++i) {
    Post(arrivals[i], held[i].to, std::move(held[i].message));
  }
}

// A read where the star is, a write elsewhere; sessions carry from one to the other what they saw.
void Simulation::AskDirected() {
  const int star = playing_->direction.star;
  const int leader = Leader();
  for (const bool reads : {false, true}) {
    if (playing_->asked == kDirectedAnAct) return;
    const bool elsewhere = leader < 0 || leader == star;
    const int other =
        elsewhere ? (star + 1 + static_cast<int>(playing_->asked)) % plan_.nodes : leader;
    const uint32_t ordinal = kFirstDirected + playing_->act * kDirectedAnAct + playing_->asked++;
    const Attempt* attempt = clients_.Direct(ordinal, reads ? star : other, reads, now_us_);
    if (attempt == nullptr) continue;
    const int64_t delay_us = network_.ClientDelay(&playing_->random).us;
    events_.Push(now_us_ + delay_us, EventKind::kArrival, attempt->node, ordinal);
  }
}

void Simulation::EndDirection() {
  if (playing_ == nullptr) return;
  for (const bool from_star : {true, false}) ReleaseHeld(from_star, /*in_order=*/true, 0);
  Tell(absl::StrCat("directed at n", playing_->direction.star + 1, ": over"));
  playing_.reset();
}

}  // namespace tidemark::simulation
