// Writes while leader after leader dies: what each client was told, against what the log says.
#ifndef TIDEMARK_HARNESS_SIMULATION_LEADER_KILLS_H_
#define TIDEMARK_HARNESS_SIMULATION_LEADER_KILLS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace tidemark::simulation {

struct LeaderKillSettings {
  uint64_t seed = 1;
  int writes = 3'000;  // each sent once, half of them under ids of their clients' own
  int writes_per_second = 200;
};

struct LeaderKillResult {
  int kills = 0;
  int acknowledged = 0;
  int refused = 0;     // error 11: nothing was done
  int left_open = 0;   // error 13
  int unanswered = 0;  // their node died
  // Of those that were left open or unanswered and have a name, what their fates were.
  int committed = 0;
  int cancelled = 0;
  int nameless = 0;  // unanswered, and no id of their own: nobody can ask
  // What must not be, in words; empty: all is well.
  std::vector<std::string> wrong;
};

// Five nodes; the leader is killed every two simulated seconds, and starts again after a while. A
// write goes to any node that is up. When all have been sent the kills end, and every fate that can
// be asked for is asked for until it is told.
LeaderKillResult KillLeaders(const LeaderKillSettings& settings);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_LEADER_KILLS_H_
