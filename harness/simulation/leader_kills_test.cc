// A test of leader kills: leader_kills WRITES [SEED].
#include "harness/simulation/leader_kills.h"

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: leader_kills WRITES [SEED]\n");
    return 2;
  }
  tidemark::simulation::LeaderKillSettings settings;
  settings.writes = std::atoi(argv[1]);
  if (argc > 2) settings.seed = std::strtoull(argv[2], nullptr, 10);
  const tidemark::simulation::LeaderKillResult result = tidemark::simulation::KillLeaders(settings);
  for (const auto& wrong : result.wrong) std::printf("%s\n", wrong.c_str());
  std::printf(
      "%d writes, %d leaders killed: %d acknowledged, %d refused, %d left open, %d unanswered\n"
      "fates: %d committed, %d cancelled; %d without a name; %zu wrong\n",
      settings.writes, result.kills, result.acknowledged, result.refused, result.left_open,
      result.unanswered, result.committed, result.cancelled, result.nameless, result.wrong.size());
  // A run in which nothing is left open proves nothing.
  const bool idle = result.kills == 0 || result.committed + result.cancelled == 0;
  return result.wrong.empty() && !idle ? 0 : 1;
}
