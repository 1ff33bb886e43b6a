#include "harness/fuzz_peers/fuzzer.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"

namespace tidemark::fuzz {
namespace {

// More than this from one step is work without a bound.
constexpr size_t kMostOutput = 20'000;
constexpr size_t kMostPost = 512;

bool CameInstalled(const server::Input& input) {
  const auto* installed = std::get_if<server::SnapshotInstalled>(&input);
  return installed != nullptr && installed->machine != nullptr;
}
bool CameTaken(const server::Input& input) {
  const auto* taken = std::get_if<server::SnapshotTaken>(&input);
  return taken != nullptr && taken->snapshot;
}

}  // namespace

Fuzzer::Fuzzer(uint64_t seed) : seed_(seed), random_(seed), requests_(&random_) {
  TM_ASSERT(seed_ > 0);
  BeginCluster();
}

void Fuzzer::BeginCluster() {
  ++counts_.clusters;
  std::vector<raft::NodeId> ids = {"n1", "n2", "n3"};
  const auto own = static_cast<ptrdiff_t>(Below(3));
  self_ = {ids[static_cast<size_t>(own)], raft::Incarnation(random_.NextIdentity())};
  ids.erase(ids.begin() + own);
  for (size_t i = 0; i < 2; ++i) {
    peers_[i] = {ids[i], raft::Incarnation(random_.NextIdentity())};
    life_[i] = random_.NextIdentity();
  }
  cluster_ = {};
  log_ = std::make_unique<PeersLog>();
  term_ = lead_term_ = {};
  transfer_.reset();
  askers_.clear();
  writer_ = 0;
  post_.clear();
  requests_.Forget();

  options_ = {};
  options_.request_timeout = Duration::Millis(random_.Between(100, 3'000));
  options_.max_open_requests = static_cast<size_t>(random_.Between(5, 500));
  options_.max_waiting_reads = static_cast<size_t>(random_.Between(1, 50));
  options_.max_waiting_bytes = static_cast<size_t>(random_.Between(100, 100'000));
  options_.max_open_bytes = static_cast<size_t>(random_.Between(1'000, 1'000'000));
  options_.answer_bytes_per_step = static_cast<size_t>(random_.Between(1, 100'000));
  options_.snapshot_log_bytes = Chance(20) ? 0 : static_cast<uint64_t>(random_.Between(1, 10'000));
  options_.audit_interval = Duration::Millis(random_.Between(20, 1'000));
  options_.raft.keep_log_bytes = Chance(50) ? 0 : static_cast<uint64_t>(random_.Between(1, 5'000));
  options_.raft.max_log_bytes = static_cast<uint64_t>(random_.Between(5'000, 100'000));
  options_.raft.max_entries_per_message = static_cast<size_t>(random_.Between(1, 64));
  options_.raft.max_inflight_messages = static_cast<size_t>(random_.Between(1, 32));
  options_.raft.snapshot_piece_bytes = static_cast<uint64_t>(random_.Between(100, 50'000));
  disk_ = server::testing::Disk(self_.incarnation);
  cluster_ends_ = counts_.steps + static_cast<uint64_t>(random_.Between(1'000, 8'000));
  DrawPhase();
  // Before anybody else leads, it may bootstrap a cluster itself.
  if (own == 0 && Chance(70)) phase_ = Phase::kFollow;
  Start();
}

void Fuzzer::Start() {
  server::Birth birth;
  birth.identity = {self_, {"n1", "n2", "n3"}, raft::Life(random_.NextIdentity())};
  birth.seed = random_.Next();
  news_.clear();
  held_.clear();
  learns_ = false;
  node_ = std::make_unique<server::Server>(options_, birth, disk_.Recover(), now_);
  Run({});
}

void Fuzzer::Restart(bool wipe) {
  ++counts_.restarts;
  if (wipe) {
    self_.incarnation = raft::Incarnation(random_.NextIdentity());
    disk_ = server::testing::Disk(self_.incarnation);
  }
  node_.reset();
  Start();
}

void Fuzzer::Feed(server::Input input) {
  std::vector<server::Input> inputs;
  inputs.push_back(std::move(input));
  // What gathers is handed over together.
  while (!news_.empty() && Chance(30)) {
    inputs.push_back(std::move(news_.front()));
    news_.pop_front();
  }
  Run(std::move(inputs));
}

void Fuzzer::Run(std::vector<server::Input> inputs) {
  NoteInputs(inputs);
  const raft::Raft& raft = node_->raft();
  const bool led = raft.leads();
  const bool was_sound = node_->sound();
  const bool was_quarantined = raft.quarantined();
  const raft::Index committed = raft.commit_index();
  server::Output out = node_->Step(now_, absl::MakeSpan(inputs));
  const size_t said = out.send_now.size() + out.send_durable.size() + out.records.size() +
                      out.replies.size() + out.notices.size();
  TM_ASSERT(said <= kMostOutput);
  counts_.longest_output = std::max<uint64_t>(counts_.longest_output, said);
  counts_.messages += out.send_now.size() + out.send_durable.size();
  counts_.led += !led && raft.leads();
  counts_.bootstrapped += !led && raft.leads() && raft.log().last_index() == raft::Index(1);
  counts_.deposed += led && !raft.leads();
  counts_.doubted += was_sound && !node_->sound();
  counts_.quarantined += !was_quarantined && raft.quarantined() && !inputs.empty();
  counts_.committed_as_leader += led && raft.leads() && raft.commit_index() > committed;
  if (!learns_ && raft.learner() && node_->applied() != raft::Index()) {
    learns_ = true;
    ++counts_.learned;
  }
  // It is over for this one: it would be stopped.
  if (out.gone_back) {
    counts_.gone_back += cluster_ends_ > counts_.steps;
    cluster_ends_ = counts_.steps;
  }
  self_ = raft.self();  // one that has no log may have made itself another one
  deadline_ = out.deadline;
  for (const server::Reply& reply : out.replies) {
    requests_.Note(reply);
    ++(std::holds_alternative<server::Error>(reply.body) ? counts_.answered_error
                                                         : counts_.answered_ok);
  }
  std::move(out.send_durable.begin(), out.send_durable.end(), std::back_inserter(held_));
  for (server::Input& news : disk_.Perform(out)) news_.push_back(std::move(news));
  for (const server::PeerMessage& message : out.send_now) Hear(message);
  if (out.unfinished) return Run({});
  if (!news_.empty()) return;
  for (const server::PeerMessage& message : std::exchange(held_, {})) Hear(message);
}

void Fuzzer::NoteInputs(const std::vector<server::Input>& inputs) {
  for (const server::Input& input : inputs) {
    counts_.installed += CameInstalled(input);
    counts_.taken += CameTaken(input);
  }
}

void Fuzzer::DrawPhase() {
  phase_ends_ = counts_.steps + static_cast<uint64_t>(random_.Between(50, 1'500));
  const int64_t roll = Below(100);
  phase_ = roll < 45   ? Phase::kFollow
           : roll < 85 ? Phase::kLead
           : roll < 93 ? Phase::kDeaf
                       : Phase::kIdle;
  // Who is behind is brought up to date before it is followed.
  const bool behind = node_ != nullptr && node_->raft().log().last_index() < log_->last().index;
  if (phase_ == Phase::kFollow && (behind || learns_) && Chance(80)) phase_ = Phase::kLead;
  proposes_ = phase_ == Phase::kLead && !behind;
  lead_term_ = {};
  lacks_ = Chance(30);
  const int64_t words = Below(40);
  words_ = words < 3    ? Words::kAccuse
           : words < 5  ? Words::kAllDiffer
           : words < 12 ? Words::kOneDiffers
                        : Words::kHonest;
}

// The next thing that happens by itself: the disk's word, a message, a deadline.
void Fuzzer::NextEvent() {
  if (!news_.empty() && Chance(70)) {
    server::Input news = std::move(news_.front());
    news_.pop_front();
    return Feed(std::move(news));
  }
  if (!post_.empty() && post_.begin()->first <= deadline_) {
    now_ = std::max(now_, post_.begin()->first);
    server::PeerMessage message = std::move(post_.begin()->second);
    post_.erase(post_.begin());
    return Feed(std::move(message));
  }
  if (deadline_ != Time::Never()) now_ = std::max(now_, deadline_);
  Feed(server::DeadlinePassed{});
}

// Out of its order.
void Fuzzer::DeliverAny() {
  if (post_.empty()) return NextEvent();
  auto it =
      std::next(post_.begin(), static_cast<ptrdiff_t>(Below(static_cast<int64_t>(post_.size()))));
  server::PeerMessage message = std::move(it->second);
  post_.erase(it);
  Feed(std::move(message));
}

void Fuzzer::Step() {
  ++counts_.steps;
  // Who is under quarantine, or counts for nothing, does little more.
  if (node_->raft().quarantined() || learns_) {
    cluster_ends_ = std::min(cluster_ends_, counts_.steps + 1'000);
  }
  if (counts_.steps >= cluster_ends_) return BeginCluster();
  if (counts_.steps >= phase_ends_) DrawPhase();
  while (post_.size() > kMostPost) post_.erase(post_.begin());
  const int64_t roll = Below(1'000);
  if (roll < 1) return Restart(Chance(5));
  if (roll < 60) return Feed(requests_.Next(node_->applied().value()));
  if (roll < 100) return DeliverAny();
  if (roll < 110) Lie();
  if (roll >= 110 && roll < 114) Stand();
  if (roll >= 120 && roll < 170) Ask();
  if (roll >= 170 && roll < 400 && phase_ == Phase::kLead) LeadOn();
  NextEvent();
}

}  // namespace tidemark::fuzz
