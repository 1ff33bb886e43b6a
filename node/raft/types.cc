#include "node/raft/types.h"

#include <algorithm>
#include <cstddef>
#include <variant>

namespace tidemark::raft {

bool Configuration::Names(const Member& member) const {
  return std::find(members.begin(), members.end(), member) != members.end();
}

size_t Entry::SizeBytes() const {
  constexpr size_t kHeaderBytes = 24;
  if (const auto* command = std::get_if<CommandRef>(&body)) {
    return kHeaderBytes + (*command)->SizeBytes();
  }
  if (const auto* configuration = std::get_if<ConfigurationEntry>(&body)) {
    size_t sum = kHeaderBytes;
    for (const Member& member : configuration->configuration.members) {
      sum += 32 + member.id.size();
    }
    return sum;
  }
  return kHeaderBytes;
}

bool Identical(const Entry& one, const Entry& other) {
  if (&one == &other) return true;
  if (one.at != other.at || one.body.index() != other.body.index()) return false;
  const auto* command = std::get_if<CommandRef>(&one.body);
  if (command == nullptr) return one.body == other.body;
  return (*command)->Same(*std::get<CommandRef>(other.body));
}

// An estimate serves to fill messages; here it must not be too low. node/wire's binary form adds to
// each text 4 or 5 bytes, of which SizeBytes knows no less than 8 for each of many, and the rest of
// an entry, its frame included, is far below the constant.
uint64_t RoomFor(const Entry& entry) {
  const uint64_t bytes = entry.SizeBytes();
  return bytes + bytes / 8 + 256;
}

}  // namespace tidemark::raft
