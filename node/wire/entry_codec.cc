#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "node/base/concat.h"
#include "node/base/limits.h"
#include "node/raft/types.h"
#include "node/server/peer_messages.h"
#include "node/wire/checked.h"
#include "node/wire/command_codec.h"
#include "node/wire/object_writer.h"

namespace tidemark::wire {
namespace {

using raft::Term;

constexpr size_t kMaxEntries = 100000;
constexpr size_t kMaxMembers = 1000;

raft::Stamp DecodeStamp(const Checked& owner) {
  return raft::Stamp(static_cast<uint32_t>(owner.Field("stamp").Hex(8)));
}

raft::Member DecodeMember(const Checked& member) {
  return {member.Field("node_id").Name(),
          raft::Incarnation(member.Field("incarnation").Identity(16))};
}

bool SortedAndDistinct(const std::vector<raft::Member>& members) {
  auto not_before = [](const raft::Member& a, const raft::Member& b) { return a.id >= b.id; };
  return std::adjacent_find(members.begin(), members.end(), not_before) == members.end();
}

uint64_t DecodeLimit(const Checked& limits, Limit which) {
  return limits.Field(NameOf(which)).Uint(kLeastLimits.Of(which), kMostLimits.Of(which));
}

Limits DecodeLimits(const Checked& limits) {
  return {DecodeLimit(limits, Limit::kLine), DecodeLimit(limits, Limit::kKey),
          DecodeLimit(limits, Limit::kValue), DecodeLimit(limits, Limit::kAnswer)};
}

raft::Predecessor DecodePredecessor(const Checked& predecessor) {
  return {raft::ClusterId(static_cast<uint32_t>(predecessor.Field("cluster").Identity(8))),
          {Term(predecessor.Field("term").Uint(1, kMaxCount)),
           raft::Index(predecessor.Field("index").Uint(1, kMaxCount))}};
}

raft::ConfigurationEntry DecodeConfigurationEntry(const Checked& configuration) {
  raft::ConfigurationEntry decoded{
      DecodeConfiguration(configuration), DecodeStamp(configuration), {}};
  const Checked predecessor = configuration.Field("predecessor");
  if (predecessor.present()) decoded.predecessor = DecodePredecessor(predecessor);
  return decoded;
}

decltype(raft::Entry::body) DecodeBody(const Checked& entry) {
  Checked term_start = entry.Field("term_start");
  Checked configuration = entry.Field("configuration");
  Checked command = entry.Field("command");
  if (term_start.present() + configuration.present() + command.present() != 1) {
    entry.Refuse("exactly one of term_start, configuration and command");
  } else if (term_start.present()) {
    return raft::TermStart{DecodeStamp(term_start)};
  } else if (configuration.present()) {
    return DecodeConfigurationEntry(configuration);
  } else {
    return std::make_shared<const server::LogCommand>(DecodeCommand(command));
  }
  return {};
}

// The entry that stands behind `prev`.
raft::EntryRef DecodeEntry(const Checked& entry, raft::LogPosition prev, Term leader_term) {
  auto decoded = std::make_shared<raft::Entry>();
  decoded->at = {Term(entry.Field("term").Uint(kMaxCount)),
                 raft::Index(entry.Field("index").Uint(kMaxCount))};
  if (decoded->at.index != prev.index.Next()) {
    entry.Field("index").Refuse(Concat(prev.index.Next().value()));
  }
  Term lowest = std::max(prev.term, Term(1));
  if (decoded->at.term < lowest || decoded->at.term > leader_term) {
    entry.Field("term").Refuse(Concat("a term from ", lowest.value(), " to ", leader_term.value()));
  }
  decoded->body = DecodeBody(entry);
  return decoded;
}

void AppendBody(const raft::TermStart& start, ObjectWriter* entry) {
  ObjectWriter fields(entry->Begin("term_start"));
  fields.Hex("stamp", start.stamp.value(), 8);
  fields.Close();
}

void AppendBody(const raft::ConfigurationEntry& configuration, ObjectWriter* entry) {
  ObjectWriter fields(entry->Begin("configuration"));
  fields.Hex("cluster", configuration.configuration.cluster.value(), 8);
  fields.Hex("stamp", configuration.stamp.value(), 8);
  AppendMembers(configuration.configuration.members, fields.Begin("members"));
  AppendLimits(configuration.configuration.limits, fields.Begin("limits"));
  if (configuration.predecessor) {
    ObjectWriter predecessor(fields.Begin("predecessor"));
    predecessor.Hex("cluster", configuration.predecessor->cluster.value(), 8);
    predecessor.Integer("term", configuration.predecessor->last.term.value());
    predecessor.Integer("index", configuration.predecessor->last.index.value());
    predecessor.Close();
  }
  fields.Close();
}

void AppendBody(const raft::CommandRef& command, ObjectWriter* entry) {
  AppendCommand(server::LogCommand::Of(command), entry->Begin("command"));
}

}  // namespace

void AppendMember(const raft::Member& member, std::string* out) {
  ObjectWriter fields(out);
  fields.String("node_id", member.id);
  fields.Hex("incarnation", member.incarnation.value(), 16);
  fields.Close();
}

void AppendMembers(const std::vector<raft::Member>& members, std::string* out) {
  std::string_view separator = "[";
  for (const raft::Member& member : members) {
    out->append(std::exchange(separator, ", "));
    AppendMember(member, out);
  }
  out->append(members.empty() ? "[]" : "]");
}

void AppendLimits(const Limits& limits, std::string* out) {
  ObjectWriter fields(out);
  for (const Limit one : {Limit::kLine, Limit::kKey, Limit::kValue, Limit::kAnswer}) {
    fields.Integer(NameOf(one), limits.Of(one));
  }
  fields.Close();
}

raft::Configuration DecodeConfiguration(const Checked& owner) {
  raft::Configuration configuration;
  configuration.cluster =
      raft::ClusterId(static_cast<uint32_t>(owner.Field("cluster").Identity(8)));
  Checked members = owner.Field("members");
  size_t size = members.Items(1, kMaxMembers);
  for (size_t i = 0; i < size; ++i) {
    configuration.members.push_back(DecodeMember(members.Item(i)));
  }
  if (!SortedAndDistinct(configuration.members)) {
    members.Refuse("members sorted by node_id, each once");
  }
  configuration.limits = DecodeLimits(owner.Field("limits"));
  return configuration;
}

void AppendConfiguration(const raft::Configuration& configuration, ObjectWriter* owner) {
  owner->Hex("cluster", configuration.cluster.value(), 8);
  AppendMembers(configuration.members, owner->Begin("members"));
  AppendLimits(configuration.limits, owner->Begin("limits"));
}

std::vector<raft::EntryRef> DecodeEntries(const Checked& entries, raft::LogPosition prev,
                                          Term term) {
  std::vector<raft::EntryRef> decoded;
  size_t size = entries.Items(0, kMaxEntries);
  decoded.reserve(size);
  for (size_t i = 0; i < size && entries.ok(); ++i) {
    decoded.push_back(DecodeEntry(entries.Item(i), prev, term));
    prev = decoded.back()->at;
  }
  return decoded;
}

void AppendEntry(const raft::Entry& entry, std::string* out) {
  ObjectWriter fields(out);
  fields.Integer("term", entry.at.term.value());
  fields.Integer("index", entry.at.index.value());
  std::visit([&](const auto& body) { AppendBody(body, &fields); }, entry.body);
  fields.Close();
}

void AppendEntries(const std::vector<raft::EntryRef>& entries, std::string* out) {
  std::string_view separator = "[";
  for (const raft::EntryRef& entry : entries) {
    out->append(std::exchange(separator, ", "));
    AppendEntry(*entry, out);
  }
  out->append(entries.empty() ? "[]" : "]");
}

}  // namespace tidemark::wire
