#include "node/server/apply.h"

#include <variant>

#include "node/server/peer_messages.h"

namespace tidemark::server {

std::optional<kv::Applied> ApplyAt(const raft::Log& log, raft::Index index,
                                   kv::StateMachine* machine) {
  const raft::Entry& entry = *log.At(index);
  if (const auto* body = std::get_if<raft::CommandRef>(&entry.body)) {
    return machine->Apply(index.value(), LogCommand::Of(*body));
  }
  // The stamp of a term is that of its first entry. What a peer sends need not begin a term, or may
  // begin one twice: no stamp then, and no session names it.
  const bool begins = log.TermAt(index.Prev()) != entry.at.term;
  if (const auto* start = std::get_if<raft::TermStart>(&entry.body)) {
    if (begins) machine->BeginTerm(index.value(), entry.at.term.value(), start->stamp.value());
    return std::nullopt;
  }
  const auto& configuration = std::get<raft::ConfigurationEntry>(entry.body);
  if (begins) {
    machine->BeginTerm(index.value(), entry.at.term.value(), configuration.stamp.value());
  }
  machine->Configure(index.value(), configuration.configuration.cluster.value(),
                     configuration.configuration.limits);
  return std::nullopt;
}

}  // namespace tidemark::server
