#include "node/raft/types.h"

#include <algorithm>
#include <cstddef>
#include <variant>

#include "node/base/overloaded.h"

namespace tidemark::raft {

bool Configuration::Names(const Member& member) const {
  return std::find(members.begin(), members.end(), member) != members.end();
}

size_t Entry::SizeBytes() const {
  constexpr size_t kHeaderBytes = 24;
  return kHeaderBytes +
         std::visit(Overloaded{[](const TermStart&) { return size_t{0}; },
                               [](const ConfigurationEntry& entry) {
                                 size_t sum = 0;
                                 for (const Member& member : entry.configuration.members) {
                                   sum += 32 + member.id.size();
                                 }
                                 return sum;
                               },
                               [](const CommandRef& command) { return command->SizeBytes(); }},
                    body);
}

bool Identical(const Entry& one, const Entry& other) {
  if (&one == &other) return true;
  if (one.at != other.at || one.body.index() != other.body.index()) return false;
  return std::visit(
      Overloaded{[&](const TermStart& start) { return start == std::get<TermStart>(other.body); },
                 [&](const ConfigurationEntry& entry) {
                   return entry == std::get<ConfigurationEntry>(other.body);
                 },
                 [&](const CommandRef& command) {
                   return command->Same(*std::get<CommandRef>(other.body));
                 }},
      one.body);
}

// An estimate serves to fill messages; here it must not be too low. node/wire's binary form adds to
// each text 4 or 5 bytes, of which SizeBytes knows no less than 8 for each of many, and the rest of
// an entry, its frame included, is far below the constant.
uint64_t RoomFor(const Entry& entry) {
  const uint64_t bytes = entry.SizeBytes();
  return bytes + bytes / 8 + 256;
}

}  // namespace tidemark::raft
