// What was seen in a session: how far a read must at least have come to see it again.
#ifndef TIDEMARK_CLIENT_CLI_SESSION_H_
#define TIDEMARK_CLIENT_CLI_SESSION_H_

#include <cstdint>
#include <map>
#include <optional>

#include "client_cli/token.h"
#include "node/wire/json.h"

namespace tidemark::client {

// Nothing but Reset and SetIndex ever takes anything back. What was seen of another cluster than
// the one that the session is of is kept beside it, for when its token is taken over again.
class Session {
 public:
  // The newest that was seen; nullopt: none yet. It goes with each request.
  const std::optional<Token>& token() const { return now().token; }
  // The largest commit_index of all answers so far, or what it was set to. It goes with each
  // ryw_read.
  uint64_t last_write_index() const { return now().last_write_index; }
  // What a read here must at least have come to.
  uint64_t index() const;

  // The `session` of a request.
  wire::Json ToJson() const;

  // An answer came. Whatever order answers come in, nothing falls. A refusal changes nothing: who
  // is refused must not come to hold the history that refused it.
  void Observe(const wire::Json& body);

  // Goes on with what another session has seen. False: this one has seen as much of that cluster
  // or more, and keeps to that.
  bool TakeOver(const Token& token);
  // Begins anew with a bare index: enough for reading one's own writes, and a proof of nothing.
  void SetIndex(uint64_t index);
  void Reset() { SetIndex(0); }

 private:
  struct Seen {
    std::optional<Token> token;
    uint64_t last_write_index = 0;
  };

  const Seen& now() const { return seen_.at(cluster_); }
  void BelongTo(uint32_t cluster);

  std::optional<uint32_t> cluster_;  // that the session is of; nullopt: no token yet
  std::map<std::optional<uint32_t>, Seen> seen_ = {{std::nullopt, {}}};
};

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_SESSION_H_
