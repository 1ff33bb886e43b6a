// What a node gets done of what it has read, before it answers a read and at the end of its input.
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/driver/stdio.h"

namespace tidemark::driver {

// What came before the end is finished either way. `state`: not kOpen.
ExitStatus StdioDriver::EndOfInput(LineReader::State state) {
  TM_ASSERT(state != LineReader::State::kOpen);
  const int why = errno;
  StepPending();
  FinishAll();
  if (!stopped_) TellUnanswered();
  if (stopped_ || state == LineReader::State::kEnded) return stopped_.value_or(kExitOk);
  Log(raft::Notice::Level::kError,
      absl::StrCat("stdin cannot be read: ", std::strerror(why),
                   "; the node stops. It reads requests from a pipe, a file or a terminal"));
  return kExitInput;
}

bool StdioDriver::Alone() const {
  const raft::Raft& raft = server_->raft();
  const raft::Configuration* configuration = raft.log().configuration();
  if (configuration == nullptr) return raft.identity().node_ids.size() == 1;
  return configuration->members.size() == 1 && configuration->Names(raft.self());
}

void StdioDriver::FinishWrites() {
  if (write_pending_) StepPending();
  while (!stopped_ && WritesGoOn()) AwaitDisk();
}

// One that leads has them in its log, or gives them an id, or waits for room that is being made:
// all that comes of the disk, or ends with their time-out. Before that, the disk has its vote.
bool StdioDriver::WritesGoOn() const {
  if (server_->open_requests().writes == 0) return false;
  return disk_->busy() || (server_->raft().leads() && !options_.gateway.virtual_clock);
}

void StdioDriver::FinishAll() {
  const bool passes = !options_.gateway.virtual_clock;
  while (!stopped_ && server_ != nullptr) {
    const bool open = server_->open_requests().all() > 0;
    if (!disk_->busy() && !(open && passes && Alone())) return;
    AwaitDisk();
  }
}

void StdioDriver::TellUnanswered() {
  if (server_ == nullptr) return;
  const server::OpenRequests open = server_->open_requests();
  if (open.all() == 0) return;
  const char* why = Alone() ? "time to pass, which it does on stdin"
                            : "other nodes, which are not heard any more";
  Log(raft::Notice::Level::kWarning,
      absl::StrCat(server_->node_id(), ": stdin has ended, and ", open.all(),
                   open.all() == 1 ? " request is" : " requests are", " left unanswered (",
                   open.writes, " of writes, ", open.reads, " linearizable reads, ", open.ryw_reads,
                   " ryw_reads): they wait for ", why,
                   open.writes > 0 ? ". What comes of the writes is open" : ""));
}

}  // namespace tidemark::driver
