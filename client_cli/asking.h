// One question to node after node, until somebody's answer is good enough.
#ifndef TIDEMARK_CLIENT_CLI_ASKING_H_
#define TIDEMARK_CLIENT_CLI_ASKING_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client_cli/transport.h"
#include "node/base/time.h"
#include "node/wire/json.h"

namespace tidemark::client {

struct Question {
  wire::Json body;
  std::vector<std::string> nodes;  // in the order in which they are asked; who is dead is passed by
  Time deadline;                   // for all of them together
  // Is this the end of it? `alone`: all other nodes that were asked have answered as well, so that
  // nothing can come of having asked them but what they said.
  std::function<bool(const wire::Json& answer, bool alone)> enough;
};

// A node that was asked and gave no answer.
struct Unanswered {
  int64_t id = 0;
  std::string node;
  bool ended = false;  // it has died
};

struct Told {
  std::optional<Answer> answer;  // the last that came
  std::string node;              // who gave it
  bool enough = false;
  bool interrupted = false;
  std::vector<Unanswered> unanswered;
  int asked = 0;  // nodes
  int64_t took_ms = 0;
};

// A node is waited for alone as long as is fair to those behind it: they share what time is left.
// After that the next one is asked too, and the first good answer counts, whoever gives it. A node
// that dies, or whose answer is not good enough, is not waited for.
Told AskInTurn(Transport* transport, const Question& question);

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_ASKING_H_
