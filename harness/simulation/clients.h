// The clients: sessions that go to another node with each operation and carry the highest index
// they were told of. What they are answered is checked at once against what the log comes to.
#ifndef TIDEMARK_HARNESS_SIMULATION_CLIENTS_H_
#define TIDEMARK_HARNESS_SIMULATION_CLIENTS_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "harness/check/history.h"
#include "harness/check/log/ledger.h"
#include "harness/check/log/raft_laws.h"
#include "harness/simulation/call.h"
#include "harness/simulation/plan.h"
#include "node/base/random.h"
#include "node/server/requests.h"

namespace tidemark::simulation {

class Clients {
 public:
  struct Counters {
    uint64_t invoked = 0;
    uint64_t ok = 0;
    uint64_t failed = 0;
    uint64_t indeterminate = 0;
    uint64_t session_reads = 0;   // answered with a value, or with "no such key", and checked
    uint64_t follower_reads = 0;  // of those, by a follower
    uint64_t linearizable_reads = 0;
  };

  // `laws` collects what is found wrong.
  Clients(const Settings& settings, const Plan& plan, const check::Ledger* ledger,
          check::RaftLaws* laws);

  // Draws operation `ordinal`; null: every session waits for an answer.
  Call* Invoke(uint32_t ordinal, int64_t now_us);
  // A write of its own to `node`, outside the drawn ones.
  Call* Probe(uint32_t ordinal, int node, int64_t now_us);
  Call& call(uint32_t ordinal) { return calls_[at_.find(ordinal)->second]; }
  // What `call` asks of its node.
  server::ClientRequest Request(const Call& call) const;

  // The log has `entry` at `index`.
  void Committed(uint64_t index, const check::Ledger::Entry& entry);
  // The answer to `call` is at the client.
  void Answered(Call* call, const server::ReplyBody& body);
  // No answer is waited for any more: what is open stays open.
  void GiveUp(Call* call);
  // The run is over: the history gets what is still to be known from the log, the places of those
  // deletes that took effect and were not acknowledged (a delete writes nothing to tell it by; one
  // of a key is as good as another).
  void Close();

  const check::History& history() const { return history_; }
  const Counters& counters() const { return counters_; }
  const std::deque<Call>& calls() const { return calls_; }

 private:
  struct Session {
    uint64_t tidemark = 0;
    Call* open = nullptr;
  };

  int FreeSession(Random* random, int64_t now_us);
  Call* Begin(uint32_t ordinal, int session, int64_t now_us);
  void DrawFunction(Random* random, Call* call);
  void DrawKey(Random* random, Call* call, int64_t now_us);
  void Record(Call* call);
  void RecordTxn(const Call& call, check::Operation* operation);
  server::RequestBody TxnOf(const Call& call) const;

  void Written(Call* call, uint64_t index);
  void TxnDone(Call* call, const server::TxnOk& reply);
  void ReadSaw(Call* call, const std::string* value);
  void SessionReadSaw(Call* call, const std::string* value, const server::Served& served);
  void CheckStateAt(const Call& call, const std::string* value, uint64_t index);
  void Failed(Call* call, const server::Error& error);
  void CheckRefusal(const Call& call, bool missing);
  void CheckCalm(const Call& call, const server::Error& error);
  void Finish(Call* call, check::Outcome outcome, uint64_t index);
  void CheckNewEnough(const Call& call, const std::string* value, uint64_t floor, const char* check,
                      uint64_t* position);
  check::Operation& Recorded(const Call& call) { return history_.operations()[call.in_history]; }
  void Fail(const Call& call, const char* check, const std::string& text);

  const Settings& settings_;
  const Plan& plan_;
  const check::Ledger* const ledger_;
  check::RaftLaws* const laws_;
  std::vector<Session> sessions_;
  std::deque<Call> calls_;
  absl::flat_hash_map<uint32_t, size_t> at_;              // by ordinal
  absl::flat_hash_map<std::string, std::string> newest_;  // the value last written, or tried
  absl::flat_hash_set<uint64_t> acknowledged_deletes_;    // by index
  uint64_t acknowledged_ = 0;  // the highest index that any client was told of
  int64_t moment_ = 0;         // counts what clients do: no two happen at one moment
  check::History history_;
  Counters counters_;
};

// "write 17 of c3 at n2", for messages.
std::string Describe(const Call& call);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_CLIENTS_H_
