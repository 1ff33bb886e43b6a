#include "harness/simulation/direction.h"

#include <cstddef>
#include <iterator>
#include <utility>

#include "harness/simulation/chance.h"
#include "harness/simulation/message_group.h"
#include "harness/simulation/units.h"
#include "node/base/assert.h"

namespace tidemark::simulation {
namespace {

using How = Stage::How;
using Kind = Stage::Kind;

constexpr int64_t kElectionUs = 3'000 * kMs;

uint32_t DrawSaid(Random* random) {
  constexpr uint32_t kSome[] = {kAppends,           kAppends,    kAppends,
                                kAppends | kPieces, kPieces,     kAppends | kCandidacies,
                                kAnswers,           kAllMessages};
  return kSome[random->Between(0, std::ssize(kSome) - 1)];
}

uint32_t DrawAnswered(Random* random) {
  constexpr uint32_t kSome[] = {
      kAppendAnswers, kAppendAnswers, kAppendAnswers,          kAppendAnswers | kPieceAnswers,
      kVotes,         kQuestions,     kAppendAnswers | kVotes, kAllMessages};
  return kSome[random->Between(0, std::ssize(kSome) - 1)];
}

// Most waits are short; some let a term grow old.
int64_t DrawWaitUs(Random* random) {
  return random->Between(1, Toss(random, 50) ? 100 : 1'500) * kMs;
}

How DrawDeposition(Random* random) {
  constexpr How kSome[] = {How::kBothWays, How::kBothWays, How::kDeaf, How::kPaused,
                           How::kRestarted};
  return kSome[random->Between(0, std::ssize(kSome) - 1)];
}

Stage DrawStage(Kind kind, Random* random) {
  Stage stage;
  stage.kind = kind;
  switch (kind) {
    case Kind::kHoldSaid:
      stage.kinds = DrawSaid(random);
      stage.copies = Toss(random, 50);
      return stage;
    case Kind::kHoldAnswered:
      stage.kinds = DrawAnswered(random);
      stage.copies = Toss(random, 25);
      return stage;
    case Kind::kReleaseSaid:
    case Kind::kReleaseAnswered:
      stage.in_order = Toss(random, 60);
      stage.span_us = random->Between(0, 60) * kMs;
      return stage;
    case Kind::kDepose:
      stage.how = DrawDeposition(random);
      stage.span_us = kElectionUs;
      return stage;
    case Kind::kElectStar:
    case Kind::kElectOther:
      stage.span_us = kElectionUs;
      return stage;
    case Kind::kCutOff:
      stage.how = Toss(random, 70) ? How::kBothWays : Toss(random, 50) ? How::kDeaf : How::kMute;
      return stage;
    case Kind::kReconnect:
      return stage;
    case Kind::kWait:
      stage.span_us = DrawWaitUs(random);
      return stage;
    case Kind::kWork:
      stage.span_us = random->Between(5, 120) * kMs;
      return stage;
  }
  TM_ASSERT(false && "every kind is one of these");
  return stage;
}

// The star leads twice, is cut off, and hears late what was answered to its first term.
constexpr Kind kTwice[] = {
    Kind::kHoldSaid,   Kind::kDepose, Kind::kElectStar,       Kind::kWait,        Kind::kDepose,
    Kind::kElectStar,  Kind::kWait,   Kind::kHoldAnswered,    Kind::kReleaseSaid, Kind::kCutOff,
    Kind::kElectOther, Kind::kWork,   Kind::kReleaseAnswered, Kind::kWork,
};

std::vector<Kind> DrawOrder(Random* random) {
  std::vector<Kind> order;
  if (Toss(random, 25)) {
    const int64_t many = random->Between(4, 14);
    while (std::ssize(order) < many) {
      order.push_back(static_cast<Kind>(random->Between(0, static_cast<int64_t>(Kind::kWork))));
    }
    return order;
  }
  const bool as_it_is = Toss(random, 60);
  for (const Kind kind : kTwice) {
    if (as_it_is || !Toss(random, 15)) order.push_back(kind);
  }
  if (as_it_is || order.size() < 2) return order;
  const size_t at = static_cast<size_t>(random->Between(0, std::ssize(order) - 2));
  std::swap(order[at], order[at + 1]);
  return order;
}

// As many as a quorum needs beside the star; at times any number.
void DrawSlow(int nodes, Random* random, Direction* direction) {
  const int64_t many = Toss(random, 75) ? nodes / 2 : random->Between(1, nodes - 1);
  for (int64_t left = many; left > 0;) {
    const int node = static_cast<int>(random->Between(0, nodes - 1));
    if (node == direction->star || direction->slow[static_cast<size_t>(node)]) continue;
    direction->slow[static_cast<size_t>(node)] = true;
    --left;
  }
}

}  // namespace

const char* StageName(Kind kind) {
  switch (kind) {
    case Kind::kHoldSaid:
      return "what it says to some is held";
    case Kind::kHoldAnswered:
      return "what some say to it is held";
    case Kind::kReleaseSaid:
      return "what it said arrives";
    case Kind::kReleaseAnswered:
      return "what was said to it arrives";
    case Kind::kDepose:
      return "it is deposed";
    case Kind::kElectStar:
      return "only it may stand";
    case Kind::kElectOther:
      return "all others may stand";
    case Kind::kCutOff:
      return "it is cut off";
    case Kind::kReconnect:
      return "it is connected again";
    case Kind::kWait:
      return "time passes";
    case Kind::kWork:
      return "clients read there and write elsewhere";
  }
  return "";
}

Direction DrawDirection(int nodes, int leader, Random* random) {
  TM_ASSERT(nodes >= 2 && nodes <= kMaxNodes);
  Direction direction;
  direction.star =
      leader >= 0 && Toss(random, 80) ? leader : static_cast<int>(random->Between(0, nodes - 1));
  DrawSlow(nodes, random, &direction);
  for (const Kind kind : DrawOrder(random)) direction.stages.push_back(DrawStage(kind, random));
  return direction;
}

}  // namespace tidemark::simulation
