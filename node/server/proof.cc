#include "node/server/proof.h"

#include "node/base/assert.h"
#include "node/base/overloaded.h"
#include "node/server/apply.h"

namespace tidemark::server {
namespace {

// Looking ahead so far costs some hundred microseconds.
constexpr uint64_t kMaxEntriesAhead = 1000;

// The stamp of the term that the entry at `index` of the log is of; zero: it has none.
raft::Stamp StampAt(const Context& context, raft::Index index) {
  const raft::Log& log = context.raft().log();
  const raft::Index first = log.FirstOfTermAt(index);
  if (first <= context.applied()) {
    const kv::History& history = context.machine().history();
    return history.empty() ? raft::Stamp() : raft::Stamp(history.At(first.value()).stamp);
  }
  return std::visit(Overloaded{[](const raft::TermStart& start) { return start.stamp; },
                               [](const raft::ConfigurationEntry& entry) { return entry.stamp; },
                               [](const raft::CommandRef&) { return raft::Stamp(); }},
                    log.At(first)->body);
}

}  // namespace

bool Proves(const Context& context, const kv::Session& session) {
  const raft::Log& log = context.raft().log();
  const raft::Index index(session.index);
  if (index < context.applied() || index > log.last_index()) return false;
  if (index.value() - context.applied().value() > kMaxEntriesAhead) return false;
  if (!log.Matches({raft::Term(session.term), index})) return false;
  if (StampAt(context, index).value() != session.stamp) return false;
  const raft::Configuration* configuration = log.ConfigurationAt(index);
  return configuration != nullptr && configuration->cluster.value() == session.cluster;
}

std::optional<std::string_view> ProvedState::Get(const Context& context, const kv::Session& session,
                                                 const std::string& key) {
  const raft::Log& log = context.raft().log();
  const raft::Index end(session.index);
  // What was looked at may have been replaced since, or lie beyond this session.
  const bool goes_on =
      machine_ != nullptr && from_ == context.applied() && at_.index <= end && log.Matches(at_);
  if (!goes_on) Begin(context);
  while (at_.index < end) {
    const raft::Index next = at_.index.Next();
    ApplyAt(log, next, machine_.get());
    at_ = log.At(next)->at;
  }
  return machine_->Get(key);
}

void ProvedState::Begin(const Context& context) {
  machine_ = std::make_unique<kv::StateMachine>(&context.machine());
  from_ = context.applied();
  at_ = {context.raft().log().TermAt(from_), from_};
}

}  // namespace tidemark::server
