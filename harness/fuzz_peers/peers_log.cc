#include "harness/fuzz_peers/peers_log.h"

#include <algorithm>
#include <variant>

#include "node/base/assert.h"
#include "node/server/peer_messages.h"
#include "node/wire/state_codec.h"

namespace tidemark::fuzz {

raft::Term PeersLog::TermAt(raft::Index index) const {
  if (index == base_.index) return base_.term;
  if (index < base_.index || index > last().index) return {};
  return entries_[index.value() - base_.index.value() - 1]->at.term;
}

std::vector<raft::EntryRef> PeersLog::Behind(raft::Index prev, size_t count) const {
  TM_ASSERT(prev >= base_.index && prev <= last().index);
  const size_t from = prev.value() - base_.index.value();
  const size_t to = std::min(entries_.size(), from + count);
  return {entries_.begin() + static_cast<ptrdiff_t>(from),
          entries_.begin() + static_cast<ptrdiff_t>(to)};
}

bool PeersLog::Append(const raft::EntryRef& entry) {
  const raft::Index index = entry->at.index;
  if (index <= base_.index || index > last().index.Next()) return false;
  if (TermAt(index) == entry->at.term) return true;
  if (index <= committed_ || entry->at.term < TermAt(index.Prev())) return false;
  entries_.resize(index.value() - base_.index.value() - 1);
  entries_.push_back(entry);
  return true;
}

std::vector<PeersLog::Done> PeersLog::Commit(raft::Index index) {
  std::vector<Done> done;
  const raft::Index end = std::min(index, last().index);
  while (committed_ < end) {
    committed_ = committed_.Next();
    const raft::Entry& entry = *entries_[committed_.value() - base_.index.value() - 1];
    done.push_back({committed_, Apply(entry)});
    applied_ = entry.at;
  }
  return done;
}

std::optional<kv::Applied> PeersLog::Apply(const raft::Entry& entry) {
  const uint64_t index = entry.at.index.value();
  if (const auto* body = std::get_if<raft::CommandRef>(&entry.body)) {
    return machine_->Apply(index, server::LogCommand::Of(*body));
  }
  const bool begins = applied_.term != entry.at.term;
  if (const auto* start = std::get_if<raft::TermStart>(&entry.body)) {
    if (begins) machine_->BeginTerm(index, entry.at.term.value(), start->stamp.value());
    return std::nullopt;
  }
  const auto& bootstrap = std::get<raft::ConfigurationEntry>(entry.body);
  if (begins) machine_->BeginTerm(index, entry.at.term.value(), bootstrap.stamp.value());
  machine_->Configure(index, bootstrap.configuration.cluster.value(),
                      bootstrap.configuration.limits);
  configuration_ = bootstrap.configuration;
  return std::nullopt;
}

void PeersLog::Trim(size_t keep) {
  while (base_.index < committed_ && committed_.value() - base_.index.value() > keep) {
    base_ = entries_.front()->at;
    entries_.pop_front();
  }
}

PeersLog::File PeersLog::Snapshot() const {
  TM_ASSERT(committed_ != raft::Index());
  File file;
  machine_->BeginCopy();
  std::vector<kv::StatePart> parts;
  bool more = true;
  while (more) {
    more = machine_->NextParts(size_t{64} << 10, &parts);
    for (const kv::StatePart& part : parts) wire::AppendStatePart(part, &file.bytes);
  }
  file.snapshot = {applied_, configuration_, file.bytes.size(), machine_->Hash()};
  return file;
}

}  // namespace tidemark::fuzz
