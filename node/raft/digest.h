// 64 bits by which a search recognizes what it has seen: equal things have equal digests, and
// different things differ but for chance.
#ifndef TIDEMARK_NODE_RAFT_DIGEST_H_
#define TIDEMARK_NODE_RAFT_DIGEST_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "node/base/hash.h"
#include "node/raft/messages.h"
#include "node/raft/snapshot.h"
#include "node/raft/types.h"

namespace tidemark::raft {

// Tells apart what the core never looks into.
using CommandDigest = uint64_t (*)(const Command&);

class Digest {
 public:
  explicit Digest(CommandDigest of_command) : of_command_(of_command) {}

  // The digest of all that was added, in its order.
  uint64_t value() const { return value_; }

  // For a fixed past this is one-to-one in `word`.
  Digest& Add(uint64_t word) {
    value_ = HashFinish(value_ * 0x9e3779b97f4a7c15u + word + 1);
    return *this;
  }
  Digest& Add(std::string_view text);
  template <typename Tag, typename Rep>
  Digest& Add(Strong<Tag, Rep> number) {
    return Add(uint64_t{number.value()});
  }

  Digest& Add(const Member& member);
  Digest& Add(const LogPosition& position);
  Digest& Add(const HardState& hard_state);
  Digest& Add(const LogBase& base);
  Digest& Add(const Rebirth& rebirth);
  Digest& Add(const Configuration& configuration);
  Digest& Add(const RoundEcho& echo);
  Digest& Add(const Snapshot& snapshot);
  Digest& Add(const TermStart& start);
  Digest& Add(const ConfigurationEntry& entry);
  Digest& Add(const CommandRef& command) { return Add(of_command_(*command)); }
  Digest& Add(const Entry& entry);
  Digest& Add(const EntryRef& entry) { return Add(*entry); }
  Digest& Add(const Message& message);

  template <typename T>
  Digest& Add(const std::vector<T>& sequence) {
    Add(uint64_t{sequence.size()});
    for (const T& element : sequence) Add(element);
    return *this;
  }

 private:
  CommandDigest of_command_;
  uint64_t value_ = 0;
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_DIGEST_H_
