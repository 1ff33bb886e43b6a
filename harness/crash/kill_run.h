// Real node processes under load, killed without warning and started again, over and over.
#ifndef TIDEMARK_HARNESS_CRASH_KILL_RUN_H_
#define TIDEMARK_HARNESS_CRASH_KILL_RUN_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "harness/cluster/real_world.h"
#include "harness/crash/promised_terms.h"
#include "harness/crash/session_client.h"
#include "node/base/random.h"
#include "node/base/time.h"

namespace tidemark::crash {

struct KillOptions {
  std::string node_program;
  std::string dir;  // for dir/data and each node's stderr
  int nodes = 3;
  int clients = 8;
  int64_t cycles = 50;
  uint64_t seed = 1;
  // Without an answer for so long, the cluster is taken to be stuck.
  Duration patience = Duration::Millis(20'000);
};

struct KillReport {
  int64_t cycles = 0;
  int64_t kills = 0;
  uint64_t acknowledged = 0;  // writes
  Duration took;
};

// One cycle: load, until a drawn number of answers has come; then one node, two or all are killed
// and started again on what their disks have. In the end all lists are read. What it looks for:
// acknowledged writes that are missing, sessions that are refused or go back, terms that go back,
// nodes that do not start or end by themselves.
class KillRun {
 public:
  explicit KillRun(const KillOptions& options);

  // Errors: DataLoss for what must not be, Unavailable where the cluster is stuck.
  absl::Status Run();
  const KillReport& report() const { return report_; }

 private:
  absl::Status Cycle();
  absl::Status ServeUntil(int64_t answers);
  absl::Status ReadAllLists();
  // What the disks hold after all is over, by the node's own judgement.
  absl::Status CheckDisks();
  void AskAll();
  absl::Status TakeSeen();
  absl::Status Take(const cluster::Line& line);
  absl::Status KillSome();
  const std::string& AnyNode();

  const KillOptions options_;
  Random random_;
  std::vector<std::string> names_;
  cluster::RealWorld world_;
  std::vector<SessionClient> clients_;
  PromisedTerms terms_;
  int64_t answers_ = 0;
  KillReport report_;
};

}  // namespace tidemark::crash

#endif  // TIDEMARK_HARNESS_CRASH_KILL_RUN_H_
