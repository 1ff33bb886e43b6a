#include "harness/simulation/leader_kills.h"

#include <optional>
#include <utility>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "harness/check/log/ledger.h"
#include "node/base/assert.h"
#include "node/server/testing/cluster.h"

namespace tidemark::simulation {
namespace {

using server::testing::Cluster;

constexpr int kNodes = 5;
constexpr int kClients = 20;
constexpr int64_t kKillEveryMs = 2'000;

struct Written {
  int64_t request = 0;
  std::optional<kv::WriteId> once;
  std::optional<kv::ToldName> name;
  std::optional<server::ReplyBody> answer;
  std::optional<kv::Fated> fate;
};

Cluster::Setup SetupOf(const LeaderKillSettings& settings) {
  Cluster::Setup setup;
  setup.seed = settings.seed;
  setup.node_ids = {"n1", "n2", "n3", "n4", "n5"};
  // Less than some elections take, so that some writes are left open.
  setup.options.request_timeout = Duration::Millis(300);
  setup.fate = [](Random* random) {
    return std::vector<Duration>{Duration{random->Between(0, 8'000)}};
  };
  return setup;
}

class Run {
 public:
  explicit Run(const LeaderKillSettings& settings)
      : settings_(settings), cluster_(SetupOf(settings)), random_(settings.seed) {}

  LeaderKillResult Do() {
    OpenClients();
    cluster_.on_reply = [this](int64_t request, const server::ReplyBody& body) {
      auto known = by_request_.find(request);
      if (known != by_request_.end()) written_[known->second].answer = body;
    };
    SendAll();
    Settle();
    for (Written& write : written_) TakeAnswer(&write);
    for (Written& write : written_) AskFate(&write);
    Judge();
    return std::move(result_);
  }

 private:
  void OpenClients() {
    for (int i = 0; i < kClients; ++i) {
      const auto body = cluster_.Ask("n1", server::WriteRequest{kv::OpenClient{}, {}});
      clients_.push_back(std::get<server::OpenOk>(body));
    }
  }

  raft::NodeId AnyNodeUp() {
    for (;;) {
      raft::NodeId node = absl::StrCat("n", random_.Between(1, kNodes));
      if (cluster_.alive(node)) return node;
    }
  }

  void SendAll() {
    next_kill_ms_ = cluster_.now_ms() + kKillEveryMs;
    const int64_t gap_us = 1'000'000 / settings_.writes_per_second;
    int64_t due_us = cluster_.now_ms() * 1'000;
    for (int i = 0; i < settings_.writes; ++i) {
      due_us += random_.Between(0, 2 * gap_us);
      if (due_us / 1'000 > cluster_.now_ms()) cluster_.Advance(due_us / 1'000 - cluster_.now_ms());
      Kill();
      Send(i);
    }
  }

  void Kill() {
    if (!dead_.empty() && cluster_.now_ms() >= restart_ms_) {
      cluster_.Restart(dead_);
      dead_.clear();
    }
    if (cluster_.now_ms() < next_kill_ms_) return;
    const raft::NodeId leader = cluster_.leader();
    if (leader.empty()) return;
    next_kill_ms_ += kKillEveryMs;
    cluster_.Kill(leader);
    dead_ = leader;
    restart_ms_ = cluster_.now_ms() + random_.Between(100, 1'500);
    ++result_.kills;
  }

  void Send(int number) {
    Written& write = written_.emplace_back();
    if (number % 2 == 0) {
      const size_t client = static_cast<size_t>(random_.Between(0, kClients - 1));
      // Many are open at once, and any of them may be asked for to the end.
      write.once = kv::WriteId{clients_[client].client, static_cast<uint64_t>(number) + 1, 0,
                               clients_[client].key};
      write.name = write.once->Told();
    }
    const std::string key = absl::StrCat(random_.Between(1, 100));
    kv::Operation operation = kv::Write{key, absl::StrCat(number)};
    if (number % 3 == 0) {
      const auto append = kv::TxnOp::Kind::kAppend;
      operation = kv::Txn{{{append, absl::StrCat("1000", key), absl::StrCat(number)}}};
    }
    // The answer may come before Send returns.
    const size_t place = written_.size() - 1;
    by_request_[next_request_] = place;
    write.request =
        cluster_.Send(AnyNodeUp(), server::WriteRequest{std::move(operation), write.once});
    TM_ASSERT(write.request == next_request_);
    ++next_request_;
  }

  void Settle() {
    if (!dead_.empty()) cluster_.Restart(dead_);
    cluster_.Advance(5'000);
  }

  void Wrong(const Written& write, const std::string& what) {
    const size_t number = static_cast<size_t>(&write - written_.data());
    result_.wrong.push_back(absl::StrCat("write ", number, ": ", what));
  }

  void TakeAnswer(Written* write) {
    if (!write->answer) {
      ++result_.unanswered;
      if (!write->name) ++result_.nameless;
      return;
    }
    const auto* error = std::get_if<server::Error>(&*write->answer);
    if (error == nullptr) {
      ++result_.acknowledged;
    } else if (error->code == server::ErrorCode::kUnavailable) {
      ++result_.refused;
    } else if (error->code == server::ErrorCode::kIndefinite && error->write_id) {
      ++result_.left_open;
      if (write->name && *write->name != *error->write_id) Wrong(*write, "has another name");
      write->name = error->write_id;
    } else {
      Wrong(*write, absl::StrCat("was told code ", static_cast<int>(error->code)));
    }
  }

  bool IsOpen(const Written& write) const {
    if (!write.answer) return true;
    const auto* error = std::get_if<server::Error>(&*write.answer);
    return error != nullptr && error->code == server::ErrorCode::kIndefinite;
  }

  void AskFate(Written* write) {
    if (!IsOpen(*write) || !write->name) return;
    while (!write->fate) {
      const auto body = cluster_.Ask(AnyNodeUp(), server::WriteRequest{kv::Fate{*write->name}, {}});
      if (const auto* ok = std::get_if<server::FateOk>(&body)) write->fate = ok->fate;
    }
    using Kind = kv::Fated::Kind;
    if (write->fate->kind == Kind::kCommitted) ++result_.committed;
    if (write->fate->kind == Kind::kCancelled) ++result_.cancelled;
    if (write->fate->kind == Kind::kUnknown) Wrong(*write, "has a fate that nobody knows");
    if (write->fate->kind == Kind::kRefused) Wrong(*write, "was refused");
  }

  // Where each write took effect, by the log of one who has all of it.
  void Judge() {
    cluster_.Advance(5'000);
    const auto& server = cluster_.node(cluster_.leader());
    check::Ledger ledger;
    for (uint64_t i = 1; i <= server.raft().commit_index().value(); ++i) {
      const check::Ledger::Entry& entry = ledger.Commit(server.raft().log().At(raft::Index(i)));
      if (entry.took_effect) NoteEffect(i, entry.command->operation);
    }
    for (size_t i = 0; i < written_.size(); ++i) JudgeOne(written_[i], effects_[i]);
  }

  void NoteEffect(uint64_t index, const kv::Operation& operation) {
    const std::string* value = nullptr;
    if (const auto* write = std::get_if<kv::Write>(&operation)) value = &write->value;
    if (const auto* txn = std::get_if<kv::Txn>(&operation)) value = &txn->ops[0].value;
    size_t number = 0;
    if (value != nullptr && absl::SimpleAtoi(*value, &number)) effects_[number].push_back(index);
  }

  void JudgeOne(const Written& write, const std::vector<uint64_t>& effects) {
    if (effects.size() > 1) Wrong(write, "took effect twice");
    std::optional<uint64_t> told;
    if (write.answer) {
      if (const auto* ok = std::get_if<server::WriteOk>(&*write.answer)) {
        told = ok->commit_index.value();
      }
      if (const auto* ok = std::get_if<server::TxnOk>(&*write.answer)) {
        told = ok->commit_index.value();
      }
    }
    if (write.fate && write.fate->kind == kv::Fated::Kind::kCommitted) {
      told = write.fate->commit_index;
    }
    const bool anywhere = !effects.empty();
    if (told && (!anywhere || effects[0] != *told)) {
      Wrong(write, absl::StrCat("is told to be at index ", *told, " and is not"));
    }
    const bool open = IsOpen(write) && !write.fate;
    if (!told && !open && anywhere) {
      Wrong(write, absl::StrCat("did not happen, it is said, and is at index ", effects[0]));
    }
  }

  const LeaderKillSettings settings_;
  Cluster cluster_;
  Random random_;
  std::vector<server::OpenOk> clients_;
  std::vector<Written> written_;
  int64_t next_request_ = kClients + 1;
  absl::flat_hash_map<int64_t, size_t> by_request_;
  absl::flat_hash_map<size_t, std::vector<uint64_t>> effects_;
  int64_t next_kill_ms_ = 0;
  int64_t restart_ms_ = 0;
  raft::NodeId dead_;
  LeaderKillResult result_;
};

}  // namespace

LeaderKillResult KillLeaders(const LeaderKillSettings& settings) { return Run(settings).Do(); }

}  // namespace tidemark::simulation
