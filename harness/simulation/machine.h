// One machine: a node, its disk, its clock, and what waits for it.
#ifndef TIDEMARK_HARNESS_SIMULATION_MACHINE_H_
#define TIDEMARK_HARNESS_SIMULATION_MACHINE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "harness/simulation/clock.h"
#include "harness/simulation/disk.h"
#include "node/host/node_host.h"
#include "node/server/io.h"
#include "node/server/server.h"

namespace tidemark::simulation {

struct Machine {
  Machine(raft::Incarnation incarnation, uint64_t segment_bytes)
      : disk(incarnation, segment_bytes) {}

  bool up() const { return server != nullptr; }
  raft::Member member() const { return {id, disk.incarnation()}; }

  int number = 0;
  raft::NodeId id;
  Clock clock;
  Disk disk;
  std::unique_ptr<host::Ports> ports;  // what the node stands on while it is up
  std::unique_ptr<host::NodeHost> host;
  const server::Server* server = nullptr;  // host's
  uint32_t life = 0;  // counts the starts; what was planned for an earlier one is void

  // What arrived while it was busy, or gathers into one step.
  std::vector<server::Input> inbox;
  bool inbox_planned = false;
  int64_t busy_until_us = 0;

  Time deadline = Time::Never();
  int64_t wake_planned_us = -1;

  int64_t slow_disk_until_us = 0;
  int64_t sync_at_least_us = 0;  // what a sync takes beyond its time, as long as the disk is slow
  int64_t sync_at_most_us = 0;
  // A disk that hangs: what it has to say waits.
  int64_t hung_until_us = 0;
  bool sync_hangs = false;
  int work_hangs = 0;
  bool looks = false;        // for room, now and then
  bool was_judged = false;   // under quarantine, when the step began
  bool was_odd = false;      // its state differed once, since its disk was new
  bool went_back = false;    // its disk has forgotten promises
  bool gave_up = false;      // and it has found out: it is started on this disk no more
  uint32_t back_act = 0;     // the fault that did that
  int64_t work_done_us = 0;  // when its disk will have done all that it was asked of snapshots

  // What was seen of it last, so that each step is judged by what it changed.
  struct Seen {
    raft::Term term;
    bool leads = false;
    raft::Index commit_index;
    raft::Index applied;
    raft::Index base;  // its log begins behind it
    raft::Term base_term;
    std::vector<raft::Term> log;  // the terms of its entries, from there on
    raft::Rebirth rebirth;

    // Of the entry at `index`, which is there or is the base.
    raft::Term TermAt(raft::Index index) const {
      if (index == base) return base_term;
      return log[index.value() - base.value() - 1];
    }
    raft::Index last() const { return base.Plus(log.size()); }
  };
  Seen seen;
};

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_MACHINE_H_
