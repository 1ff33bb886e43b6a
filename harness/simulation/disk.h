// A machine's disk: what is synced stays, of what is not a crash leaves any prefix.
#ifndef TIDEMARK_HARNESS_SIMULATION_DISK_H_
#define TIDEMARK_HARNESS_SIMULATION_DISK_H_

#include <cstdint>
#include <deque>
#include <vector>

#include "node/base/random.h"
#include "node/raft/types.h"
#include "node/server/io.h"

namespace tidemark::simulation {

class Disk {
 public:
  explicit Disk(raft::Incarnation incarnation) : incarnation_(incarnation) {}

  raft::Incarnation incarnation() const { return incarnation_; }
  const server::Recovered& durable() const { return durable_; }
  bool Holds(raft::LogPosition at) const;

  void Write(uint64_t sequence, std::vector<server::Record> records);
  bool syncing() const { return syncing_ > 0; }
  bool idle() const { return unsynced_.empty(); }
  // A sync begins, of all that has been written by now; one at a time.
  void BeginSync();
  // It is done; returns the last sequence that it covers.
  uint64_t EndSync();
  // The process or the machine is gone: of the records that were not synced, in their order, some
  // first ones are there all the same.
  void Crash(Random* random);

 private:
  struct Unsynced {
    uint64_t sequence = 0;
    std::vector<server::Record> records;
  };

  void Keep(server::Record& record);

  raft::Incarnation incarnation_;
  server::Recovered durable_;
  std::deque<Unsynced> unsynced_;
  size_t syncing_ = 0;  // how many of them the sync under way covers
};

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_DISK_H_
