#include "node/driver/stdio.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <random>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/base/limits.h"
#include "node/base/overloaded.h"
#include "node/base/random.h"
#include "node/storage/file_system.h"
#include "node/storage/force_new_cluster.h"
#include "node/storage/gone_back.h"
#include "node/storage/identity.h"
#include "node/storage/largest_entry.h"
#include "node/wire/json.h"

namespace tidemark::driver {
namespace {

// Enough to fill a pipe many times over; flushed earlier whenever the node would wait.
constexpr size_t kFlushBytes = size_t{256} << 10;

uint64_t Entropy() {
  std::random_device device;
  return (uint64_t{device()} << 32) ^ device();
}

// Nodes that were given one seed still differ by their names.
uint64_t Mix(uint64_t seed, std::string_view name) {
  uint64_t mixed = Random(seed).Next();
  for (const char c : name) mixed = Random(mixed ^ static_cast<unsigned char>(c)).Next();
  return mixed;
}

// Kinds of notices whose texts others determine (log::Repetitions).
constexpr std::string_view kRefused = "refused";
constexpr std::string_view kMisdirected = "misdirected";
constexpr std::string_view kTooEarly = "too early";

std::string Text(const Limits& limits) {
  std::string text;
  for (const Limit one : {Limit::kLine, Limit::kKey, Limit::kValue, Limit::kAnswer}) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", std::string(NameOf(one)), " ", limits.Of(one));
  }
  return text;
}

bool Writes(const server::RequestBody& body) {
  return std::visit(Overloaded{[](const server::WriteRequest&) { return true; },
                               [](const server::ReadRequest&) { return false; },
                               [](const server::RywReadRequest&) { return false; },
                               [](const server::StatusRequest&) { return false; },
                               [](const server::EchoRequest&) { return false; }},
                    body);
}

server::Error NotInitialized() {
  return {.code = server::ErrorCode::kUnavailable,
          .text = "this node has no name yet: send init first",
          .reason = server::Reason::kNotInitialized};
}

server::Error AlreadyInitialized(const raft::NodeId& self) {
  return {.code = server::ErrorCode::kMalformed,
          .text = absl::StrCat("this node was initialized as ", self,
                               " already; to give it another name, start another process"),
          .reason = server::Reason::kAlreadyInitialized};
}

}  // namespace

StdioDriver::StdioDriver(const StdioOptions& options, int in_fd, int out_fd, log::Log* log)
    : options_(options),
      in_fd_(in_fd),
      out_fd_(out_fd),
      log_(log),
      gateway_(options.gateway),
      reader_(in_fd, options.gateway.max_line_bytes,
              [this](std::string_view beginning) { return LimitFor(beginning); }) {}

ExitStatus StdioDriver::Run() {
  const ExitStatus status = Loop();
  AnswerInit(/*now_or_never=*/true);
  if (!stopped_) Flush();
  log_->Finish(Now());
  return stopped_.value_or(status);
}

ExitStatus StdioDriver::Loop() {
  while (!stopped_) {
    WaitForInput();
    if (stopped_) break;
    const auto state =
        reader_.Read([this](std::string_view line, bool truncated) { TakeLine(line, truncated); });
    if (state != LineReader::State::kOpen) return EndOfInput(state);
    StepPending();
    PassDeadline();  // also where all that was read was refused, or a flood of that would stop time
  }
  return stopped_.value_or(kExitOk);
}

// Comes back with something to read; deadlines that pass and what the disk does meanwhile are kept.
void StdioDriver::WaitForInput() {
  while (!stopped_) {
    Flush();
    pollfd fds[] = {{in_fd_, POLLIN, 0}, {disk_ == nullptr ? -1 : disk_->wake_fd(), POLLIN, 0}};
    const bool woken = poll(fds, 2, WaitMs()) > 0;
    TakeFromDisk();
    if (woken && fds[0].revents != 0) return;
    PassDeadline();
  }
}

int StdioDriver::WaitMs() const {
  if (disk_ != nullptr && disk_->ready()) return 0;
  const Time next = std::min(deadline_, log_->deadline());
  if (options_.gateway.virtual_clock || next == Time::Never()) return -1;
  const int64_t left_us = std::max<int64_t>(0, (next - Now()).us);
  return static_cast<int>(std::min<int64_t>((left_us + 999) / 1000, 60'000));
}

void StdioDriver::PassDeadline() {
  if (options_.gateway.virtual_clock) return;
  log_->PassDeadline(Now());
  if (server_ == nullptr || deadline_ > Now()) return;
  std::vector<server::Input> inputs;
  inputs.emplace_back(server::DeadlinePassed{});
  Step(&inputs);
}

Time StdioDriver::Now() const {
  if (options_.gateway.virtual_clock) return virtual_now_;
  static const auto start = std::chrono::steady_clock::now();
  const auto since = std::chrono::steady_clock::now() - start;
  return Time{std::chrono::duration_cast<std::chrono::microseconds>(since).count()};
}

void StdioDriver::TakeLine(std::string_view line, bool truncated) {
  if (stopped_) return;
  wire::Incoming incoming = wire::Decode(line, truncated, gateway_);
  incoming_id_ = incoming.id;
  if (seen_ids_ != nullptr && incoming.id) seen_ids_->Saw(*incoming.id);
  std::visit([&](auto& message) { Take(incoming.dest, message); }, incoming.message);
}

void StdioDriver::Take(const std::string& dest, wire::InitRequest& init) {
  if (server_ != nullptr) {
    return Refuse(dest, init.from, AlreadyInitialized(server_->node_id()));
  }
  StartNode(init);
}

void StdioDriver::Take(const std::string& dest, wire::AdvanceRequest& advance) {
  StepPending();
  AdvanceTo(virtual_now_ + Duration::Millis(advance.ms));
  std::optional<int64_t> next_ms;
  if (deadline_ != Time::Never()) next_ms = (deadline_.us + 999) / 1000;
  const std::string& src = server_ != nullptr ? server_->node_id() : dest;
  wire::AppendAdvanceOk(src, advance.from, virtual_now_.us / 1000, next_ms, &out_);
  out_ += '\n';
}

void StdioDriver::Take(const std::string& dest, server::ClientRequest& request) {
  if (server_ == nullptr) return Refuse(dest, request.from, NotInitialized());
  if (Misdirected(dest, request.from)) return;
  // Requests that are under way together are concurrent, and a read may overtake the write before
  // it. A node that is alone can do better than it must: its writes wait for nobody else, so reads
  // wait for them.
  const bool reads = !Writes(request.body);
  if (reads && Alone()) FinishWrites();
  write_pending_ = write_pending_ || !reads;
  pending_.emplace_back(std::move(request));
}

void StdioDriver::Take(const std::string& dest, server::PeerMessage& message) {
  if (server_ == nullptr) {
    CountRefused();
    return Log(raft::Notice::Level::kInfo,
               absl::StrCat("dropped a message from ", message.header.from.id,
                            ": this node has not been initialized"),
               kTooEarly);
  }
  if (!Misdirected(dest, std::nullopt)) pending_.emplace_back(std::move(message));
}

void StdioDriver::Take(const std::string& dest, wire::Refused& refused) {
  Log(raft::Notice::Level::kWarning, std::move(refused.log), kRefused);
  if (refused.from) return Refuse(dest, *refused.from, std::move(refused.error));
  CountRefused();
}

size_t StdioDriver::LimitFor(std::string_view beginning) const {
  if (server_ == nullptr) return 0;
  wire::ParseError error;
  (void)wire::ParseJson(beginning, {}, &error);
  const wire::Json* src = error.partial.Find("src");
  if (src == nullptr || !src->is_string()) return 0;
  const auto& ids = server_->raft().identity().node_ids;
  const std::string& name = src->string_value();
  const bool peer = name != server_->node_id() && std::binary_search(ids.begin(), ids.end(), name);
  if (!peer) return 0;
  // What comes before the first entry is short, and that entry, or a snapshot, says what the
  // cluster takes.
  const raft::Configuration* configuration = server_->raft().log().configuration();
  return LongestPeerLine(configuration != nullptr ? configuration->limits
                                                  : options_.server.raft.limits);
}

void StdioDriver::CountRefused() {
  if (server_ == nullptr) {
    ++rejected_;
  } else {
    pending_.emplace_back(server::Unanswerable{});
  }
}

bool StdioDriver::Misdirected(const std::string& dest,
                              const std::optional<server::ClientRef>& from) {
  if (dest == server_->node_id()) return false;
  const std::string text =
      absl::StrCat("dest: this is ", server_->node_id(), ", and the message is for \"", dest, "\"");
  Log(raft::Notice::Level::kWarning, text, kMisdirected);
  if (from) {
    Refuse(dest, *from, {.code = server::ErrorCode::kMalformed, .text = text});
  } else {
    CountRefused();
  }
  return true;
}

void StdioDriver::Refuse(const std::string& dest, const server::ClientRef& to,
                         server::Error error) {
  if (server_ != nullptr) {
    pending_.emplace_back(server::BadRequest{to, std::move(error)});
    return;
  }
  ++rejected_;
  if (dest.empty()) return;  // nothing to sign the answer with
  wire::AppendReply(dest, {to, next_msg_id_++, std::move(error)}, options_.stock_replies, &out_);
  out_ += '\n';
}

void StdioDriver::StartNode(const wire::InitRequest& init) {
  init_ = init;
  identities_.emplace(options_.gateway.virtual_clock ? Mix(options_.seed.value_or(1), init.node_id)
                                                     : Entropy());
  absl::StatusOr<std::string> directory = DataDirectory(init);
  if (!directory.ok()) return CannotStart(directory.status());
  directory_ = *std::move(directory);
  absl::StatusOr<storage::NodeStorage> opened = OpenStorage(options_.force_new_cluster.has_value());
  if (!opened.ok()) return CannotStart(opened.status());
  storage_ = *std::move(opened);
  log_->set_node(init.node_id);
  if (storage_.recovered.gone_back.lost.index && !BeginsAnew()) return;
  const bool has_log = !storage_.recovered.log.empty() || storage_.recovered.snapshot.has_value();
  const bool held = options_.init_held && !has_log;
  held_init_ =
      HeldInit{init.node_id, init.from, next_msg_id_++, held ? Now() + *options_.init_held : Now()};
  if (!held) AnswerInit(/*now_or_never=*/true);
  BeginNode();
}

void StdioDriver::BeginNode() {
  for (const std::string& notice : storage_.notices) Log(raft::Notice::Level::kWarning, notice);
  if (options_.data_dir.empty()) {
    Log(raft::Notice::Level::kInfo,
        absl::StrCat(init_.node_id,
                     " keeps its memory in this process alone, which has no --data-dir: it ends "
                     "with it, and the next start is a new incarnation"));
  }
  const bool is_virtual = options_.gateway.virtual_clock;
  server::Birth birth{
      .identity = {{init_.node_id, storage_.incarnation},
                   init_.node_ids,
                   raft::Life(identities_->NextIdentity())},
      .seed = options_.seed ? Mix(*options_.seed, init_.node_id) : identities_->Next(),
      .first_msg_id = next_msg_id_,
      .rejected_messages = rejected_,
      // Identities are told to clients, and a small generator's later numbers can be computed from
      // its earlier ones.
      .secret = is_virtual ? identities_->Next() : Entropy()};
  disk_ = std::make_unique<Disk>(storage_.log.get(), storage_.snapshots.get(), HowToWork());
  host::Ports* const ports = this;
  host_ = std::make_unique<host::NodeHost>(options_.server, birth, std::move(storage_.recovered),
                                           Now(), ports);
  server_ = &host_->server();
  AdoptLimits();
  std::vector<server::Input> first = CollectFromDisk();
  Step(&first);
}

void StdioDriver::AnswerInit(bool now_or_never) {
  if (!held_init_) return;
  const bool due = now_or_never || held_init_->until <= Now() || server_->ready();
  if (!due) return;
  wire::AppendReply(held_init_->node, {held_init_->from, held_init_->msg_id, server::InitOk{}},
                    options_.stock_replies, &out_);
  out_ += '\n';
  held_init_.reset();
}

// Where each test has a directory of its own, a restart finds its test's.
absl::StatusOr<std::string> StdioDriver::DataDirectory(const wire::InitRequest& init) {
  if (!options_.auto_data_dir || !incoming_id_) return options_.data_dir;
  absl::StatusOr<std::unique_ptr<SeenIds>> ids = SeenIds::Open(
      absl::StrCat(options_.data_dir, "/", storage::DirectoryName(init.node_id), ".ids"));
  if (!ids.ok()) return ids.status();
  seen_ids_ = *std::move(ids);
  const uint64_t test = seen_ids_->TestOf(*incoming_id_, init.node_ids.size());
  return absl::StrCat(options_.data_dir, "/test-", test);
}

absl::StatusOr<storage::NodeStorage> StdioDriver::OpenStorage(bool forces) {
  const raft::Incarnation fresh(identities_->NextIdentity());
  if (directory_.empty()) return storage::NewMemoryStorage(fresh);
  const storage::Owner owner{init_.node_id, init_.node_ids};
  absl::StatusOr<storage::NodeStorage> opened = storage::OpenNodeStorage(
      storage::PosixFileSystem(), directory_, owner, fresh, options_.storage);
  if (!opened.ok()) return opened;
  if (const raft::Configuration* configuration = storage::LatestConfiguration(opened->recovered)) {
    const absl::Status holds = storage::HoldsEntriesOf(configuration->limits, options_.storage);
    if (!holds.ok()) return holds;
  }
  if (!forces) return opened;
  const absl::Status forced =
      storage::ForceNewCluster(init_.node_id, *options_.force_new_cluster, &*identities_, &*opened);
  if (!forced.ok()) return forced;
  return opened;
}

void StdioDriver::CannotStart(const absl::Status& why) {
  const std::string text =
      absl::StrCat(init_.node_id, " cannot start: ", std::string(why.message()));
  Log(raft::Notice::Level::kError, text);
  const bool flag = options_.force_new_cluster == raft::ClusterId() && absl::IsInvalidArgument(why);
  if (!storage::IsOtherCluster(why)) return Stop(flag ? kExitUsage : kExitStorage);
  // The request is wrong, and not the directory: another init may be right.
  Refuse(init_.node_id, init_.from, {.code = server::ErrorCode::kMalformed, .text = text});
}

// storage_ is marked: it has gone back. True: the node is to begin on the empty one that has taken
// its place. False: the node stops.
bool StdioDriver::BeginsAnew() {
  const storage::MarkedDirectory marked{directory_, init_.node_id, storage_.recovered.gone_back};
  storage_ = {};
  if (!options_.rejoin_on_rollback || directory_.empty()) {
    Log(raft::Notice::Level::kError, storage::WhatToDo(marked));
    Stop(kExitGoneBack);
    return false;
  }
  const absl::StatusOr<std::string> moved = storage::MoveAside(storage::PosixFileSystem(), marked);
  if (!moved.ok()) {
    Log(raft::Notice::Level::kError, std::string(moved.status().message()));
    Stop(kExitStorage);
    return false;
  }
  Log(raft::Notice::Level::kWarning, *moved);
  absl::StatusOr<storage::NodeStorage> opened = OpenStorage(/*forces=*/false);
  if (!opened.ok()) {
    CannotStart(opened.status());
    return false;
  }
  storage_ = *std::move(opened);
  return true;
}

// The mark is on disk.
void StdioDriver::EndGoneBack() {
  AnswerInit(/*now_or_never=*/true);
  storage_.recovered.gone_back = {*server_->raft().lost()};
  TM_ASSERT(!host_->holds());
  server_ = nullptr;
  host_.reset();
  disk_.reset();
  deadline_ = Time::Never();
  Flush();
  if (!stopped_ && BeginsAnew()) BeginNode();
}

DiskOptions StdioDriver::HowToWork() const {
  const bool threads = !options_.gateway.virtual_clock && !options_.data_dir.empty();
  const Runs runs = threads ? Runs::kInThread : Runs::kInCall;
  // Any record fits into half a segment.
  return {.log = runs,
          .snapshots = runs,
          .enough_room = options_.storage.segment_bytes / 2,
          .lock = storage_.lock.get()};
}

void StdioDriver::StepPending() {
  write_pending_ = false;
  if (pending_.empty() || server_ == nullptr) return;
  std::vector<server::Input> inputs;
  inputs.swap(pending_);
  Step(&inputs);
  inputs.clear();
  if (pending_.empty()) pending_.swap(inputs);
}

void StdioDriver::Step(std::vector<server::Input>* inputs) {
  if (stopped_) return;
  host_->Step(Now(), absl::MakeSpan(*inputs));
  if (stopped_) return;
  deadline_ = host_->deadline();
  AnswerInit(/*now_or_never=*/false);
  if (held_init_) deadline_ = std::min(deadline_, held_init_->until);
  AdoptLimits();
  if (!stopped_ && host_->over()) EndGoneBack();
}

void StdioDriver::AdoptLimits() {
  const kv::StateMachine& state = server_->machine();
  if (state.history().empty() || adopted_limits_ == state.limits()) return;
  const Limits& limits = *(adopted_limits_ = state.limits());
  gateway_.max_line_bytes = limits.line;
  reader_.set_max_line_bytes(limits.line);
  if (limits != options_.server.raft.limits) {
    Log(raft::Notice::Level::kWarning,
        absl::StrCat(server_->node_id(), " was started with ", Text(options_.server.raft.limits),
                     ", but its cluster has ", Text(limits),
                     ": the cluster's count. Start it with those to be rid of this line"));
  }
  if (options_.data_dir.empty()) return;
  const absl::Status holds = storage::HoldsEntriesOf(limits, options_.storage);
  if (holds.ok()) return;
  Log(raft::Notice::Level::kError,
      absl::StrCat(server_->node_id(), " stops: ", std::string(holds.message())));
  Stop(kExitStorage);
}

std::vector<server::Input> StdioDriver::Settled() {
  return disk_->settling() ? CollectFromDisk() : std::vector<server::Input>();
}

void StdioDriver::Answer(server::Reply reply) {
  wire::AppendReply(server_->node_id(), reply, options_.stock_replies, &out_);
  out_ += '\n';
  next_msg_id_ = reply.msg_id + 1;
  if (out_.size() >= kFlushBytes) Flush();
}

void StdioDriver::Send(server::PeerMessage message) {
  wire::AppendPeerMessage(message, &out_);
  out_ += '\n';
  if (out_.size() >= kFlushBytes) Flush();
}

std::vector<server::Input> StdioDriver::CollectFromDisk() {
  std::vector<server::Input> inputs = disk_->Collect();
  if (const absl::Status status = disk_->status(); !status.ok()) {
    const bool lost = absl::IsFailedPrecondition(status);
    Log(raft::Notice::Level::kError,
        absl::StrCat(server_->node_id(), " stops: ", std::string(status.message()),
                     ". Nothing that was not on disk has been acknowledged; ",
                     lost ? "put the directory back as it was, if no other process uses it, then "
                            "start the node again"
                          : "check the disk, then start the node again"));
    Stop(kExitDiskFailed);
    return {};
  }
  return inputs;
}

void StdioDriver::TakeFromDisk() {
  if (stopped_ || disk_ == nullptr || !disk_->ready()) return;
  std::vector<server::Input> done = CollectFromDisk();
  if (!stopped_) Step(&done);
}

void StdioDriver::AwaitDisk() {
  Flush();
  pollfd disk{disk_->wake_fd(), POLLIN, 0};
  if (!disk_->ready()) poll(&disk, 1, WaitMs());
  TakeFromDisk();
  PassDeadline();
}

void StdioDriver::AdvanceTo(Time target) {
  while (!stopped_ && server_ != nullptr && deadline_ <= target) {
    virtual_now_ = std::max(virtual_now_, deadline_);
    const Time due = deadline_;
    std::vector<server::Input> inputs;
    inputs.emplace_back(server::DeadlinePassed{});
    Step(&inputs);
    TM_ASSERT(deadline_ > due);
  }
  virtual_now_ = target;
  log_->PassDeadline(virtual_now_);
}

void StdioDriver::Log(raft::Notice::Level level, std::string text, std::string_view kind) {
  log_->Tell(Now(), {level, std::move(text)}, kind);
}

void StdioDriver::Flush() {
  std::string_view left = out_;
  while (!left.empty() && !stopped_) {
    const ssize_t written = write(out_fd_, left.data(), left.size());
    if (written > 0) {
      left.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd poll_fd{out_fd_, POLLOUT, 0};
      poll(&poll_fd, 1, -1);
    } else if (errno != EINTR) {
      const std::string text =
          absl::StrCat("stdout cannot be written: ", std::strerror(errno), "; the node stops");
      Log(raft::Notice::Level::kError, text);
      Stop(kExitOutput);
    }
  }
  out_.clear();
  // The memory of a long answer is not kept for the short ones that follow.
  if (out_.capacity() > 4 * kFlushBytes) out_.shrink_to_fit();
}

void StdioDriver::Stop(ExitStatus status) { stopped_ = status; }

}  // namespace tidemark::driver
