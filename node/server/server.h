// One node: what it is told and what it does about it. No I/O, no clock, no chance of its own.
#ifndef TIDEMARK_NODE_SERVER_SERVER_H_
#define TIDEMARK_NODE_SERVER_SERVER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "node/base/random.h"
#include "node/base/time.h"
#include "node/kv/state_machine.h"
#include "node/raft/raft.h"
#include "node/server/audit.h"
#include "node/server/context.h"
#include "node/server/io.h"
#include "node/server/options.h"
#include "node/server/peer_desk.h"
#include "node/server/read_desk.h"
#include "node/server/ryw_desk.h"
#include "node/server/snapshot_desk.h"
#include "node/server/write_desk.h"

namespace tidemark::server {

struct Birth {
  raft::Identity identity;   // with the life of this start
  uint64_t seed = 0;         // of this node's chance: time-outs, cluster ids, stamps
  int64_t first_msg_id = 0;  // replies given before this object was there count too
  uint64_t rejected_messages = 0;
  // 64 random bits that nobody is told, nor anything that they could be computed from. Together
  // with `life`, fresh at each start, they make the bits of openings.
  uint64_t secret = 0;
};

// What clients of this node have asked for and have not been answered.
struct OpenRequests {
  size_t writes = 0;  // opens, fates and txns among them
  size_t reads = 0;   // linearizable ones
  size_t ryw_reads = 0;

  size_t all() const { return writes + reads + ryw_reads; }
};

class Server {
 public:
  Server(const Options& options, const Birth& birth, Recovered recovered, Time now);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The door. `now` never falls from call to call; `inputs` happen in their order, and what is due
  // by `now` happens after them. The first call, with no inputs, gives what the start has to say.
  Output Step(Time now, absl::Span<Input> inputs);

  const raft::Raft& raft() const { return raft_; }
  const kv::StateMachine& machine() const { return *machine_; }
  raft::Index applied() const { return context_.applied(); }
  const raft::NodeId& node_id() const { return raft_.self().id; }
  OpenRequests open_requests() const { return {writes_.size(), reads_.size(), ryw_reads_.size()}; }
  // It has applied something and can give writes an id: the first request need not wait for a
  // bootstrap, nor the first write for a writer.
  bool ready() const { return applied() > raft::Index() && writes_.has_writer(); }
  // Its answers can be trusted: its state is not known to differ from the others'.
  bool sound() const { return audit_.finding() == Audit::Finding::kSound && !raft_.lost(); }

 private:
  // A leader as far as this node knows; a change makes it try again what it could not do.
  struct Leadership {
    raft::NodeId leader;
    raft::Term term;
    bool operator==(const Leadership&) const = default;
  };

  void Take(ClientRequest& request);
  void Serve(ClientRequest* request, ReadRequest& read);
  void Serve(ClientRequest* request, WriteRequest& write);
  void Serve(ClientRequest* request, RywReadRequest& read);
  void Serve(ClientRequest* request, StatusRequest& status);
  void Serve(ClientRequest* request, EchoRequest& echo);
  bool Overloads(const ClientRequest& request) const;
  void Take(BadRequest& request);
  void Take(Unanswerable&) { ++rejected_messages_; }
  void Take(PeerMessage& message);
  void Take(DeadlinePassed&) {}
  void Take(Persisted& persisted);
  void Take(Room& room);
  void Take(SliceTaken&) { snapshots_.SliceTaken(); }
  void Take(SnapshotTaken& taken) { snapshots_.Taken(&context_, taken.snapshot); }
  void Take(SnapshotBytes& bytes) { raft_.SnapshotBytes(bytes.piece); }
  void Take(PieceWritten& written) {
    raft_.PieceWritten(written.snapshot, written.end, written.taken);
  }
  void Take(SnapshotInstalled& installed);
  void Hear(const raft::Header& header, raft::Body& consensus);
  void Hear(const raft::Header& header, Question& question);
  void Hear(const raft::Header& header, Answer& answer);
  void Hear(const raft::Header& header, StateHash& hash);
  void TellStatus(const ClientRef& from);

  void PassDeadlines();
  void NoteWhetherBootstrapIsWanted();
  void PassBootstrapDeadline();
  void Settle();
  void Continue();
  bool Continues() const;
  void TakeReady();
  bool ApplyCommitted();
  void NoteAdvance();
  void Apply(raft::Index index);
  bool FinishReads();
  // Where the state has come to be doubted, what waits for it is told so.
  bool NoteSoundness();
  // Leaves the mark, once.
  void NoteGoneBack();
  bool NoticeLeadership();
  bool NoticeTermBegun();
  Time Deadline() const;

  const Options options_;
  const Time started_;
  Random random_;
  raft::Raft raft_;
  std::shared_ptr<kv::StateMachine> machine_;  // never null
  Context context_;

  WriteDesk writes_;
  ReadDesk reads_;
  RywDesk ryw_reads_;
  PeerDesk peers_;
  SnapshotDesk snapshots_;
  Audit audit_;
  bool serving_ = true;  // as sound() was when the desks last heard of it
  bool marked_ = false;  // it was written down that this memory has gone back

  Leadership leadership_;
  bool term_begun_ = false;  // of this node's own leadership
  Time bootstrap_at_ = Time::Never();
  uint64_t rejected_messages_;
  uint64_t sequence_ = 0;
  raft::Ready ready_;
  Output out_;
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_SERVER_H_
