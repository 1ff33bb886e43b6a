// Steps of the model in words.
#include "harness/model/reads.h"

namespace tidemark::model {
namespace {

std::string Name(size_t n) { return "n" + std::to_string(n + 1); }

std::string TextOf(const Message& message) {
  const std::string link = Name(message.from) + "→" + Name(message.to);
  const std::string what = " term " + std::to_string(message.term) + ", round " +
                           std::to_string(message.round) + " of life " +
                           std::to_string(message.life);
  if (message.kind != Message::kAnswer) {
    return (message.kind == Message::kEntries ? "entries " : "heartbeat ") + link + what + ", " +
           std::to_string(message.log.size) + " entries, commit " + std::to_string(message.commit);
  }
  return "answer " + link + " to" + what + ", own term " + std::to_string(message.answerer_term);
}

}  // namespace

std::string TextOf(const State& before, const Step& step) {
  switch (step.kind) {
    case Step::kElect:
      return Name(step.a) + " is elected by " + Name(step.b);
    case Step::kHeartbeat:
      return Name(step.a) + " sends a heartbeat";
    case Step::kWrite:
      return Name(step.a) + " is given the write";
    case Step::kAsk:
      return Name(step.a) + " is asked";
    case Step::kRestart:
      return Name(step.a) + " restarts";
    case Step::kDeliver:
      return "deliver " + TextOf(before.under_way[step.a]);
  }
  return "";
}

}  // namespace tidemark::model
