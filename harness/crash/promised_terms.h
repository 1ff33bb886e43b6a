// What nodes have promised by their votes and acknowledgements: those leave only when the node's
// term is on disk, so no later message of the node may have a lower one, whatever happened to it in
// between (Raft §5.1).
#ifndef TIDEMARK_HARNESS_CRASH_PROMISED_TERMS_H_
#define TIDEMARK_HARNESS_CRASH_PROMISED_TERMS_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "harness/cluster/world.h"

namespace tidemark::crash {

class PromisedTerms {
 public:
  // DataLoss: its term is lower than one that its node has promised.
  absl::Status See(const cluster::Line& message);

 private:
  std::map<std::string, int64_t> promised_;  // by node
};

}  // namespace tidemark::crash

#endif  // TIDEMARK_HARNESS_CRASH_PROMISED_TERMS_H_
