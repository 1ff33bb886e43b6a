#include "harness/cluster/virtual_world.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/cluster/envelope.h"
#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/base/random.h"

namespace tidemark::cluster {
namespace {

constexpr std::string_view kHarness = "harness";

// Each start of each node has a seed of its own: another incarnation must not be the same again.
uint64_t SeedOf(uint64_t world_seed, const std::string& name, int starts) {
  Random random(world_seed);
  for (char c : name) random = Random(random.Next() ^ static_cast<unsigned char>(c));
  random = Random(random.Next() ^ static_cast<uint64_t>(starts));
  return random.Next() >> 1;  // fits a signed integer as well
}

// The node's own clock at world time `at`, in whole milliseconds: nothing is handed to it early.
int64_t LocalMs(Time started_at, Time at) { return ((at - started_at).us + 999) / 1000; }

void AppendAdvance(const std::string& name, int64_t msg_id, int64_t ms, std::string* out) {
  ConcatTo(out, R"({"src": "harness", "dest": ")", name,
           R"(", "body": {"type": "advance", "msg_id": )", msg_id, R"(, "ms": )", ms, "}}\n");
}

absl::Status BrokenClock(const std::string& name, std::string_view what, std::string_view line) {
  return absl::UnavailableError(Concat(name, " ", what, ": ", line));
}

}  // namespace

// A node's init_ok stands in front of its barrier: there is nothing to wait for behind that.
VirtualWorld::VirtualWorld(WorldOptions options) : World(std::move(options), Duration{0}) {}

std::vector<std::string> VirtualWorld::ClockArguments(const Node& node) const {
  return {"--clock=virtual", Concat("--seed=", SeedOf(options_.seed, node.name, node.starts))};
}

absl::Status VirtualWorld::Send(const std::string& name, std::string_view line) {
  absl::StatusOr<Node*> node = FindRunning(name);
  if (!node.ok()) return node.status();
  return Deliver(**node, &line);
}

absl::Status VirtualWorld::CloseStdin(const std::string& name) {
  absl::StatusOr<Node*> node = FindRunning(name);
  if (!node.ok()) return node.status();
  (*node)->process->CloseStdin();
  while ((*node)->process != nullptr) {
    if (absl::Status status = CollectUntilBarrier(**node); !status.ok()) return status;
  }
  return absl::OkStatus();
}

Time VirtualWorld::DeadlineOf(const Node& node) const {
  if (node.process == nullptr || node.next_ms < 0) return Time::Never();
  return node.started_at + Duration::Millis(node.next_ms);
}

Time VirtualWorld::NextEvent() const {
  Time next = network_.NextDelivery();
  for (const auto& [name, node] : nodes_) next = std::min(next, DeadlineOf(node));
  return next;
}

absl::StatusOr<bool> VirtualWorld::Step(Time limit) {
  const Time next = NextEvent();
  if (next > limit) {
    now_ = limit;
    return false;
  }
  now_ = std::max(now_, next);
  if (network_.NextDelivery() > now_) {
    if (absl::Status status = AdvanceDueNode(); !status.ok()) return status;
    return true;
  }
  std::optional<Network::Delivery> delivery = network_.TakeDue(now_);
  if (!delivery || !Running(delivery->to)) return true;  // lost
  const std::string_view line = delivery->line;
  if (absl::Status status = Deliver(nodes_.at(delivery->to), &line); !status.ok()) return status;
  return true;
}

absl::Status VirtualWorld::AdvanceDueNode() {
  for (auto& [name, node] : nodes_) {
    if (DeadlineOf(node) <= now_) return Deliver(node, nullptr);
  }
  TM_ASSERT(!"somebody is due");
  return absl::OkStatus();
}

absl::Status VirtualWorld::Deliver(Node& node, const std::string_view* line) {
  batch_.clear();
  const int64_t behind_ms = LocalMs(node.started_at, now_) - node.now_ms;
  if (behind_ms > 0) AppendAdvance(node.name, ++node.last_msg_id, behind_ms, &batch_);
  if (line != nullptr) {
    ConcatTo(&batch_, *line, "\n");
    AppendAdvance(node.name, ++node.last_msg_id, 0, &batch_);
  }
  node.process->Write(batch_);
  return CollectUntilBarrier(node);
}

absl::Status VirtualWorld::CollectUntilBarrier(Node& node) {
  while (true) {
    while (std::optional<std::string_view> line = node.process->NextLine()) {
      absl::StatusOr<bool> barrier = TakeLine(node, *line);
      if (!barrier.ok()) return barrier.status();
      if (*barrier) return absl::OkStatus();
    }
    if (node.process->output_ended()) {
      NoteExit(node);
      return absl::OkStatus();
    }
    if (!node.process->Await(options_.patience)) {
      return absl::UnavailableError(Concat(node.name, " has said nothing for ",
                                           options_.patience.ToMillis(),
                                           " ms of real time; it was asked to advance"));
    }
  }
}

// True: the line is the answer to the last `advance`.
absl::StatusOr<bool> VirtualWorld::TakeLine(Node& node, std::string_view line) {
  std::optional<Envelope> envelope = ParseEnvelope(line);
  if (!envelope || envelope->dest != kHarness) {
    Route(node, envelope ? std::string_view(envelope->dest) : "", line);
    return false;
  }
  std::optional<int64_t> now_ms = envelope->Integer("now_ms");
  if (envelope->type() != "advance_ok" || !now_ms) {
    return BrokenClock(node.name, "does not follow the virtual clock", line);
  }
  follows_clock_ = true;
  node.now_ms = *now_ms;
  node.next_ms = envelope->Integer("next_ms").value_or(-1);
  if (node.next_ms >= 0 && node.next_ms <= node.now_ms) {
    return BrokenClock(node.name, "names a deadline that is not in the future", line);
  }
  return envelope->Integer("in_reply_to") == node.last_msg_id;
}

}  // namespace tidemark::cluster
