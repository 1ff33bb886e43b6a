#include "harness/explore/model.h"

#include <string>
#include <variant>

#include "harness/explore/node_rules.h"
#include "node/base/assert.h"
#include "node/raft/digest.h"

namespace tidemark::explore {
namespace {

template <typename At>
Marks MarksOf(size_t size, At at) {
  Marks marks;
  raft::Digest digest(DigestOf);
  for (size_t i = 0; i < size; ++i) {
    const raft::EntryRef& entry = at(i);
    marks.push_back({entry->at.term, digest.Add(entry).value()});
  }
  return marks;
}

KnownNode Know(std::unique_ptr<const Node> node, uint64_t fingerprint) {
  const raft::Raft& raft = node->raft();
  KnownNode known;
  known.fingerprint = fingerprint;
  known.term = raft.term();
  known.leads = raft.leads();
  known.loyal_follower = !raft.leads() && node->Loyal();
  known.has_deadline = node->has_deadline();
  known.pending_steps = node->pending_steps();
  known.pending_records = node->pending_records();
  known.commit = raft.commit_index().value();
  known.log = MarksOf(raft.log().last_index().value(),
                      [&](size_t i) { return raft.log().At(raft::Index(i + 1)); });
  known.disk = MarksOf(node->disk().log.size(), [&](size_t i) { return node->disk().log[i]; });
  known.node = std::move(node);
  return known;
}

bool AnswersLeader(const raft::Body& body) {
  return std::holds_alternative<raft::AppendReply>(body) ||
         std::holds_alternative<raft::InstallReply>(body) ||
         std::holds_alternative<raft::NewerTerm>(body);
}

bool Delivers(Action action) {
  return action == Action::kDeliver || action == Action::kDeliverAfterSilence ||
         action == Action::kDeliverTooLate;
}

// What `event` does to `node`; a new life and an election, which is more than a node's step, apart.
void Happen(Event event, const InternTable<KnownMessage>& messages, Node* node, Departures* out) {
  switch (event.action) {
    case Action::kDeliver:
      return node->Deliver(messages[event.argument].message, out);
    case Action::kDeliverAfterSilence:
      return node->DeliverAfterSilence(messages[event.argument].message, out);
    case Action::kDeliverTooLate:
      return node->DeliverTooLate(messages[event.argument].message, out);
    case Action::kSync:
      return node->Sync(out);
    case Action::kSyncAll:
      while (node->pending_steps() > 0) node->Sync(out);
      return;
    case Action::kTimeOut:
      return node->TimeOut(out);
    case Action::kHeartbeat:
      return node->Heartbeat(out);
    case Action::kPropose:
      return node->Propose(event.argument, out);
    case Action::kRead:
      return node->Read(out);
    case Action::kStand:
      return node->Stand(out);
    case Action::kBootstrap:
      return node->Bootstrap(out);
    case Action::kCrash:
    case Action::kWipe:
    case Action::kElect:
      TM_ASSERT(false);
  }
}

std::unique_ptr<Node> NextLife(const Node& before, Event event, const WorldOptions& options) {
  if (event.action == Action::kCrash) {
    return std::make_unique<Node>(before.number(), options, before.AfterCrash(event.argument),
                                  before.lives().Restarted());
  }
  if (event.action != Action::kWipe) return nullptr;
  return std::make_unique<Node>(before.number(), options, Disk(), before.lives().Wiped());
}

}  // namespace

uint32_t Model::Add(const Node& node) {
  const uint64_t fingerprint = node.Fingerprint();
  return nodes_.Intern(fingerprint,
                       [&] { return Know(std::make_unique<const Node>(node), fingerprint); });
}

uint32_t Model::Add(const raft::Message& message) {
  const uint64_t fingerprint = raft::Digest(DigestOf).Add(message).value();
  return messages_.Intern(fingerprint, [&] {
    size_t to = 0;
    while (NameOf(to) != message.header.to.id) ++to;
    return KnownMessage{message, fingerprint, to,
                        std::holds_alternative<raft::RequestVote>(message.body),
                        AnswersLeader(message.body)};
  });
}

const Step& Model::StepOf(uint32_t node, Event event) {
  const uint64_t argument =
      Delivers(event.action) ? messages_[event.argument].fingerprint : event.argument;
  const uint64_t key = raft::Digest(DigestOf)
                           .Add(nodes_[node].fingerprint)
                           .Add(static_cast<uint64_t>(event.action))
                           .Add(argument)
                           .value();
  if (const std::optional<uint32_t> known = steps_.Find(key)) return steps_[*known];
  // Not under the table's lock: an assertion that fails in the core ends in a report that asks for
  // other steps. Two threads may run the same step and get the same.
  Step step = Run(*nodes_[node].node, event);
  return steps_[steps_.Intern(key, [&] { return std::move(step); })];
}

const raft::Message* Model::DeliveredBy(Event event) const {
  return Delivers(event.action) ? &messages_[event.argument].message : nullptr;
}

Step Model::Run(const Node& before, Event event) {
  Departures out;
  std::unique_ptr<Node> after = NextLife(before, event, options_);
  if (after != nullptr) {
    after->Start(&out);
  } else {
    after = std::make_unique<Node>(before);
    Happen(event, messages_, after.get(), &out);
  }
  Step step;
  const Happened happened{event.action, DeliveredBy(event)};
  std::optional<check::Violation> broken = CheckStep(before, *after, happened, out);
  if (broken && options_.Checks(broken->check)) {
    step.violation = std::make_unique<const check::Violation>(std::move(*broken));
  }
  step.node = Add(*after);
  for (const raft::Message& message : out.messages) step.sent.push_back(Add(message));
  for (const raft::Index index : out.confirmed_reads) {
    step.confirmed_reads.push_back(index.value());
  }
  return step;
}

}  // namespace tidemark::explore
