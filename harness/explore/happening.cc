// Steps in words.
#include <string>

#include "harness/explore/event.h"
#include "harness/explore/world.h"
#include "node/base/concat.h"

namespace tidemark::explore {

namespace {

const char* WhenOf(Action action) {
  if (action == Action::kDeliverAfterSilence) return ", whose leader has been silent";
  if (action == Action::kDeliverTooLate) return ", as late as its leader's time is up";
  return "";
}

}  // namespace

std::string Universe::TextOf(const Happening& happening) const {
  const std::string name = NameOf(happening.node);
  const char* then = happening.synced ? "; its disk finishes" : "";
  switch (happening.event.action) {
    case Action::kDeliver:
    case Action::kDeliverAfterSilence:
    case Action::kDeliverTooLate:
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
    case Action::kWipe:
      return Concat(name, " crashes and comes back with an empty disk", then);
    case Action::kStand:
      return Concat(name, " stands", then);
    case Action::kElect:
      return Concat(name, " stands and is elected by ", NameOf(happening.event.argument));
    case Action::kBootstrap:
      return Concat(name, " is asked for something that needs a leader", then);
  }
  return "";
}

std::string Universe::MessageText(const Happening& happening) const {
  const char* verb = happening.dropped ? "lose " : happening.duplicated ? "duplicate " : "deliver ";
  return Concat(verb, explore::TextOf(model_.message(happening.event.argument).message),
                WhenOf(happening.event.action));
}

}  // namespace tidemark::explore
