#include "node/kv/writers.h"

#include "node/kv/fated.h"

namespace tidemark::kv {
namespace {

// As `writer` would tell that name.
ToldName Told(const WriteName& name, const Writer& writer) {
  return {name.writer, name.seq, TagOf(writer.opened_as.bits, name.writer, name.seq)};
}

}  // namespace

Writers::Writers(const WriterLimits& limits)
    : nodes_({limits.max_writers, limits.max_outcomes, limits.max_outcome_bytes}),
      clients_({limits.max_clients, limits.max_outcomes, limits.max_outcome_bytes}) {}

Writers::Writers(const Writers* base) : nodes_(&base->nodes_), clients_(&base->clients_) {}

Result Writers::Open(LogIndex index, const OpenWriter& opening) {
  // The latest of that incarnation has its highest number: numbers rise with the log position, and
  // the oldest are forgotten first.
  std::optional<LogIndex> latest;
  nodes_.ForEach([&](LogIndex at, const Writer& writer) {
    const OpenWriter& other = writer.opened_as;
    if (other.incarnation == opening.incarnation && other.node == opening.node) latest = at;
  });
  if (latest.has_value()) {
    if (nodes_.Find(*latest)->opened_as.number >= opening.number) return OpeningVoid{};
    // Whatever came before the latest was closed when the latest was opened.
    nodes_.Close(*latest);
  }
  nodes_.Open(index, opening);
  return Opened{};
}

Result Writers::OpenClient(LogIndex index, const kv::OpenClient& opening) {
  clients_.Open(index, OpenWriter{.bits = opening.bits});
  return Opened{};
}

std::optional<Outcome> Writers::Lookup(LogIndex index, const Command& command,
                                       uint64_t operation_hash) {
  return Set(command.once).Lookup(index, command.id, operation_hash);
}

void Writers::Remember(const Command& command, uint64_t operation_hash, const Outcome& outcome) {
  Set(command.once).Remember(command.id.name(), operation_hash, outcome);
}

Fated Writers::Decide(LogIndex index, const WriteName& own, const Fate& fate) {
  // An index is the name of one writer at most: no two were opened there.
  WriterSet& set = nodes_.Find(fate.of.writer) != nullptr ? nodes_ : clients_;
  const Writer* writer = set.Find(fate.of.writer);
  if (writer == nullptr || fate.of != Told(fate.of.name(), *writer)) return Fated{};
  if (writer->outcomes.Dropped(fate.of.seq) || fate.of.name() == own) return Fated{};
  const Outcomes::Kept* kept = writer->outcomes.Find(fate.of.seq);
  if (kept != nullptr) return FateOf(kept->outcome);
  // A closed writer executes nothing more anyway.
  if (!writer->closed) set.Remember(fate.of.name(), std::nullopt, Outcome{index, Cancelled{}});
  return Fated{Fated::Kind::kCancelled};
}

void Writers::BeginCopy(LogIndex frozen) {
  nodes_.BeginCopy(frozen);
  clients_.BeginCopy(frozen);
}

bool Writers::NextParts(Slice* slice) {
  return nodes_.NextParts(false, slice) && clients_.NextParts(true, slice);
}

void Writers::EndCopy() {
  nodes_.EndCopy();
  clients_.EndCopy();
}

}  // namespace tidemark::kv
