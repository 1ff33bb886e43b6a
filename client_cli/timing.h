// The time-outs of a cluster whose messages take long: no node waits for less than can come.
#ifndef TIDEMARK_CLIENT_CLI_TIMING_H_
#define TIDEMARK_CLIENT_CLI_TIMING_H_

#include <string>
#include <vector>

#include "node/base/time.h"

namespace tidemark::client {

struct Timing {
  Duration request_timeout;        // the nodes'
  Duration patience;               // how long to wait for an answer: a little more
  std::vector<std::string> flags;  // for the nodes; empty: their defaults will do
};

// `delay`: what a message takes from node to node. An election, which is two rounds of messages,
// fits several times into an election time-out, and a bootstrap with an election and a write into a
// request's.
Timing TimingFor(Duration delay);

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_TIMING_H_
