// The clients: sessions that go to another node with each operation and carry what they have seen,
// as the highest index that they were told of or as a token. Some write under ids of their own,
// and some ask what came of a write. What they are answered is checked at once against what the log
// comes to.
#ifndef TIDEMARK_HARNESS_SIMULATION_CLIENTS_H_
#define TIDEMARK_HARNESS_SIMULATION_CLIENTS_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
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
    uint64_t proved_reads = 0;    // of those, ahead of what it had applied
    uint64_t linearizable_reads = 0;
    uint64_t tokens = 0;         // that came with answers
    uint64_t once_writes = 0;    // acknowledged, under ids of the clients' own
    uint64_t repetitions = 0;    // of writes, under the same id
    uint64_t fates = 0;          // told
    uint64_t cancellations = 0;  // of those
    uint64_t forged = 0;         // tokens of no history, answered
    uint64_t doubled = 0;        // requests that arrived twice
    uint64_t together = 0;       // begun while their session, or its writer, had others under way
    uint64_t large = 0;          // values
    uint64_t guesses = 0;        // answered
  };

  // `laws` collects what is found wrong.
  Clients(const Settings& settings, const Plan& plan, const check::Ledger* ledger,
          check::RaftLaws* laws);

  // Draws operation `ordinal`: a new one, or another attempt at one that has no answer. Null: every
  // session waits.
  Attempt* Invoke(uint32_t ordinal, int64_t now_us);
  // An operation at `node`, outside the drawn ones, of one of the sessions that are kept for such;
  // `reads`: it reads, else it writes. Null: every such session waits.
  Attempt* Direct(uint32_t ordinal, int node, bool reads, int64_t now_us);
  // A write of its own to `node`, outside the drawn ones.
  Attempt* Probe(uint32_t ordinal, int node, int64_t now_us);
  Attempt& attempt(uint32_t ordinal) { return attempts_[at_.find(ordinal)->second]; }
  const Attempt& attempt(uint32_t ordinal) const { return attempts_[at_.find(ordinal)->second]; }
  // Whether the network may double it: it is safe to be asked twice.
  bool MayBeDoubled(const Attempt& attempt) const;
  void Doubled(Attempt* attempt);
  // What `attempt` asks of its node.
  server::ClientRequest Request(const Attempt& attempt) const;

  // The log has `entry` at `index`.
  void Committed(uint64_t index, const check::Ledger::Entry& entry);
  // The answer to `attempt` is at the client.
  void Answered(const Attempt& attempt, const server::Reply& reply);
  // The log is another one from here on, the ledger's: with what it had up to `common`. Sessions go
  // on with what they were told, and ask again what they have no answer to; no answer is under way.
  void HistoryReplaced(uint64_t common);
  // No answer is waited for any more: what is open stays open.
  void GiveUp(Call* call);
  // The run is over: the history gets what is still to be known from the log, the places of those
  // deletes that took effect and were not acknowledged (a delete writes nothing to tell it by; one
  // of a key is as good as another).
  void Close();

  const check::History& history() const { return history_; }
  const Counters& counters() const { return counters_; }
  // Whether the log has the writer under which `call` has its id.
  bool IsNameHere(const Call& call) const { return call.name && ledger_->IsNameHere(*call.name); }
  const std::deque<Attempt>& attempts() const { return attempts_; }

 private:
  struct Session {
    // How it goes about things, for the whole run.
    bool carries_tokens = false;
    bool writes_once = false;
    bool asks_fates = false;
    bool drops_outcomes = false;  // what it gave up it will never ask for

    // Whose memory of what was seen, and whose writer it uses: its own number, or another's.
    int memory = 0;
    int writes_as = 0;

    uint64_t tidemark = 0;
    std::optional<kv::Session> token;
    bool token_lost = false;  // of another history than the log's
    uint64_t writer = 0;      // of its own; zero: not opened
    uint64_t key = 0;         // to it
    uint64_t next_seq = 1;
    std::optional<kv::ToldName> told;  // the last name that it was told of a write
    std::set<uint64_t> given_up;       // seqs
    std::set<uint64_t> under_way;      // seqs
    Call* open = nullptr;
    int busy = 0;  // how many of those that use its writer have a call under way
  };
  Session& At(int session) { return sessions_[static_cast<size_t>(session)]; }
  const Session& At(int session) const { return sessions_[static_cast<size_t>(session)]; }
  Session& SessionOf(const Call& call) { return At(call.session); }
  // What the session of `call` has seen is kept there; its writer there.
  Session& MemoryOf(const Call& call) { return At(SessionOf(call).memory); }
  Session& WriterOf(const Call& call) { return At(SessionOf(call).writes_as); }

  // clients.cc
  void DrawHabits();
  void DrawTies(int session, Random* random);
  int FreeSession(Random* random, int64_t now_us);
  // The first session of those for directed operations.
  int FirstDirected() const { return plan_.sessions + plan_.nodes; }
  bool MayTryAgain(const Call& call) const;
  Attempt* Try(Call* call, uint32_t ordinal, int node, int64_t now_us);
  Attempt* TryAgain(Call* call, uint32_t ordinal, Random* random, int64_t now_us);
  void Finish(Call* call, check::Outcome outcome, uint64_t index);
  void NoteId(Call* call);
  Call* WrittenBy(const check::Ledger::Entry& entry);
  check::Operation& Recorded(const Call& call) { return history_.operations()[call.in_history]; }
  void Fail(const Call& call, const char* check, const std::string& text);

  // requests.cc
  Call* Begin(uint32_t ordinal, int session, int64_t now_us);
  void DrawFunction(Random* random, Call* call);
  void DrawKey(Random* random, Call* call, int64_t now_us);
  void DrawId(Call* call);
  void DrawSize(Call* call);
  void DrawGuess(Call* call);
  static std::string ValueOf(const Call& call);
  void DrawForgery(Random* random, Call* call);
  void Record(Call* call);
  void RecordTxn(const Call& call, check::Operation* operation);
  server::RequestBody TxnOf(const Call& call) const;
  server::RequestBody BodyOf(const Call& call) const;

  // answers.cc
  void Opened(Call* call, const server::ReplyBody& body);
  void Guessed(Call* call, const server::ReplyBody& body);
  void Written(Call* call, uint64_t index);
  void TxnDone(Call* call, const server::TxnOk& reply);
  void ReadSaw(Call* call, const std::string* value, const std::optional<kv::Session>& session);
  void SessionReadSaw(Call* call, const std::string* value, const server::Served& served,
                      const std::optional<kv::Session>& session);
  void FollowerServed(Call* call, const std::string* value, const server::ServedByFollower& served);
  void CheckStateAt(const Call& call, const std::string* value, uint64_t index, uint64_t least,
                    const char* check);
  void CheckNewEnough(const Call& call, const std::string* value, uint64_t floor, const char* check,
                      uint64_t* position);
  void Failed(const Attempt& attempt, const server::Reply& reply, const server::Error& error);
  void NothingDone(const Attempt& attempt);
  void LeftOpen(const Attempt& attempt, const server::Error& error);
  void RefusedForGood(const Attempt& attempt, const server::Error& error);
  void CheckCode(const Attempt& attempt, const server::Error& error);
  bool NamesItsLimit(const server::Error& error) const;
  void CheckRefusal(const Call& call, bool missing);
  void CheckCalm(const Call& call, const server::Error& error);

  // tokens.cc
  void CheckSession(const Attempt& attempt, const server::Reply& reply);
  void Raise(const Call& call, const server::Reply& reply);
  void ForgedAnswered(Call* call, const server::Reply& reply);
  void LetGoOfLostToken(const Call& call, const server::Reply& reply);
  void CheckVerdict(const Call& call, const server::Error& error);
  void CheckForgedServed(const Call& call, const server::Reply& reply);

  // fates.cc
  void FateTold(const Attempt& attempt, const server::ReplyBody& body);
  void ToldCommitted(Call* call, uint64_t index);
  void ToldRefused(Call* call, kv::Fated::Refusal refusal);
  void ToldCancelled(Call* call);
  void CheckLate(const Call& call, const server::ReplyBody& body);

  const Settings& settings_;
  const Plan& plan_;
  const check::Ledger* const ledger_;
  check::RaftLaws* const laws_;
  std::vector<Session> sessions_;
  std::deque<Call> calls_;
  std::deque<Attempt> attempts_;
  absl::flat_hash_map<uint32_t, size_t> at_;              // attempts, by ordinal
  std::map<kv::ToldName, Call*> by_name_;                 // whose names are known
  absl::flat_hash_map<std::string, std::string> newest_;  // the value last written, or tried
  absl::flat_hash_set<uint64_t> known_deletes_;           // by index: whose they are is known
  uint64_t acknowledged_ = 0;  // the highest index that any client was told of
  int64_t moment_ = 0;         // counts what clients do: no two happen at one moment
  check::History history_;
  Counters counters_;
};

// "write 17 of c3", for messages.
std::string Describe(const Call& call);

bool Writes(check::Function function);
// The index that an acknowledgement tells; nullopt: `body` is none.
std::optional<uint64_t> CommitIndexIn(const server::ReplyBody& body);
// Whether `error` says that the request's session is of no history.
bool RefusesSession(const server::Error& error);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_CLIENTS_H_
