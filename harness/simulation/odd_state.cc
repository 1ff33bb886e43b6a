// Memory goes bad: the state of a machine is not what its log comes to.
//
// What differs is a key that no client asks for. So what the node says until it is found out is
// right by chance, and all other checks go on; what is judged is that it is found out by itself,
// serves nothing from then on, and that nobody else ever is.
#include <string_view>
#include <variant>

#include "absl/strings/str_cat.h"
#include "harness/simulation/simulation.h"
#include "node/kv/data.h"
#include "node/kv/state_machine.h"

namespace tidemark::simulation {
namespace {

constexpr std::string_view kOddKey = "\"odd\"";

// Nothing in a node offers to change its state behind its back, and nothing should. An explicit
// instantiation may name what is private.
kv::Data& DataOf(kv::StateMachine& machine);
template <auto kMember>
struct Opened {
  friend kv::Data& DataOf(kv::StateMachine& machine) { return machine.*kMember; }
};
template struct Opened<&kv::StateMachine::data_>;

bool ServesTheState(const server::ReplyBody& body) {
  const auto* error = std::get_if<server::Error>(&body);
  if (error == nullptr) return !std::holds_alternative<server::StatusOk>(body);
  return error->served.has_value() || error->code == server::ErrorCode::kKeyMissing;
}

}  // namespace

bool Simulation::IsOdd(const Machine& machine) const {
  return odd_states_ && machine.up() && machine.server->machine().Get(kOddKey).has_value();
}

// At most as many as may be wiped, wiped ones among them; and none whose state is in doubt.
void Simulation::DoOddState(Machine* machine, uint32_t ordinal, Random* random) {
  if (!machine->up() || wipes_left_ == 0 || machine->was_odd) return;
  if (machine->server->applied() == raft::Index()) return;
  --wipes_left_;
  odd_states_ = machine->was_odd = true;
  DataOf(const_cast<kv::StateMachine&>(machine->server->machine())).Put(kOddKey, "1");
  CountPlayed(kOddState);
  Tell(absl::StrCat("the memory of ", machine->id, " goes bad: its state differs"));
  if (plan_.nodes == 3 && random->Between(0, 1) == 0) CutOffThird(*machine, ordinal, random);
}

// While one of three is silent and another differs nobody knows whose state is right. They come to
// know when it is back.
void Simulation::CutOffThird(const Machine& odd, uint32_t ordinal, Random* random) {
  const int third = (odd.number + 1 + static_cast<int>(random->Between(0, 1))) % plan_.nodes;
  acts_[ordinal].generation = ++partition_generation_;
  Tell(network_.Isolate(third));
  UndoAfter(random->Between(2'500, 6'000) * 1'000, ordinal);
}

// A snapshot of an odd state makes its receiver odd too, which counts like one that goes bad by
// itself: or, with one more of these, the odd ones are a majority, and the others are judged.
void Simulation::ObserveQuarantine(Machine* machine) {
  if (!machine->was_odd && IsOdd(*machine)) {
    machine->was_odd = true;
    if (wipes_left_ > 0) --wipes_left_;
    if (!QuorumIsAble()) return GiveUpAsLost();
  }
  if (!machine->server->raft().quarantined() || machine->was_odd) return;
  laws_.Fail("Quarantine", absl::StrCat(machine->id,
                                        " takes its state for wrong, and it is what "
                                        "the log comes to"));
}

void Simulation::CheckQuarantine(const Machine& machine, const server::Reply& reply) {
  if (!ServesTheState(reply.body)) return;
  laws_.Fail("Quarantine",
             absl::StrCat(machine.id, " knows that its state is wrong, and serves of it"));
}

}  // namespace tidemark::simulation
