// One operation of a client, from its invocation to the end of the run, and the requests that are
// made on its behalf.
#ifndef TIDEMARK_HARNESS_SIMULATION_CALL_H_
#define TIDEMARK_HARNESS_SIMULATION_CALL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "harness/check/history.h"
#include "node/kv/command.h"
#include "node/kv/session.h"
#include "node/server/requests.h"

namespace tidemark::simulation {

// Keys from here on hold lists; probes write below.
inline constexpr int64_t kListKeys = 1'000'000;

struct Call {
  check::Function function = check::Function::kRead;
  std::optional<kv::ToldName> guess;  // asks for its fate: no operation of the history either
  bool opens = false;    // asks for a writer of the client's own: no operation of the history
  uint32_t ordinal = 0;  // names it; what it writes is this number, so that each value is unique
  int session = 0;
  uint64_t need = 0;  // the index that the request carries
  // What the session has seen, where it carries tokens; nullopt: nothing yet.
  bool in_session = false;
  std::optional<kv::Session> token;
  // The index, or the token, is made up: the answer is no part of the session.
  bool forged = false;
  bool of_lost_history = false;  // the token is true of a history that another took the place of
  uint64_t floor = 0;  // the highest index that anybody had been told of when it was invoked
  std::string key;
  std::string from;  // cas
  size_t large = 0;  // how many bytes what it writes has beside its number
  int64_t invoked_us = 0;
  size_t in_history = 0;

  std::optional<kv::WriteId> once;
  // Of a write: as soon as its client knows it.
  std::optional<kv::ToldName> name;
  int attempts = 0;
  int64_t asked_us = 0;     // the last of them
  int maybe_handed_in = 0;  // attempts of which nobody said that nothing was done
  bool due = false;         // the next attempt need not wait
  bool fate_asked = false;
  bool cancelled = false;  // a fate said so

  bool finished = false;     // the client has its answer, or waits no more
  bool former = false;       // it was finished when another history took the place of its own
  bool failed = false;       // the client was told that it did not and will not happen
  uint64_t executed_at = 0;  // where the log has it take effect
};

// One request of a call: it may be handed in again, elsewhere, or its fate be asked for.
struct Attempt {
  Call* call = nullptr;
  uint32_t ordinal = 0;  // of its own: the msg_id of the request
  int node = 0;
  bool asks_fate = false;
  int64_t asked_us = 0;
  uint32_t life = 0;      // of the node, when the request arrived there; zero: it has not
  bool answered = false;  // the node has answered, whether or not the client hears of it
};

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_CALL_H_
