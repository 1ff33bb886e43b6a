#include "node/server/server.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/base/overloaded.h"
#include "node/server/apply.h"
#include "node/server/refusals.h"
#include "node/server/sizes.h"

namespace tidemark::server {
namespace {

// Whether what is answered says something of the state.
bool IsOfState(const RequestBody& body) {
  return std::visit(
      Overloaded{[](const ReadRequest&) { return true; }, [](const WriteRequest&) { return true; },
                 [](const RywReadRequest&) { return true; },
                 [](const StatusRequest&) { return false; },
                 [](const EchoRequest&) { return false; }},
      body);
}

// Whether the client may have sent the same before.
bool HasOnce(const RequestBody& body) {
  return std::visit(Overloaded{[](const WriteRequest& write) { return write.once.has_value(); },
                               [](const ReadRequest&) { return false; },
                               [](const RywReadRequest&) { return false; },
                               [](const StatusRequest&) { return false; },
                               [](const EchoRequest&) { return false; }},
                    body);
}

}  // namespace

Server::Server(const Options& options, const Birth& birth, Recovered recovered, Time now)
    : options_(options),
      started_(now),
      random_(birth.seed),
      raft_(birth.identity, options_.raft,
            raft::Restored{std::move(recovered.hard_state), recovered.snapshot, recovered.log_base,
                           std::move(recovered.log), recovered.committed},
            &random_, now),
      machine_(recovered.machine != nullptr ? std::move(recovered.machine)
                                            : std::make_shared<kv::StateMachine>()),
      context_(options_, birth.secret, birth.first_msg_id, &raft_, machine_.get()),
      writes_(recovered.writer_number),
      rejected_messages_(birth.rejected_messages) {
  if (recovered.quarantine.index) {
    audit_.Remember(recovered.quarantine);
    raft_.Quarantine(now);
  }
  if (!recovered.snapshot) return;
  context_.set_applied(recovered.snapshot->last_included.index);
  audit_.Replaced(context_.applied(), machine_->Hash());
}

Output Server::Step(Time now, absl::Span<Input> inputs) {
  TM_ASSERT(now >= context_.now());
  out_ = Output();
  context_.BeginStep(now, sequence_ + 1, &out_);
  for (Input& input : inputs) {
    std::visit([this](auto& one) { Take(one); }, input);
  }
  Settle();
  NoteWhetherBootstrapIsWanted();
  out_.deadline = Deadline();
  if (out_.deadline <= now) {
    PassDeadlines();
    Settle();
    out_.deadline = Deadline();
  }
  out_.unfinished = Continues();
  TM_ASSERT(!out_.unfinished || context_.said_enough());
  if (raft_.lost()) NoteGoneBack();
  if (!out_.records.empty()) ++sequence_;
  out_.sequence = sequence_;
  out_.log_first = raft_.log().first_index();
  // A leader may know that others have more than its own disk.
  out_.committed = std::min(raft_.commit_index(), raft_.durable_index());
  if (!raft_.lost()) out_.slice = snapshots_.NextSlice(&context_);
  return std::move(out_);
}

void Server::Take(ClientRequest& request) {
  const bool once = HasOnce(request.body);
  if (IsOfState(request.body) && !sound()) {
    return context_.Reply(request.from, OfThisTry(Untrusted(context_), once));
  }
  if (Overloads(request)) {
    return context_.Reply(request.from, OfThisTry(TooManyOpen(context_), once));
  }
  std::visit([&](auto& body) { Serve(&request, body); }, request.body);
}

void Server::Serve(ClientRequest* request, ReadRequest& read) {
  reads_.Add(&context_, request->from, std::move(read.key), request->session);
}

void Server::Serve(ClientRequest* request, WriteRequest& write) {
  writes_.Add(&context_, request->from, std::move(write), request->session);
}

void Server::Serve(ClientRequest* request, RywReadRequest& read) {
  ryw_reads_.Add(&context_, request->from, std::move(read), request->session);
}

void Server::Serve(ClientRequest* request, StatusRequest&) { TellStatus(request->from); }

void Server::Serve(ClientRequest* request, EchoRequest& echo) {
  context_.Reply(request->from, EchoOk{std::move(echo.echo)});
}

// One that would be the only one is taken whatever it holds.
bool Server::Overloads(const ClientRequest& request) const {
  const size_t held = writes_.bytes() + reads_.bytes() + ryw_reads_.bytes();
  return open_requests().all() >= options_.max_open_requests ||
         (held > 0 && held + HeldBytes(request) > options_.max_open_bytes);
}

void Server::Take(BadRequest& request) {
  ++rejected_messages_;
  context_.Reply(request.from, std::move(request.error));
}

void Server::Take(PeerMessage& message) {
  auto* consensus = std::get_if<raft::Body>(&message.body);
  if (raft_.Admit(context_.now(), message.header, consensus) == raft::Admission::kRefused) {
    ++rejected_messages_;
    return;
  }
  std::visit([&](auto& body) { Hear(message.header, body); }, message.body);
}

void Server::Hear(const raft::Header& header, raft::Body& consensus) {
  raft_.Receive(context_.now(), header, std::move(consensus));
}

void Server::Hear(const raft::Header& header, Question& question) {
  if (!sound()) return peers_.Decline(&context_, header.from.id, question);
  peers_.Asked(&context_, header.from.id, question);
}

void Server::Hear(const raft::Header& header, StateHash& hash) {
  audit_.Told(&context_, header.from, hash);
}

void Server::Take(Persisted& persisted) {
  TM_ASSERT(persisted.sequence <= sequence_);
  raft_.Persisted(context_.now(), persisted.sequence);
  writes_.Persisted(&context_, persisted.sequence);
}

void Server::Hear(const raft::Header& header, Answer& answer) {
  // An answer to a former start of this node is nothing to this one's clients.
  if (answer.life != context_.life() || !sound()) return;
  const raft::NodeId& from = header.from.id;
  const uint64_t number = answer.number;
  std::visit(
      Overloaded{
          [&](const kv::Applied& applied) { writes_.Answered(&context_, number, applied); },
          [&](const NoRoom& lacks) { writes_.NoRoom(&context_, number, lacks.of); },
          [&](const ReadServed& served) { ryw_reads_.Served(&context_, number, from, served); },
          [&](const ReadRefused& refused) { ryw_reads_.Refused(&context_, number, from, refused); },
          [&](const News& news) { ryw_reads_.TakeNews(&context_, number, from, news); },
          [&](const ReadConfirmed& confirmed) {
            reads_.Answered(&context_, number, confirmed.read_index);
          },
          [&](const NotLeader&) {
            writes_.NotTaken(number);
            reads_.NotTaken(number);
            ryw_reads_.NotTaken(number);
          }},
      answer.result);
}

void Server::TellStatus(const ClientRef& from) {
  StatusOk status{
      .node = raft_.self(),
      .cluster = raft_.cluster(),
      .role = static_cast<Role>(raft_.role()),
      .learner = raft_.learner(),
      .term = raft_.term(),
      .leader = raft_.leader(),
      .last_index = raft_.log().last_index(),
      .commit_index = raft_.commit_index(),
      .applied_index = context_.applied(),
      .peers = {},
      .uptime_ms = (context_.now() - started_).ToMillis(),
      .rejected_messages = rejected_messages_,
      .snapshot_index = raft_.snapshot() ? raft_.snapshot()->last_included.index : raft::Index(),
      .diverged = !sound(),
      .bootstrap_awaits = raft_.bootstrap_awaits()};
  if (raft_.leads()) {
    for (const raft::Progress& peer : raft_.peers()) {
      status.peers.push_back(
          {peer.peer(), peer.match_index(), peer.counts(), peer.lost().has_value()});
    }
  }
  context_.Reply(from, std::move(status));
}

void Server::PassDeadlines() {
  const Time now = context_.now();
  if (raft_.deadline() <= now) raft_.PassDeadlines(now);
  if (writes_.deadline() <= now) writes_.PassDeadlines(&context_);
  if (reads_.deadline() <= now) reads_.PassDeadlines(&context_);
  if (ryw_reads_.deadline() <= now) ryw_reads_.PassDeadlines(&context_);
  if (audit_.deadline() <= now) audit_.PassDeadlines(&context_);
  PassBootstrapDeadline();
}

// A new cluster is silent until somebody needs a leader. A ryw_read does not, since no write has
// happened that it could be behind; in a session it does, which needs a cluster to name.
void Server::NoteWhetherBootstrapIsWanted() {
  const bool asked = writes_.size() + reads_.size() + ryw_reads_.in_session() > 0;
  const bool wanted = raft_.log().empty() && (asked || options_.bootstrap_after);
  if (!wanted) {
    bootstrap_at_ = Time::Never();
  } else if (bootstrap_at_ == Time::Never()) {
    bootstrap_at_ = options_.bootstrap_after
                        ? std::max(context_.now(), started_ + *options_.bootstrap_after)
                        : context_.now() + options_.bootstrap_delay;
  }
}

void Server::PassBootstrapDeadline() {
  if (bootstrap_at_ > context_.now()) return;
  raft_.Bootstrap(context_.now());
  bootstrap_at_ = context_.now() + options_.raft.election_timeout_min;
}

// What one part does can give another something to do: an entry applied opens a writer, which
// hands in the writes that waited for it, which makes messages.
void Server::Settle() {
  NoteSoundness();
  Continue();
  bool progress = true;
  while (progress) {
    TakeReady();
    progress = ApplyCommitted();
    ryw_reads_.LogChanged(&context_);
    progress = FinishReads() || progress;
    progress = NoticeLeadership() || progress;
    progress = NoticeTermBegun() || progress;
    snapshots_.Advanced(&context_);
    audit_.Advanced(&context_);
    progress = NoteSoundness() || progress;
  }
  TM_ASSERT(ready_.empty());
}

// What earlier steps had no room to say.
void Server::Continue() {
  reads_.Advanced(&context_);
  ryw_reads_.Continue(&context_);
  peers_.Advanced(&context_);
}

bool Server::Continues() const {
  const bool applies = context_.applied() < raft_.commit_index() && !raft_.lost();
  return applies || reads_.Continues(context_) || ryw_reads_.continues() ||
         peers_.Continues(context_);
}

void Server::TakeReady() {
  raft_.Take(sequence_ + 1, &ready_);
  for (auto& record : ready_.records) {
    std::visit([this](auto& one) { out_.records.emplace_back(std::move(one)); }, record);
  }
  for (raft::Message& m : ready_.send_now) {
    out_.send_now.push_back({std::move(m.header), std::move(m.body)});
  }
  for (raft::Message& m : ready_.send_durable) {
    out_.send_durable.push_back({std::move(m.header), std::move(m.body)});
  }
  std::move(ready_.notices.begin(), ready_.notices.end(), std::back_inserter(out_.notices));
  if (ready_.contradicted) audit_.Contradicted(&context_, *ready_.contradicted);
  ready_.contradicted.reset();
  std::move(ready_.snapshot_pieces.begin(), ready_.snapshot_pieces.end(),
            std::back_inserter(out_.snapshot_pieces));
  std::move(ready_.snapshot_reads.begin(), ready_.snapshot_reads.end(),
            std::back_inserter(out_.snapshot_reads));
  if (ready_.kept_snapshots) out_.kept_snapshots = std::move(ready_.kept_snapshots);
  ready_.kept_snapshots.reset();
  ready_.snapshot_pieces.clear();
  ready_.snapshot_reads.clear();
  ready_.records.clear();
  ready_.send_now.clear();
  ready_.send_durable.clear();
  ready_.notices.clear();
}

bool Server::ApplyCommitted() {
  const raft::Index before = context_.applied();
  while (context_.applied() < raft_.commit_index() && !raft_.lost() && !context_.said_enough()) {
    const raft::Index index = context_.applied().Next();
    context_.set_applied(index);
    Apply(index);
  }
  if (context_.applied() == before) return false;
  NoteAdvance();
  return true;
}

// applied() has risen: what waited for it can be answered.
void Server::NoteAdvance() {
  if (!sound()) return;
  reads_.Advanced(&context_);
  ryw_reads_.Advanced(&context_);
  peers_.Advanced(&context_);
}

void Server::Apply(raft::Index index) {
  const std::optional<kv::Applied> applied = ApplyAt(raft_.log(), index, machine_.get());
  audit_.Applied(index, machine_->Hash());
  // Kept: what is told of it can make the log grow.
  const raft::EntryRef entry = raft_.log().At(index);
  snapshots_.Applied(entry->SizeBytes());
  if (!applied) return;
  // In doubt too: this node's writer may be opened here. Nobody is told what cannot be trusted,
  // since nothing that waits to be told has been kept.
  TM_ASSERT(serving_ == sound());
  const kv::Command& command = LogCommand::Of(std::get<raft::CommandRef>(entry->body));
  peers_.Applied(&context_, command, *applied);
  writes_.Applied(&context_, command, *applied);
}

bool Server::FinishReads() {
  if (ready_.confirmed_reads.empty() && ready_.lost_reads.empty()) return false;
  const auto confirmed = std::exchange(ready_.confirmed_reads, {});
  const auto lost = std::exchange(ready_.lost_reads, {});
  for (const raft::ConfirmedRead& read : confirmed) {
    reads_.Confirmed(&context_, read.id, read.read_index) ||
        ryw_reads_.Confirmed(&context_, read.id, read.read_index) ||
        peers_.Confirmed(&context_, read.id, read.read_index);
  }
  for (const uint64_t id : lost) {
    reads_.Lost(id) || ryw_reads_.Lost(id) || peers_.Lost(&context_, id);
  }
  return true;
}

bool Server::NoticeLeadership() {
  Leadership now{raft_.leader(), raft_.term()};
  if (now == leadership_) return false;
  leadership_ = std::move(now);
  peers_.LeaderChanged(&context_);
  writes_.LeaderChanged(&context_);
  if (options_.bootstrap_after) writes_.OpenAhead(&context_);
  reads_.LeaderChanged(&context_);
  ryw_reads_.LeaderChanged(&context_);
  return true;
}

// All that was inherited is committed: what waited for that has room.
bool Server::NoticeTermBegun() {
  const bool begun = raft_.leads() && raft_.term_has_begun();
  if (std::exchange(term_begun_, begun) == begun || !begun) return false;
  writes_.RoomMade(&context_);
  peers_.RoomMade(&context_);
  return true;
}

void Server::Take(Room& room) {
  raft_.SetRoom(room.sequence, room.bytes);
  if (room.full != context_.disk_full()) {
    context_.Tell(raft::Notice::Level::kWarning,
                  room.full
                      ? absl::StrCat("the disk of ", node_id(),
                                     " is full: it takes no more entries, as a leader it "
                                     "refuses writes (reads go on), and it does not stand for "
                                     "election; make room on the disk of its data directory")
                      : absl::StrCat("the disk of ", node_id(), " has room again"));
  }
  context_.set_disk_full(room.full);
  writes_.RoomMade(&context_);
  peers_.RoomMade(&context_);
}

void Server::Take(SnapshotInstalled& installed) {
  if (installed.machine == nullptr) {
    context_.Tell(
        raft::Notice::Level::kError,
        absl::StrCat("the snapshot at index ", installed.snapshot.last_included.index.value(),
                     " that ", node_id(), " was sent is damaged (", installed.problem,
                     "): it was dropped, and is asked for again"));
    return raft_.SnapshotRefused(installed.snapshot);
  }
  if (!raft_.SnapshotInstalled(context_.now(), installed.snapshot)) return;
  snapshots_.Abandon(&context_);
  machine_ = std::move(installed.machine);
  context_.set_machine(machine_.get());
  context_.set_applied(installed.snapshot.last_included.index);
  audit_.Replaced(context_.applied(), machine_->Hash());
  writes_.Replaced(&context_);
  NoteAdvance();
}

// What was promised before and has not left is not to leave: whoever carries this out sees to that.
void Server::NoteGoneBack() {
  TM_ASSERT(!serving_);
  out_.send_now.clear();
  out_.send_durable.clear();
  out_.gone_back = true;
  out_.deadline = Time::Never();
  if (!std::exchange(marked_, true)) out_.records.emplace_back(GoneBack{*raft_.lost()});
}

bool Server::NoteSoundness() {
  if (sound() == serving_) return false;
  serving_ = sound();
  if (serving_) return true;
  writes_.Suspend(&context_);
  reads_.Suspend(&context_);
  ryw_reads_.Suspend(&context_);
  peers_.Suspend(&context_);
  return true;
}

Time Server::Deadline() const {
  return std::min({raft_.deadline(), writes_.deadline(), reads_.deadline(), ryw_reads_.deadline(),
                   audit_.deadline(), bootstrap_at_});
}

}  // namespace tidemark::server
