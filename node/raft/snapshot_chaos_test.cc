// Three real nodes, snapshots of which are taken, sent and installed while messages are lost and
// repeated, disks are slow or full, and nodes crash: what is applied at an index is the same
// everywhere, and in the end all have it all.
#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/base/random.h"
#include "node/raft/raft.h"

namespace tidemark::raft {
namespace {

class Numbered final : public Command {
 public:
  explicit Numbered(uint64_t number) : number_(number) {}
  size_t SizeBytes() const override { return 8; }
  bool Same(const Command& other) const override {
    return static_cast<const Numbered&>(other).number_ == number_;
  }
  uint64_t number() const { return number_; }

 private:
  uint64_t number_;
};
uint64_t DigestOf(const Command& command) { return static_cast<const Numbered&>(command).number(); }

// The state of a machine: an index, and the digest of all entries up to it.
struct State {
  Index applied;
  uint64_t digest = 0;
};

using Record = decltype(Ready::records)::value_type;

struct Disk {
  Incarnation incarnation;
  HardState hard_state;
  std::optional<Snapshot> snapshot;  // the digest is its checksum
  LogPosition base;
  std::vector<EntryRef> log;

  void Write(const Record& record) {
    if (const auto* hard = std::get_if<HardState>(&record)) {
      hard_state = *hard;
    } else if (const auto* entry = std::get_if<EntryRef>(&record)) {
      log.resize((*entry)->at.index.value() - base.index.value() - 1);
      log.push_back(*entry);
    } else if (const auto* rebirth = std::get_if<Rebirth>(&record)) {
      incarnation = rebirth->incarnation;
      hard_state = {};
    } else {
      base = std::get<LogBase>(record).position;
      log.clear();
    }
  }
  // What recovery makes of it: a log that does not lead up to the snapshot is none.
  Restored Recover() {
    if (snapshot && !Log(log, base).Matches(snapshot->last_included)) {
      base = snapshot->last_included;
      log.clear();
    }
    return {hard_state, snapshot, base, log};
  }
};

class Chaos {
 public:
  explicit Chaos(uint64_t seed) : random_(seed) {
    for (size_t n = 0; n < 3; ++n) {
      disks_[n].incarnation = Incarnation(n + 1);
      Start(n);
    }
  }

  void Run(int steps) {
    for (int i = 0; i < steps; ++i) Step();
  }
  // Everything works, until all nodes have applied all that is committed.
  bool Settle() {
    calm_ = true;
    for (Node& node : nodes_) node.raft->SetRoom(~uint64_t{0}, uint64_t{1} << 60);
    for (int i = 0; i < 30'000; ++i) {
      Step();
      if (i % 100 == 0 && Agreed()) return true;
    }
    return false;
  }
  void Wipe(size_t n) {
    disks_[n] = Disk{Incarnation(100 + n)};
    Start(n);
  }
  size_t installed() const { return installed_; }
  uint64_t applied() const { return digests_.empty() ? 0 : digests_.rbegin()->first.value(); }

 private:
  struct Unsynced {
    uint64_t sequence = 0;
    std::vector<Record> records;
    std::vector<Message> promises;
  };
  struct Node {
    std::unique_ptr<Raft> raft;
    State state;
    uint64_t sequence = 0;
    std::deque<Unsynced> unsynced;
    std::deque<SnapshotPiece> pieces;
    std::deque<SnapshotRead> reads;
    std::optional<Snapshot> installing;
    std::optional<Snapshot> file;
    uint64_t file_end = 0;
    bool file_failed = false;
  };

  bool Chance(int64_t percent) { return random_.Between(0, 99) < percent; }
  size_t Pick(size_t n) {
    return static_cast<size_t>(random_.Between(0, static_cast<int64_t>(n) - 1));
  }

  void Start(size_t n) {
    Node& node = nodes_[n];
    node = Node();
    const Restored restored = disks_[n].Recover();
    if (restored.snapshot) {
      node.state = {restored.snapshot->last_included.index, restored.snapshot->checksum};
    }
    Options options;
    options.snapshot_piece_bytes = 10;
    options.keep_log_bytes = 60;
    options.max_log_bytes = 200;
    options.max_entries_per_message = 8;
    const Identity identity{
        {Name(n), disks_[n].incarnation}, {"n1", "n2", "n3"}, Life(random_.NextIdentity())};
    node.raft = std::make_unique<Raft>(identity, options, restored, &random_, now_);
    if (restored.log.empty() && !restored.base.index) node.raft->Bootstrap(now_);
    Take(n);
  }

  static NodeId Name(size_t n) { return "n" + std::to_string(n + 1); }

  void Step() {
    const size_t n = Pick(3);
    Node& node = nodes_[n];
    switch (Pick(calm_ ? 7 : 11)) {
      case 0:
        now_ = now_ + Duration::Millis(random_.Between(0, calm_ ? 10 : 40));
        for (size_t i = 0; i < 3; ++i) {
          if (nodes_[i].raft->deadline() <= now_) nodes_[i].raft->PassDeadlines(now_);
          Take(i);
        }
        break;
      case 1:
        Sync(n);
        break;
      case 2:
        WritePiece(n);
        break;
      case 3:
        Read(n);
        break;
      case 4:
        Install(n);
        break;
      case 7:
        if (node.raft->leads() && node.raft->HasRoomFor(1'000)) {
          node.raft->Propose(std::make_shared<const Numbered>(++proposed_));
        }
        break;
      case 8:
        if (Chance(40) && node.state.applied) TakeSnapshot(n);
        break;
      case 9:
        if (Chance(4)) Crash(n);
        break;
      case 10:
        if (Chance(5))
          node.raft->SetRoom(node.raft->persisted_sequence(), Chance(30) ? 500 : 1 << 20);
        break;
      default:
        for (int i = 0; i < 4; ++i) Deliver();
    }
    Take(n);
  }

  void Deliver() {
    if (network_.empty()) return;
    // Mostly in order.
    const size_t at = calm_ || Chance(90) ? 0 : Pick(network_.size());
    Message message = network_[at];
    const bool again = !calm_ && Chance(3);
    if (!again) network_.erase(network_.begin() + static_cast<std::ptrdiff_t>(at));
    if (!calm_ && Chance(6)) return;
    for (size_t n = 0; n < 3; ++n) {
      if (message.header.to.id != Name(n)) continue;
      Raft& raft = *nodes_[n].raft;
      if (raft.Admit(now_, message.header, &message.body) == Admission::kTaken) {
        raft.Receive(now_, message.header, std::move(message.body));
      }
      return Take(n);
    }
  }

  void Sync(size_t n) {
    Node& node = nodes_[n];
    if (node.unsynced.empty()) return;
    Unsynced step = std::move(node.unsynced.front());
    node.unsynced.pop_front();
    for (const auto& record : step.records) disks_[n].Write(record);
    Move(&step.promises);
    node.raft->Persisted(now_, step.sequence);
  }

  void WritePiece(size_t n) {
    Node& node = nodes_[n];
    if (node.pieces.empty()) return;
    const SnapshotPiece piece = std::move(node.pieces.front());
    node.pieces.pop_front();
    const bool taken = calm_ || !Chance(2);
    // As a file has it: begins at its beginning, and goes on without a gap.
    const bool goes_on = piece.snapshot == node.file && piece.offset == node.file_end;
    EXPECT_TRUE(piece.offset == 0 || goes_on || node.file_failed) << piece.offset;
    node.file_failed = !taken || (node.file_failed && piece.offset > 0);
    node.file = piece.snapshot;
    node.file_end = piece.end();
    node.raft->PieceWritten(piece.snapshot, piece.end(), taken);
    if (taken && piece.end() == piece.snapshot.bytes) node.installing = piece.snapshot;
  }

  void Install(size_t n) {
    Node& node = nodes_[n];
    if (!node.installing) return;
    const Snapshot snapshot = *std::exchange(node.installing, std::nullopt);
    if (!calm_ && Chance(10)) return node.raft->SnapshotRefused(snapshot);
    Keep(n, snapshot);
    if (!node.raft->SnapshotInstalled(now_, snapshot)) return;
    ++installed_;
    node.state = {snapshot.last_included.index, snapshot.checksum};
  }

  void Read(size_t n) {
    Node& node = nodes_[n];
    if (node.reads.empty()) return;
    const SnapshotRead read = node.reads.front();
    node.reads.pop_front();
    const bool there = disks_[n].snapshot == read.snapshot || Chance(70);
    node.raft->SnapshotBytes(
        {read.snapshot, read.offset, there ? std::string(read.bytes, 'x') : std::string()});
  }

  void TakeSnapshot(size_t n) {
    Node& node = nodes_[n];
    const Log& log = node.raft->log();
    if (node.state.applied < log.base().index) return;
    const Index at = node.state.applied;
    Snapshot snapshot{{log.TermAt(at), at}, *log.ConfigurationAt(at), 95, node.state.digest};
    Keep(n, snapshot);
    node.raft->SnapshotTaken(snapshot);
  }

  void Keep(size_t n, const Snapshot& snapshot) {
    std::optional<Snapshot>& kept = disks_[n].snapshot;
    if (!kept || kept->last_included < snapshot.last_included) kept = snapshot;
  }

  // Of what was not synced some is there.
  void Crash(size_t n) {
    for (size_t steps = Pick(nodes_[n].unsynced.size() + 1); steps > 0; --steps) {
      for (const auto& record : nodes_[n].unsynced.front().records) disks_[n].Write(record);
      nodes_[n].unsynced.pop_front();
    }
    Start(n);
  }

  void Take(size_t n) {
    Node& node = nodes_[n];
    Ready ready;
    node.raft->Take(node.sequence + 1, &ready);
    Move(&ready.send_now);
    if (!ready.records.empty()) {
      node.unsynced.push_back({++node.sequence, std::move(ready.records), {}});
    }
    if (node.unsynced.empty()) {
      Move(&ready.send_durable);
    } else {
      auto& promises = node.unsynced.back().promises;
      for (Message& message : ready.send_durable) promises.push_back(std::move(message));
    }
    for (SnapshotPiece& piece : ready.snapshot_pieces) node.pieces.push_back(std::move(piece));
    for (SnapshotRead& read : ready.snapshot_reads) node.reads.push_back(std::move(read));
    Apply(&node);
  }

  void Apply(Node* node) {
    State& state = node->state;
    while (state.applied < node->raft->commit_index()) {
      state.applied = state.applied.Next();
      Digest digest(DigestOf);
      digest.Add(state.digest).Add(node->raft->log().At(state.applied));
      state.digest = digest.value();
      const auto [known, is_new] = digests_.emplace(state.applied, state.digest);
      ASSERT_EQ(known->second, state.digest) << "at index " << state.applied.value();
    }
  }

  void Move(std::vector<Message>* messages) {
    for (Message& message : *messages) network_.push_back(std::move(message));
    messages->clear();
  }

  bool Agreed() const {
    const Index end = digests_.empty() ? Index() : digests_.rbegin()->first;
    return end && std::all_of(nodes_.begin(), nodes_.end(), [&](const Node& node) {
             return node.state.applied == end && node.raft->log().last_index() == end;
           });
  }

  Random random_;
  Time now_;
  bool calm_ = false;
  std::array<Disk, 3> disks_;
  std::array<Node, 3> nodes_;
  std::deque<Message> network_;
  std::map<Index, uint64_t> digests_;
  uint64_t proposed_ = 0;
  size_t installed_ = 0;
};

TEST(SnapshotChaos, LosesNothingAndEndsInAgreement) {
  size_t installed = 0;
  uint64_t applied = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Chaos chaos(seed);
    chaos.Run(8'000);
    if (seed % 2 == 0) chaos.Wipe(seed % 3);
    chaos.Run(8'000);
    ASSERT_TRUE(chaos.Settle()) << "seed " << seed;
    if (HasFatalFailure()) FAIL() << "seed " << seed;
    installed += chaos.installed();
    applied += chaos.applied();
  }
  EXPECT_GT(installed, 100u);
  EXPECT_GT(applied, 6'000u);
}

}  // namespace
}  // namespace tidemark::raft
