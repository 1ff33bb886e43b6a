// What the log carries, as JSON: commands, configurations and entries.
#ifndef TIDEMARK_NODE_WIRE_COMMAND_CODEC_H_
#define TIDEMARK_NODE_WIRE_COMMAND_CODEC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "node/base/limits.h"
#include "node/kv/command.h"
#include "node/raft/types.h"
#include "node/wire/checked.h"
#include "node/wire/object_writer.h"

namespace tidemark::wire {

// Terms, indexes and rounds from outside stay below, so that adding to one never wraps around.
inline constexpr uint64_t kMaxCount = (uint64_t{1} << 63) - 1;

kv::Command DecodeCommand(const Checked& command);
void AppendCommand(const kv::Command& command, std::string* out);
void AppendToldName(const kv::ToldName& name, std::string* out);

void AppendLimits(const Limits& limits, std::string* out);

// As members of the object that holds it.
raft::Configuration DecodeConfiguration(const Checked& owner);
void AppendConfiguration(const raft::Configuration& configuration, ObjectWriter* owner);
void AppendMember(const raft::Member& member, std::string* out);
void AppendMembers(const std::vector<raft::Member>& members, std::string* out);

// The entries that follow `prev` in a log of a leader of `term`: their indexes are consecutive and
// their terms never fall.
std::vector<raft::EntryRef> DecodeEntries(const Checked& entries, raft::LogPosition prev,
                                          raft::Term term);
void AppendEntry(const raft::Entry& entry, std::string* out);
void AppendEntries(const std::vector<raft::EntryRef>& entries, std::string* out);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_COMMAND_CODEC_H_
