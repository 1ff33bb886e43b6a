// Rounds, reads and tokens (docs/design.md) in one page: what nodes say and do, without the
// product's code, for a checker that goes through all of it.
//
// The theorem: a read that is served saw every write that was acknowledged before it was sent; and
// an index is called from the future only if nobody had committed it when the question was asked.
//
// Three nodes. Elections are abstract: a candidate and one other are a majority, and vote in one
// step. A message that was sent stays under way for ever: it may come late, more than once, in any
// order, or never.
#ifndef TIDEMARK_HARNESS_MODEL_READS_H_
#define TIDEMARK_HARNESS_MODEL_READS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tidemark::model {

constexpr size_t kNodes = 3;
constexpr size_t kMostEntries = 4;

// A rule that is left out, to see what it is good for.
enum class Without {
  kNothing,
  kLife,          // an answer counts whatever life of its leader it answers
  kMessageTerm,   // … whatever term the message was of
  kAnswererTerm,  // … whatever term its sender is in
  kNewRound,      // the round that is under way confirms a question, too
  kTermStart,     // a question is answered by what is committed, not by what the term begins with
};

// What is asked for, once: a read, or whether an index exists that a token names, which is the
// greatest that anybody has committed by then.
enum class Asks { kRead, kToken };

// How much happens in one execution.
struct Bounds {
  Asks asks = Asks::kRead;
  uint8_t terms = 3;   // the last one
  uint8_t rounds = 2;  // in each term
  uint8_t writes = 1;
  uint8_t restarts = 1;
};

struct Entry {
  uint8_t term = 0;
  uint8_t is_write = 0;
  bool operator==(const Entry&) const = default;
};

struct Log {
  uint8_t size = 0;
  std::array<Entry, kMostEntries> entries = {};

  bool BeginsWith(const Log& prefix) const;
  bool AtLeastAsUpToDate(const Log& other) const;  // §5.4.1 of the paper
};

// Bytes only, so that equal states are equal bytes.
struct Node {
  uint8_t term = 1;
  uint8_t voted_for = 0;  // a node's number and one; zero: nobody
  uint8_t life = 0;       // how often it has been started anew
  uint8_t commit = 0;
  Log log;
  // Of a leader; zeros otherwise.
  uint8_t leads = 0;
  uint8_t term_start = 0;  // the index of the term's first entry
  uint8_t round = 0;       // the last one begun
  std::array<uint8_t, kNodes> acked_round = {};
  std::array<uint8_t, kNodes> match = {};
};

struct Message {
  enum Kind : uint8_t {
    kEntries,    // the whole log: take it
    kHeartbeat,  // have you got it? Who has not answers the round all the same
    kAnswer,
  } kind = kEntries;
  uint8_t from = 0;
  uint8_t to = 0;
  // The leader's, in an answer as well: the echo.
  uint8_t life = 0;
  uint8_t term = 0;
  uint8_t round = 0;
  // Of the leader's.
  uint8_t commit = 0;
  Log log;
  // Of an answer.
  uint8_t answerer_term = 0;
  uint8_t match = 0;
};

// A client's read at a leader, or a follower's question about a token: both wait for the same.
struct Question {
  enum : uint8_t { kNotAsked, kWaits, kOver } state = kNotAsked;
  uint8_t leader = 0;
  uint8_t round = 0;
  uint8_t read_index = 0;
  uint8_t acknowledged = 0;  // the index of the write, had it been acknowledged when this was asked
  uint8_t token = 0;
};

struct State {
  std::array<Node, kNodes> nodes;
  Question question;
  uint8_t writes = 0;
  uint8_t restarts = 0;
  uint8_t acknowledged = 0;             // the write's index; zero: not yet
  uint8_t committed = 0;                // the greatest index that anybody ever took for committed
  std::vector<Message> under_way = {};  // each once, sorted
};

struct Step {
  enum Kind {
    kElect,      // node a, by node b
    kHeartbeat,  // of leader a
    kWrite,      // at leader a
    kAsk,        // leader a
    kRestart,    // of node a
    kDeliver,    // the message at place a of `under_way`
  } kind = kElect;
  size_t a = 0;
  size_t b = 0;
};
// In words, of a step of `before`.
std::string TextOf(const State& before, const Step& step);

// n1 leads in term 1, and all have and know what it has committed.
State Bootstrapped();
// n1 led in term 2: the others were elected it, and its heartbeats are under way to them, but its
// entry of that term reached nobody. Then its disk was put back to what it had in term 1.
State PutBack();

// All that can happen next, and what of the theorem each has broken; null: nothing.
using Visit = std::function<void(const Step& step, const State& next, const char* broken)>;
void ForEachStep(const State& state, const Bounds& bounds, Without without, const Visit& visit);

}  // namespace tidemark::model

#endif  // TIDEMARK_HARNESS_MODEL_READS_H_
