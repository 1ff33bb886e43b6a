#include "node/host/node_host.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "node/base/assert.h"

namespace tidemark::host {

NodeHost::NodeHost(const server::Options& options, const server::Birth& birth,
                   server::Recovered recovered, Time now, Ports* ports)
    : ports_(ports), server_(options, birth, std::move(recovered), now) {
  TM_ASSERT(ports_ != nullptr);
}

void NodeHost::Step(Time now, absl::Span<server::Input> inputs) {
  bool unfinished = StepOnce(now, inputs);
  while (ports_->open()) {
    std::vector<server::Input> settled = ports_->Settled();
    if (!ports_->open() || (settled.empty() && !unfinished)) return;
    unfinished = StepOnce(now, absl::MakeSpan(settled));
  }
}

bool NodeHost::StepOnce(Time now, absl::Span<server::Input> inputs) {
  NotePersisted(inputs);
  ports_->BeforeStep(inputs);
  server::Output out = server_.Step(now, inputs);
  ports_->AfterStep(out);
  const bool unfinished = out.unfinished;
  CarryOut(&out);
  return unfinished;
}

// Promises go before the node is told that they could: what it says then may come after them.
void NodeHost::NotePersisted(absl::Span<const server::Input> inputs) {
  for (const server::Input& input : inputs) {
    const auto* done = std::get_if<server::Persisted>(&input);
    if (done != nullptr) persisted_ = std::max(persisted_, done->sequence);
  }
  while (!held_.empty() && held_.front().sequence <= persisted_) {
    Send(&held_.front().messages);
    held_.pop_front();
  }
}

void NodeHost::CarryOut(server::Output* out) {
  TM_ASSERT(held_.empty() || held_.back().sequence <= out->sequence);
  const uint64_t sequence = out->sequence;
  deadline_ = out->deadline;
  for (const raft::Notice& notice : out->notices) ports_->Tell(notice);
  if (out->gone_back) {
    if (!gone_back_at_) gone_back_at_ = sequence;
    held_.clear();  // what has not left is not promised
  }
  ports_->Submit(out);
  Send(&out->send_now);
  for (server::Reply& reply : out->replies) ports_->Answer(std::move(reply));
  if (sequence <= persisted_) {
    Send(&out->send_durable);
  } else if (!out->send_durable.empty()) {
    held_.push_back({sequence, std::move(out->send_durable)});
  }
}

void NodeHost::Send(std::vector<server::PeerMessage>* messages) {
  for (server::PeerMessage& message : *messages) ports_->Send(std::move(message));
}

}  // namespace tidemark::host
