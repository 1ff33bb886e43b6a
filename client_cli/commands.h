// What a person can ask for, one struct a command.
#ifndef TIDEMARK_CLIENT_CLI_COMMANDS_H_
#define TIDEMARK_CLIENT_CLI_COMMANDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "client_cli/token.h"
#include "client_cli/writer.h"
#include "node/wire/json.h"

namespace tidemark::client {

// --- Asked of a node ---

struct Write {
  wire::Json key;
  wire::Json value;
  bool operator==(const Write&) const = default;
};
struct Read {
  wire::Json key;
  bool operator==(const Read&) const = default;
};
struct RywRead {
  wire::Json key;
  bool prefer_follower = true;
  std::optional<uint64_t> index;  // by this alone, whatever the session has seen
  std::optional<uint64_t> max_wait_ms;
  bool explain = false;
  bool operator==(const RywRead&) const = default;
};
struct Cas {
  wire::Json key;
  wire::Json from;
  wire::Json to;
  bool create = false;
  bool operator==(const Cas&) const = default;
};
struct Delete {
  wire::Json key;
  bool operator==(const Delete&) const = default;
};
struct Txn {
  wire::Json operations;  // [["r", "x", null], …]
  bool operator==(const Txn&) const = default;
};
// What has come of a write?
struct Fate {
  WriteName of;
  std::optional<uint64_t> tag;  // absent: of a name of this session's own, whose tag it knows
  bool operator==(const Fate&) const = default;
};
using Request = std::variant<Write, Read, RywRead, Cas, Delete, Txn, Fate>;

// --- For the client itself ---

struct Use {
  std::string node;
  bool operator==(const Use&) const = default;
};
struct ShowStatus {
  std::string node;  // empty: all
  bool operator==(const ShowStatus&) const = default;
};
struct ShowSession {
  bool operator==(const ShowSession&) const = default;
};
struct SetSession {  // to a token from elsewhere, or to a bare index
  std::variant<Token, uint64_t> to;
  bool operator==(const SetSession&) const = default;
};
struct ResetSession {
  bool operator==(const ResetSession&) const = default;
};
struct Kill {
  std::string node;
  bool operator==(const Kill&) const = default;
};
struct Restart {
  std::string node;
  bool wipe = false;
  bool operator==(const Restart&) const = default;
};
struct Partition {
  std::vector<std::vector<std::string>> groups;
  bool operator==(const Partition&) const = default;
};
struct Heal {
  bool operator==(const Heal&) const = default;
};
struct Help {
  std::string topic;  // a command's name; empty: all
  bool operator==(const Help&) const = default;
};
struct Exit {
  bool operator==(const Exit&) const = default;
};
struct Nothing {  // a blank line or a comment
  bool operator==(const Nothing&) const = default;
};

using Command = std::variant<Nothing, Request, Use, ShowStatus, ShowSession, SetSession,
                             ResetSession, Kill, Restart, Partition, Heal, Help, Exit>;

// Errors: InvalidArgument, in one line: what is wrong and how the command is written.
absl::StatusOr<Command> ParseCommand(std::string_view line);

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_COMMANDS_H_
