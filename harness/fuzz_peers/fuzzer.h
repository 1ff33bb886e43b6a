// One real node whose peers are played: what they send is well formed, mostly follows from what the
// node said, comes late, twice and out of order, and is now and then a lie. What is looked for is
// an assertion, a step that does not end, and memory that grows.
#ifndef TIDEMARK_HARNESS_FUZZ_PEERS_FUZZER_H_
#define TIDEMARK_HARNESS_FUZZ_PEERS_FUZZER_H_

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "harness/fuzz_peers/peers_log.h"
#include "harness/fuzz_peers/requests.h"
#include "node/base/random.h"
#include "node/base/time.h"
#include "node/server/io.h"
#include "node/server/server.h"
#include "node/server/testing/disk.h"

namespace tidemark::fuzz {

// What was reached.
struct Counts {
  uint64_t steps = 0;
  uint64_t clusters = 0;      // begun
  uint64_t bootstrapped = 0;  // by the node
  uint64_t led = 0;
  uint64_t deposed = 0;
  uint64_t committed_as_leader = 0;
  uint64_t taken = 0;      // snapshots
  uint64_t installed = 0;  // snapshots
  uint64_t sent = 0;       // snapshots that a peer took whole from the node
  uint64_t learned = 0;    // starts as an incarnation that the cluster does not name, brought up
  uint64_t doubted = 0;
  uint64_t quarantined = 0;
  uint64_t gone_back = 0;
  uint64_t restarts = 0;
  uint64_t lies = 0;
  uint64_t refused = 0;  // messages of ours that were not well formed, and did not go
  uint64_t answered_ok = 0;
  uint64_t answered_error = 0;
  uint64_t messages = 0;  // of the node
  uint64_t longest_output = 0;
};

class Fuzzer {
 public:
  explicit Fuzzer(uint64_t seed);
  // Gives the node one thing, or one batch.
  void Step();
  const Counts& counts() const { return counts_; }

 private:
  // How the peers are disposed, for a while.
  enum class Phase { kFollow, kLead, kDeaf, kIdle };
  enum class Words { kHonest, kOneDiffers, kAllDiffer, kAccuse };
  struct Transfer {
    PeersLog::File file;
    uint64_t offset = 0;
  };

  // fuzzer.cc: the node and its disk
  void BeginCluster();
  void Start();
  void Restart(bool wipe);
  void Feed(server::Input input);
  void Run(std::vector<server::Input> inputs);
  void NoteInputs(const std::vector<server::Input>& inputs);
  void NextEvent();
  void DeliverAny();
  void DrawPhase();
  int64_t Below(int64_t limit) { return random_.Between(0, limit - 1); }
  bool Chance(int64_t percent) { return Below(100) < percent; }

  // peers.cc: what peers do by themselves
  void Post(size_t peer, server::PeerBody body);
  void Send(size_t peer, server::PeerBody body, raft::Member to, raft::ClusterId cluster);
  void BecomeLeader();
  void FoundByPeer();
  void Propose();
  void Commit(raft::Index index);
  void LeadOn();
  void SendEntries();
  void SendNotice();
  void SendPiece();
  void Stand();
  void Ask();
  void Lie();
  raft::Term NearTerm();
  raft::Term FarTerm();
  raft::CommandRef PeersCommand();
  size_t AnyPeer() { return static_cast<size_t>(Below(2)); }
  bool PeersLead() const { return phase_ == Phase::kLead && lead_term_ != raft::Term(); }

  // reactions.cc: what peers do about what the node says
  void Hear(const server::PeerMessage& message);
  void Hear(size_t peer, const raft::Body& body);
  void Hear(size_t peer, const server::Question& question);
  void Hear(size_t peer, const server::Answer& answer);
  void Hear(size_t peer, const server::StateHash& told);
  void Hear(size_t peer, const raft::RequestVote& ask);
  void Hear(size_t peer, const raft::RequestBootstrap& ask);
  void Hear(size_t peer, const raft::Vote& vote);
  void Hear(size_t peer, const raft::AppendEntries& append);
  void Hear(size_t peer, const raft::AppendReply& reply);
  void Hear(size_t peer, const raft::CommitNotice& notice);
  void Hear(size_t peer, const raft::NewerTerm& newer);
  void Hear(size_t peer, const raft::Unnamed& unnamed);
  void Hear(size_t peer, const raft::WentBack& word);
  void Hear(size_t peer, const raft::BootstrapWanted& wanted);
  void Hear(size_t peer, const raft::WrongIncarnation& wrong);
  void Hear(size_t peer, const raft::WrongCluster& wrong);
  void Hear(size_t peer, const raft::InstallSnapshot& install);
  void Hear(size_t peer, const raft::InstallReply& reply);
  void Adopt(const raft::AppendEntries& append);
  // Of what the node sent, mostly.
  raft::RoundEcho Echo(raft::RoundEcho echo);

  const uint64_t seed_;
  Random random_;
  Counts counts_;
  Time now_;

  // The node.
  raft::Member self_;
  server::Options options_;
  server::testing::Disk disk_{raft::Incarnation()};
  std::unique_ptr<server::Server> node_;
  Time deadline_ = Time::Never();
  std::deque<server::Input> news_;  // of its disk
  std::vector<server::PeerMessage> held_;
  bool learns_ = false;  // counted once a start
  uint64_t cluster_ends_ = 0;

  // Its peers.
  std::array<raft::Member, 2> peers_;
  raft::ClusterId cluster_;
  std::unique_ptr<PeersLog> log_;
  raft::Term term_;  // the highest that was seen
  Phase phase_ = Phase::kIdle;
  uint64_t phase_ends_ = 0;
  bool proposes_ = false;  // while a peer leads
  Words words_ = Words::kHonest;
  raft::Term lead_term_;  // of the peer that leads; zero: none does
  size_t leader_ = 0;
  raft::Index next_;  // what it sends next
  raft::Index match_;
  uint64_t round_ = 0;
  std::optional<Transfer> transfer_;
  std::map<raft::Index, std::pair<size_t, server::Question>> askers_;
  std::array<uint64_t, 2> written_{};  // of the snapshot that the node sends
  bool lacks_ = false;                 // the second peer has nothing of the log
  std::array<uint64_t, 2> life_{};
  kv::LogIndex writer_ = 0;
  uint64_t writer_key_ = 0;
  uint64_t next_seq_ = 1;
  uint64_t next_number_ = 1;
  std::multimap<Time, server::PeerMessage> post_;
  Requests requests_;
};

}  // namespace tidemark::fuzz

#endif  // TIDEMARK_HARNESS_FUZZ_PEERS_FUZZER_H_
