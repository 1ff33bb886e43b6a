// The vocabulary of the Raft core. Names are those of the Raft paper (Ongaro and Ousterhout 2014)
// and of Ongaro's dissertation; what Tidemark adds is identity: incarnations, cluster ids, stamps.
#ifndef TIDEMARK_NODE_RAFT_TYPES_H_
#define TIDEMARK_NODE_RAFT_TYPES_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "node/base/limits.h"
#include "node/base/strong.h"

namespace tidemark::raft {

using Term = Strong<struct TermTag>;
using Index = Strong<struct IndexTag>;

// A node's name, as `init` gave it.
using NodeId = std::string;

// What one start without state is told apart by (64 random bits; zero: not known).
using Incarnation = Strong<struct IncarnationTag>;

// One start of a node: 64 random bits, drawn anew each time it is started, with its state or
// without.
using Life = Strong<struct LifeTag>;

// The cluster a history belongs to (zero: none yet). Written as eight hex digits.
using ClusterId = Strong<struct ClusterIdTag, uint32_t>;

// 32 random bits in the first entry of each term: tells apart two histories that reached one term.
using Stamp = Strong<struct StampTag, uint32_t>;

// A name together with the memory that goes with it. Votes and acknowledgements are a member's,
// never a name's: a node that comes back empty has forgotten what it promised.
struct Member {
  NodeId id;
  Incarnation incarnation;
  auto operator<=>(const Member&) const = default;
  // Numbers before texts: members are compared for every message.
  bool operator==(const Member& other) const {
    return incarnation == other.incarnation && id == other.id;
  }
};

// Who counts. Members are sorted by id and no id stands twice. It counts from where it is appended
// on; its limits do where it is applied.
struct Configuration {
  ClusterId cluster;
  std::vector<Member> members;
  Limits limits;

  bool Names(const Member& member) const;
  // The smallest number of members that is a majority.
  size_t Quorum() const { return members.size() / 2 + 1; }
  bool operator==(const Configuration&) const = default;
};

// A place in a log. The ordering is the paper's "more up-to-date" (§5.4.1): by term, then by index.
struct LogPosition {
  Term term;
  Index index;
  auto operator<=>(const LogPosition&) const = default;
};

// What the state machine above is to execute. The core carries it and never looks inside.
class Command {
 public:
  virtual ~Command() = default;
  // What it weighs in a message, in bytes; an estimate serves.
  virtual size_t SizeBytes() const = 0;
  // Whether `other` asks for the very same.
  virtual bool Same(const Command& other) const = 0;
};
using CommandRef = std::shared_ptr<const Command>;

// The no-op with which a leader starts its term (paper §8, dissertation §6.4).
struct TermStart {
  Stamp stamp;
  bool operator==(const TermStart&) const = default;
};

// What a cluster that was forced on one survivor took the place of: the old one, and the last entry
// of it that the survivor had.
struct Predecessor {
  ClusterId cluster;
  LogPosition last;
  bool operator==(const Predecessor&) const = default;
};

// A configuration. The bootstrap one is the first entry of its term as well, hence the stamp.
struct ConfigurationEntry {
  Configuration configuration;
  Stamp stamp;
  std::optional<Predecessor> predecessor;  // of a forced one
  bool operator==(const ConfigurationEntry&) const = default;
};

struct Entry {
  LogPosition at;
  std::variant<TermStart, ConfigurationEntry, CommandRef> body;

  size_t SizeBytes() const;
};
// Entries never change once made; the log, messages and the disk share them.
using EntryRef = std::shared_ptr<const Entry>;

// Whether nothing tells the two apart.
bool Identical(const Entry& one, const Entry& other);

// As many bytes as `entry` can take on a disk, framing included.
uint64_t RoomFor(const Entry& entry);

// From here on the node is this incarnation, and has promised nothing: its hard state is empty.
struct Rebirth {
  Incarnation incarnation;
  bool operator==(const Rebirth&) const = default;
};

// What a node must remember before it says anything that depends on it (paper figure 2).
struct HardState {
  Term term;
  Member voted_for;  // an empty id: nobody yet in this term
  bool operator==(const HardState&) const = default;
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_TYPES_H_
