#include "node/server/apply.h"

#include <variant>

#include "node/base/overloaded.h"
#include "node/server/peer_messages.h"

namespace tidemark::server {

std::optional<kv::Applied> ApplyAt(const raft::Log& log, raft::Index index,
                                   kv::StateMachine* machine) {
  using Applied = std::optional<kv::Applied>;
  const raft::Entry& entry = *log.At(index);
  // The stamp of a term is that of its first entry. What a peer sends need not begin a term, or may
  // begin one twice: no stamp then, and no session names it.
  const bool begins = log.TermAt(index.Prev()) != entry.at.term;
  const auto begin = [&](raft::Stamp stamp) {
    if (begins) machine->BeginTerm(index.value(), entry.at.term.value(), stamp.value());
  };
  return std::visit(Overloaded{[&](const raft::CommandRef& command) -> Applied {
                                 return machine->Apply(index.value(), LogCommand::Of(command));
                               },
                               [&](const raft::TermStart& start) -> Applied {
                                 begin(start.stamp);
                                 return std::nullopt;
                               },
                               [&](const raft::ConfigurationEntry& configuration) -> Applied {
                                 begin(configuration.stamp);
                                 machine->Configure(index.value(),
                                                    configuration.configuration.cluster.value(),
                                                    configuration.configuration.limits);
                                 return std::nullopt;
                               }},
                    entry.body);
}

}  // namespace tidemark::server
