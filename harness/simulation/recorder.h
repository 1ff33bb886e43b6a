// Is told what happens in a run: for those who want to read it.
#ifndef TIDEMARK_HARNESS_SIMULATION_RECORDER_H_
#define TIDEMARK_HARNESS_SIMULATION_RECORDER_H_

#include <cstdint>
#include <string>

#include "node/raft/notice.h"
#include "node/server/peer_messages.h"
#include "node/server/requests.h"

namespace tidemark::simulation {

class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual void Requested(int64_t now_us, int node, const server::ClientRequest& request) = 0;
  virtual void Replied(int64_t now_us, int node, const server::Reply& reply) = 0;
  virtual void Delivered(int64_t now_us, const server::PeerMessage& message) = 0;
  virtual void Noticed(int64_t now_us, int node, const raft::Notice& notice) = 0;
  // A fault begins or ends; `directive`: as a transcript spells it, or empty.
  virtual void Happened(int64_t now_us, const std::string& text, const std::string& directive) = 0;
};

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_RECORDER_H_
