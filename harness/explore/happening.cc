// Steps in words.
#include <string>

#include "harness/explore/event.h"
#include "harness/explore/world.h"
#include "node/base/concat.h"

namespace tidemark::explore {

std::string Universe::TextOf(const Happening& happening) const {
  const std::string name = NameOf(happening.node);
  const char* then = happening.synced ? "; its disk finishes" : "";
  switch (happening.event.action) {
    case Action::kDeliver:
    case Action::kDeliverAfterSilence:
      return Concat(MessageText(happening), then);
    case Action::kSync:
    case Action::kSyncAll:
      return Concat(name, "'s disk finishes a step");
    case Action::kTimeOut:
      return Concat(name, " times out", then);
    case Action::kHeartbeat:
      return Concat(name, " sends a heartbeat", then);
    case Action::kPropose:
      return Concat(name, " is given a write", then);
    case Action::kRead:
      return Concat(name, " is asked for a read index", then);
    case Action::kCrash:
      return Concat(name, " crashes; of what its disk was doing ", happening.event.argument,
                    " records are there; it restarts", then);
  }
  return "";
}

std::string Universe::MessageText(const Happening& happening) const {
  const char* verb = happening.dropped ? "lose " : happening.duplicated ? "duplicate " : "deliver ";
  const char* when = happening.event.action == Action::kDeliverAfterSilence
                         ? ", whose leader has been silent"
                         : "";
  return Concat(verb, explore::TextOf(model_.message(happening.event.argument).message), when);
}

}  // namespace tidemark::explore
