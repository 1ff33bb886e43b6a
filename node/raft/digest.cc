#include "node/raft/digest.h"

#include <cstring>
#include <variant>

// Each struct is taken apart by a structured binding, so that a new field does not compile until it
// is added here.
namespace tidemark::raft {
namespace {

void AddBody(const RequestVote& body, Digest* digest) {
  const auto& [ballot, term, last] = body;
  digest->Add(static_cast<uint64_t>(ballot)).Add(term).Add(last);
}

void AddBody(const RequestBootstrap& body, Digest* digest) {
  const auto& [term, node_ids] = body;
  digest->Add(term).Add(node_ids);
}

void AddBody(const Vote& body, Digest* digest) {
  const auto& [term, ballot, asked_term, granted] = body;
  digest->Add(term).Add(static_cast<uint64_t>(ballot)).Add(asked_term).Add(uint64_t{granted});
}

void AddBody(const AppendEntries& body, Digest* digest) {
  const auto& [term, prev, entries, commit_index, round, life] = body;
  digest->Add(term).Add(prev).Add(entries).Add(commit_index).Add(round).Add(life);
}

void AddResult(const Appended& result, Digest* digest) {
  const auto& [match_index] = result;
  digest->Add(match_index);
}

void AddResult(const Conflict& result, Digest* digest) {
  const auto& [prev_index, term, first_index] = result;
  digest->Add(prev_index).Add(term).Add(first_index);
}

void AddBody(const AppendReply& body, Digest* digest) {
  const auto& [term, echo, result] = body;
  digest->Add(term).Add(echo).Add(uint64_t{result.index()});
  std::visit([digest](const auto& one) { AddResult(one, digest); }, result);
}

void AddBody(const BootstrapWanted& body, Digest* digest) {
  const auto& [node_ids] = body;
  digest->Add(node_ids);
}

void AddBody(const WrongIncarnation&, Digest*) {}
void AddBody(const WrongCluster&, Digest*) {}

void AddBody(const InstallSnapshot& body, Digest* digest) {
  const auto& [term, round, piece, life] = body;
  const auto& [snapshot, offset, bytes] = piece;
  digest->Add(term).Add(round).Add(life).Add(snapshot).Add(offset).Add(std::string_view(bytes));
}

void AddBody(const InstallReply& body, Digest* digest) {
  const auto& [term, echo, last_included, bytes, checksum, offset, written] = body;
  digest->Add(term).Add(echo).Add(last_included).Add(bytes).Add(checksum);
  digest->Add(offset).Add(written);
}

void AddBody(const NewerTerm& body, Digest* digest) {
  const auto& [term] = body;
  digest->Add(term);
}

void AddBody(const CommitNotice& body, Digest* digest) {
  const auto& [term, committed] = body;
  digest->Add(term).Add(committed);
}

void AddBody(const Unnamed& body, Digest* digest) {
  const auto& [term] = body;
  digest->Add(term);
}

void AddBody(const WentBack& body, Digest* digest) {
  const auto& [term, round, lost, life] = body;
  digest->Add(term).Add(round).Add(lost).Add(life);
}

}  // namespace

Digest& Digest::Add(std::string_view text) {
  Add(uint64_t{text.size()});
  for (; !text.empty(); text.remove_prefix(text.size() < 8 ? text.size() : 8)) {
    uint64_t word = 0;
    std::memcpy(&word, text.data(), text.size() < 8 ? text.size() : 8);
    Add(word);
  }
  return *this;
}

Digest& Digest::Add(const Member& member) {
  const auto& [id, incarnation] = member;
  return Add(std::string_view(id)).Add(incarnation);
}

Digest& Digest::Add(const LogPosition& position) {
  const auto& [term, index] = position;
  return Add(term).Add(index);
}

Digest& Digest::Add(const HardState& hard_state) {
  const auto& [term, voted_for] = hard_state;
  return Add(term).Add(voted_for);
}

Digest& Digest::Add(const Rebirth& rebirth) {
  const auto& [incarnation] = rebirth;
  return Add(incarnation);
}

Digest& Digest::Add(const LogBase& base) {
  const auto& [position, cluster] = base;
  return Add(position).Add(cluster);
}

Digest& Digest::Add(const Configuration& configuration) {
  const auto& [cluster, members, limits] = configuration;
  const auto& [line, key, value, answer] = limits;
  return Add(cluster).Add(members).Add(line).Add(key).Add(value).Add(answer);
}

Digest& Digest::Add(const RoundEcho& echo) {
  const auto& [life, term, round] = echo;
  return Add(life).Add(term).Add(round);
}

Digest& Digest::Add(const Snapshot& snapshot) {
  const auto& [last_included, configuration, bytes, checksum] = snapshot;
  return Add(last_included).Add(configuration).Add(bytes).Add(checksum);
}

Digest& Digest::Add(const TermStart& start) {
  const auto& [stamp] = start;
  return Add(stamp);
}

Digest& Digest::Add(const ConfigurationEntry& entry) {
  const auto& [configuration, stamp, predecessor] = entry;
  Add(configuration).Add(stamp).Add(uint64_t{predecessor.has_value()});
  if (!predecessor) return *this;
  const auto& [cluster, last] = *predecessor;
  return Add(cluster).Add(last);
}

Digest& Digest::Add(const Entry& entry) {
  const auto& [at, body] = entry;
  Add(at).Add(uint64_t{body.index()});
  std::visit([this](const auto& one) { Add(one); }, body);
  return *this;
}

Digest& Digest::Add(const Message& message) {
  const auto& [header, body] = message;
  const auto& [from, to, cluster] = header;
  Add(from).Add(to).Add(cluster).Add(uint64_t{body.index()});
  std::visit([this](const auto& one) { AddBody(one, this); }, body);
  return *this;
}

}  // namespace tidemark::raft
