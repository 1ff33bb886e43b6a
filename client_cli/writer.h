// The session's own client id: the names of its writes, which make one that is sent twice happen
// once.
#ifndef TIDEMARK_CLIENT_CLI_WRITER_H_
#define TIDEMARK_CLIENT_CLI_WRITER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "node/wire/json.h"

namespace tidemark::client {

// A write, as errors name it.
struct WriteName {
  uint64_t writer = 0;
  uint64_t seq = 0;
  auto operator<=>(const WriteName&) const = default;
};
// {"writer": 37, "seq": 5, "tag": "…"}: with the tag that shows that one was told the name.
wire::Json ToJson(const WriteName& name, uint64_t tag);

// Of exactly 16 hexadecimal digits in lower case, as messages carry tags and keys.
std::optional<uint64_t> ParseHex16(std::string_view text);

class Writer {
 public:
  bool is_open() const { return client_ != 0; }
  // `client`, from 1, is what the cluster has named this session, and `key` what it must show.
  // Names of an earlier client stay what they are, and are not counted any more.
  void Open(uint64_t client, uint64_t key);
  void Close();

  // A name that no write has had. REQUIRES: is_open().
  WriteName Begin();
  // What came of it is known, or nobody will ever know.
  void Settle(const WriteName& name);
  // The `once` of that write. REQUIRES: it has begun under this client and is not settled.
  wire::Json Once(const WriteName& name) const;
  // Of a name of this client, or of an earlier one of this session; nullopt: it is somebody else's.
  std::optional<uint64_t> TagOf(const WriteName& name) const;

 private:
  uint64_t client_ = 0;  // 0: none
  uint64_t last_seq_ = 0;
  std::set<uint64_t> unanswered_;
  std::map<uint64_t, uint64_t> keys_;  // by client, of all that there were
};

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_WRITER_H_
