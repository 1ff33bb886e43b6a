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
    return kHeaderBytes + 32 * configuration->configuration.members.size();
  }
  return kHeaderBytes;
}

}  // namespace tidemark::raft
