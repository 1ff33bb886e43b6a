// A fault that knows the protocol, as it is drawn: whose messages are held, who is deposed, who is
// let win, who is cut off, and in which order what was held arrives.
//
// Messages outlive elections that way: a node leads again while what it said in an earlier term,
// and what was answered to that, is still under way.
#ifndef TIDEMARK_HARNESS_SIMULATION_DIRECTION_H_
#define TIDEMARK_HARNESS_SIMULATION_DIRECTION_H_

#include <array>
#include <cstdint>
#include <vector>

#include "harness/simulation/network.h"
#include "node/base/random.h"

namespace tidemark::simulation {

struct Stage {
  enum class Kind : uint8_t {
    kHoldSaid,      // from here on what the star says to the slow ones is held
    kHoldAnswered,  // and what they say to it
    kReleaseSaid,   // what is held of the first arrives
    kReleaseAnswered,
    kDepose,      // until the star leads no more
    kElectStar,   // nobody else stands, until it leads
    kElectOther,  // everybody else may stand, until one of them leads
    kCutOff,      // the star
    kReconnect,
    kWait,
    kWork,  // from here on clients read at the star and write elsewhere, without pause
  };
  enum class How : uint8_t { kBothWays, kDeaf, kMute, kPaused, kRestarted };

  Kind kind = Kind::kWait;
  How how = How::kBothWays;  // kDepose: any; kCutOff: one of the first three
  uint32_t kinds = 0;        // of messages that are held, as MessageGroup
  bool copies = false;       // what is held arrives in time as well
  bool in_order = true;      // in which they were sent; else in any
  int64_t span_us = 0;       // of waiting, of a release; of elections: no longer than
};

struct Direction {
  int star = 0;
  std::array<bool, kMaxNodes> slow{};
  std::vector<Stage> stages;
};

// `leader` -1: nobody leads. REQUIRES: at least two nodes.
Direction DrawDirection(int nodes, int leader, Random* random);

const char* StageName(Stage::Kind kind);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_DIRECTION_H_
