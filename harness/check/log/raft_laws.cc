#include "harness/check/log/raft_laws.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "harness/check/log/past.h"
#include "node/base/overloaded.h"
#include "node/server/peer_messages.h"

namespace tidemark::check {
namespace {

std::string At(raft::LogPosition at) {
  return absl::StrCat("index ", at.index.value(), " of term ", at.term.value());
}

}  // namespace

bool SameEntry(const raft::Entry& a, const raft::Entry& b) {
  if (a.at != b.at || a.body.index() != b.body.index()) return false;
  return std::visit(Overloaded{[&](const raft::CommandRef& command) {
                                 const auto& other = std::get<raft::CommandRef>(b.body);
                                 return command == other || server::LogCommand::Of(command) ==
                                                                server::LogCommand::Of(other);
                               },
                               [&](const raft::TermStart& start) {
                                 return start == std::get<raft::TermStart>(b.body);
                               },
                               [&](const raft::ConfigurationEntry& entry) {
                                 return entry == std::get<raft::ConfigurationEntry>(b.body);
                               }},
                    a.body);
}

void RaftLaws::Fail(std::string check, std::string text) {
  if (!violation_) violation_ = Violation{std::move(check), std::move(text)};
}

RaftLaws::Seen* RaftLaws::Find(raft::LogPosition at) {
  for (Seen& seen : seen_[at.index.value()]) {
    if (seen.entry->at.term == at.term) return &seen;
  }
  return nullptr;
}

// By induction over the index: if each (index, term) has one entry and one term before it, then two
// logs that agree at a position agree in everything before.
void RaftLaws::Append(const raft::NodeId& node, const raft::EntryRef& entry, raft::Term prev_term) {
  const raft::LogPosition at = entry->at;
  if (seen_.size() <= at.index.value()) seen_.resize(at.index.value() + 1);
  const Seen* seen = Find(at);
  if (seen == nullptr) {
    seen_[at.index.value()].push_back({entry, prev_term});
    const std::optional<raft::Stamp> stamp = StampIn(*entry);
    if (stamp && prev_term != at.term) stamps_.emplace(at.term, *stamp);
    return;
  }
  if (seen->prev_term != prev_term) {
    return Fail(
        "Log Matching",
        absl::StrCat(node, " has ", At(at), " behind an entry of term ", prev_term.value(),
                     ", where another log has it behind one of term ", seen->prev_term.value()));
  }
  if (seen->entry == entry || SameEntry(*seen->entry, *entry)) return;
  Fail("Log Matching", absl::StrCat(node, " has another entry at ", At(at), " than another log"));
}

void RaftLaws::AppendAsLeader(const raft::NodeId& node, raft::Index index, raft::Index last) {
  if (index == last.Next()) return;
  Fail("Leader Append-Only", absl::StrCat(node, " leads with a log up to index ", last.value(),
                                          " and wrote index ", index.value()));
}

void RaftLaws::Lead(const raft::Member& node, raft::Term term, const raft::Log& log) {
  const auto [known, is_new] = leaders_.emplace(term, node);
  if (!is_new && known->second != node) {
    return Fail("Election Safety", absl::StrCat("both ", known->second.id, " and ", node.id,
                                                " lead in term ", term.value()));
  }
  if (committed_.empty()) return;
  const raft::LogPosition last = committed_.back()->at;
  // A leader of an older term may be behind: it was elected before.
  if (term < last.term || log.Matches(last)) return;
  Fail("Leader Completeness", absl::StrCat(node.id, " leads in term ", term.value(), " without ",
                                           At(last), ", which is committed"));
}

bool RaftLaws::Commit(const raft::NodeId& node, const raft::EntryRef& entry) {
  const uint64_t index = entry->at.index.value();
  if (index <= committed_.size()) {
    const raft::EntryRef& known = committed_[index - 1];
    if (known != entry && !SameEntry(*known, *entry)) {
      Fail("State Machine Safety",
           absl::StrCat(node, " holds ", At(entry->at), " committed, where another has committed ",
                        At(known->at)));
    }
    return false;
  }
  if (index != committed_.size() + 1) {
    Fail("State Machine Safety", absl::StrCat(node, " skipped to index ", index));
    return false;
  }
  committed_.push_back(entry);
  if (std::holds_alternative<raft::ConfigurationEntry>(entry->body)) {
    configurations_.push_back(committed_.size() - 1);
  }
  return true;
}

void RaftLaws::CommitBySnapshot(const raft::NodeId& node, raft::Index index) {
  if (index.value() <= committed_.size()) return;
  Fail("State Machine Safety",
       absl::StrCat(node, " has a snapshot up to index ", index.value(), ", and only ",
                    committed_.size(), " entries were ever committed"));
}

void RaftLaws::State(const raft::NodeId& node, raft::Index applied, uint64_t hash) {
  const auto [known, is_new] = states_.emplace(applied, hash);
  if (is_new || known->second == hash) return;
  Fail("State Machine Safety", absl::StrCat(node, " has another state at index ", applied.value(),
                                            " than another node had there"));
}

kv::Session RaftLaws::SessionOf(const raft::Entry& entry) const {
  const raft::Configuration* configuration = this->configuration();
  const auto stamp = stamps_.find(entry.at.term);
  return {configuration == nullptr ? 0 : configuration->cluster.value(), entry.at.index.value(),
          entry.at.term.value(), stamp == stamps_.end() ? 0 : stamp->second.value()};
}

bool RaftLaws::EverHeld(const kv::Session& session) const {
  if (session.index >= seen_.size()) return false;
  for (const Seen& seen : seen_[session.index]) {
    if (SessionOf(*seen.entry) == session) return true;
  }
  return false;
}

std::optional<kv::Session> RaftLaws::NotCommitted(uint64_t index) const {
  if (index <= committed_.size() || index >= seen_.size() || seen_[index].empty()) {
    return std::nullopt;
  }
  return SessionOf(*seen_[index].back().entry);
}

const raft::Configuration* RaftLaws::configuration() const {
  if (configurations_.empty()) return nullptr;
  const raft::Entry& entry = *committed_[configurations_.back()];
  return &std::get<raft::ConfigurationEntry>(entry.body).configuration;
}

}  // namespace tidemark::check
