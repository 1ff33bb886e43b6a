#include "harness/cluster/real_world.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "harness/cluster/envelope.h"

namespace tidemark::cluster {
namespace {

Time SteadyNow() {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return Time{std::chrono::duration_cast<std::chrono::microseconds>(now).count()};
}

// For poll(): rounded up, so that it does not spin for the last millisecond.
int PollMs(Duration span) {
  return static_cast<int>(std::clamp<int64_t>((span.us + 999) / 1000, 0, 60'000));
}

}  // namespace

RealWorld::RealWorld(WorldOptions options)
    : World(options, options.patience), epoch_(SteadyNow()) {}

Time RealWorld::Now() const { return Time{(SteadyNow() - epoch_).us}; }

std::vector<std::string> RealWorld::ClockArguments(const Node& /*node*/) const { return {}; }

absl::Status RealWorld::Send(const std::string& name, std::string_view line) {
  absl::StatusOr<Node*> node = FindRunning(name);
  if (!node.ok()) return node.status();
  std::string bytes(line);
  bytes.push_back('\n');
  (*node)->process->Write(bytes);
  return absl::OkStatus();
}

absl::Status RealWorld::CloseStdin(const std::string& name) {
  absl::StatusOr<Node*> node = FindRunning(name);
  if (!node.ok()) return node.status();
  (*node)->process->CloseStdin();
  return absl::OkStatus();
}

absl::Status RealWorld::Pause(const std::string& name) {
  absl::StatusOr<Node*> node = FindRunning(name);
  if (!node.ok()) return node.status();
  (*node)->process->Pause();
  return absl::OkStatus();
}

absl::Status RealWorld::Resume(const std::string& name) {
  absl::StatusOr<Node*> node = FindRunning(name);
  if (!node.ok()) return node.status();
  (*node)->process->Resume();
  return absl::OkStatus();
}

void RealWorld::AddTo(std::vector<pollfd>* fds) const {
  for (const auto& [name, node] : nodes_) {
    if (node.process != nullptr) node.process->AddTo(fds);
  }
}

absl::StatusOr<bool> RealWorld::Step(Time limit) {
  DeliverDue();
  WaitForIo(std::min(limit, network_.NextDelivery()));
  for (auto& [name, node] : nodes_) {
    if (node.process != nullptr) Collect(node);
  }
  return Now() < limit;
}

void RealWorld::DeliverDue() {
  const Time now = Now();
  while (std::optional<Network::Delivery> delivery = network_.TakeDue(now)) {
    delivery->line.push_back('\n');
    if (Running(delivery->to)) nodes_.at(delivery->to).process->Write(delivery->line);
  }
}

void RealWorld::WaitForIo(Time limit) {
  std::vector<pollfd> fds;
  AddTo(&fds);
  poll(fds.data(), fds.size(), PollMs(limit - Now()));
}

void RealWorld::Collect(Node& node) {
  node.process->DoIo();
  while (std::optional<std::string_view> line = node.process->NextLine()) {
    std::optional<Envelope> envelope = ParseEnvelope(*line);
    Route(node, envelope ? std::string_view(envelope->dest) : "", *line);
  }
  if (node.process->output_ended()) NoteExit(node);
}

}  // namespace tidemark::cluster
