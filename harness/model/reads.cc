#include "harness/model/reads.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tidemark::model {
namespace {

constexpr size_t kQuorum = 2;

bool Before(const Message& a, const Message& b) { return std::memcmp(&a, &b, sizeof a) < 0; }

void Send(State* state, const Message& message) {
  auto& all = state->under_way;
  const auto at = std::lower_bound(all.begin(), all.end(), message, Before);
  const bool known = at != all.end() && !Before(message, *at);
  if (!known) all.insert(at, message);
}

void Append(Log* log, Entry entry) { log->entries[log->size++] = entry; }

// One step of `state`, by the rules but for the one that is left out.
class Rules {
 public:
  Rules(State* state, Asks asks, Without without)
      : state_(*state), asks_(asks), without_(without) {}

  const char* broken() const { return broken_; }

  // False: it cannot be elected so.
  bool Elect(size_t candidate, size_t voter) {
    Node& node = state_.nodes[candidate];
    Node& other = state_.nodes[voter];
    const auto term = static_cast<uint8_t>(node.term + 1);
    const auto vote = static_cast<uint8_t>(candidate + 1);
    const bool may_vote = other.term < term ||
                          (other.term == term && (other.voted_for == 0 || other.voted_for == vote));
    if (!may_vote || !node.log.AtLeastAsUpToDate(other.log)) return false;
    if (node.log.size == kMostEntries) return false;
    Follow(candidate, term);
    Follow(voter, term);
    node.voted_for = other.voted_for = vote;
    node.leads = 1;
    Append(&node.log, {term, 0});
    node.term_start = node.log.size;
    node.round = 1;
    Broadcast(candidate, Message::kEntries);
    return true;
  }

  void BeginRound(size_t leader) {
    ++state_.nodes[leader].round;
    Broadcast(leader, Message::kHeartbeat);
  }

  void Write(size_t leader) {
    Node& node = state_.nodes[leader];
    Append(&node.log, {node.term, 1});
    ++state_.writes;
    Broadcast(leader, Message::kEntries);
  }

  // A question waits for a quorum to answer a round that begins after it came.
  void Ask(size_t leader) {
    Node& node = state_.nodes[leader];
    const bool begins = without_ != Without::kNewRound;
    if (begins) BeginRound(leader);
    // All that an earlier leader committed stands before this term's first entry.
    const uint8_t covers =
        without_ == Without::kTermStart ? node.commit : std::max(node.commit, node.term_start);
    state_.question = {Question::kWaits, static_cast<uint8_t>(leader), node.round,
                       covers,           state_.acknowledged,          state_.committed};
    Answer(leader);
  }

  void Restart(size_t n) {
    Node& node = state_.nodes[n];
    StopLeading(n);
    ++node.life;
    node.commit = 0;
    ++state_.restarts;
  }

  void Deliver(const Message& message) {
    message.kind == Message::kAnswer ? TakeAnswer(message) : TakeAppend(message);
  }

 private:
  void StopLeading(size_t n) {
    Node& node = state_.nodes[n];
    const bool lost = state_.question.state == Question::kWaits && state_.question.leader == n;
    if (lost) state_.question = {.state = Question::kOver};
    node.leads = node.term_start = node.round = 0;
    node.acked_round = node.match = {};
  }

  void Follow(size_t n, uint8_t term) {
    Node& node = state_.nodes[n];
    if (node.term < term) node.voted_for = 0;
    node.term = std::max(node.term, term);
    StopLeading(n);
  }

  // A message of a leader carries its life, its term and the round.
  void Broadcast(size_t leader, Message::Kind kind) {
    const Node& node = state_.nodes[leader];
    for (size_t to = 0; to < kNodes; ++to) {
      if (to == leader) continue;
      Send(&state_, {.kind = kind,
                     .from = static_cast<uint8_t>(leader),
                     .to = static_cast<uint8_t>(to),
                     .life = node.life,
                     .term = node.term,
                     .round = node.round,
                     .commit = node.commit,
                     .log = node.log});
    }
  }

  void TakeAppend(const Message& append) {
    Node& node = state_.nodes[append.to];
    const Message echo{.kind = Message::kAnswer,
                       .from = append.to,
                       .to = append.from,
                       .life = append.life,
                       .term = append.term,
                       .round = append.round};
    if (append.term < node.term) return TellNewerTerm(append, echo);
    if (append.term > node.term) Follow(append.to, append.term);
    const bool has = node.log.BeginsWith(append.log);
    if (!has && append.kind == Message::kEntries) node.log = append.log;
    Message answer = echo;
    if (has || append.kind == Message::kEntries) {
      Commit(append.to, append.commit);
      answer.match = append.log.size;
    }
    answer.answerer_term = node.term;
    Send(&state_, answer);
  }

  // Who is in a later term says only so, and has no round to give. Its sender's word alone would
  // keep the round where one of two rules is left out: those are about what comes of it then.
  void TellNewerTerm(const Message& append, const Message& echo) {
    const bool echoes = without_ == Without::kAnswererTerm || without_ == Without::kMessageTerm;
    Message answer{.kind = Message::kAnswer, .from = append.to, .to = append.from};
    if (echoes) answer = echo;
    answer.answerer_term = state_.nodes[append.to].term;
    Send(&state_, answer);
  }

  // An answer counts if it answers this life of the leader and this term, and comes from it.
  void TakeAnswer(const Message& answer) {
    Node& node = state_.nodes[answer.to];
    if (node.leads == 0) return;
    const bool same_life = answer.life == node.life;
    const bool same_term = answer.term == node.term;
    const bool follows = answer.answerer_term == node.term;
    if (answer.answerer_term > node.term && without_ != Without::kAnswererTerm) {
      return Follow(answer.to, answer.answerer_term);
    }
    const bool counts = (same_life || without_ == Without::kLife) &&
                        (same_term || without_ == Without::kMessageTerm) &&
                        (follows || without_ == Without::kAnswererTerm);
    if (!counts || answer.round > node.round) return;
    uint8_t& acked = node.acked_round[answer.from];
    acked = std::max(acked, answer.round);
    // Which round counts is what this is about: acknowledgements of entries keep all the rules.
    uint8_t& match = node.match[answer.from];
    if (same_life && same_term && follows) match = std::max(match, answer.match);
    AdvanceCommit(answer.to);
    Answer(answer.to);
  }

  // "An entry of its term that a majority has" (figure 2).
  void AdvanceCommit(size_t leader) {
    const Node& node = state_.nodes[leader];
    const uint8_t match = *std::max_element(node.match.begin(), node.match.end());
    if (match <= node.commit || node.log.entries[match - 1u].term != node.term) return;
    Commit(leader, match);
    for (uint8_t i = 0; i < match; ++i) {
      if (node.log.entries[i].is_write != 0) state_.acknowledged = static_cast<uint8_t>(i + 1);
    }
  }

  // What is committed here may be read here by a token that says so.
  void Commit(size_t n, uint8_t index) {
    Node& node = state_.nodes[n];
    node.commit = std::max(node.commit, index);
    state_.committed = std::max(state_.committed, node.commit);
    if (!Sees(node, node.commit, state_.acknowledged)) {
      broken_ = "a read with a token was served without a write that the token covers";
    }
  }

  static bool Sees(const Node& node, uint8_t applied, uint8_t write) {
    return write == 0 || applied < write || node.log.entries[write - 1u].is_write != 0;
  }

  void Answer(size_t leader) {
    const Node& node = state_.nodes[leader];
    const Question question = state_.question;
    if (question.state != Question::kWaits || question.leader != leader) return;
    const auto followed =
        static_cast<size_t>(std::count_if(node.acked_round.begin(), node.acked_round.end(),
                                          [&](uint8_t round) { return round >= question.round; }));
    if (followed + 1 < kQuorum || node.commit < question.read_index) return;
    state_.question = {.state = Question::kOver};
    const uint8_t write = question.acknowledged;
    if (asks_ == Asks::kToken && node.commit < question.token) {
      broken_ = "an index was called from the future that was committed when the question came";
    }
    if (asks_ == Asks::kRead && (node.commit < write || !Sees(node, node.commit, write))) {
      broken_ = "a read was served without a write that was acknowledged before it was sent";
    }
  }

  State& state_;
  const Asks asks_;
  const Without without_;
  const char* broken_ = nullptr;
};

bool MayLead(const State& state, size_t n, const Bounds& bounds) {
  return state.nodes[n].term < bounds.terms;
}

bool ChangesNothing(const State& state, const Message& message) {
  const Node& node = state.nodes[message.to];
  if (message.kind == Message::kAnswer) return node.leads == 0;
  if (message.term != node.term) return message.term < node.term;
  const bool has = node.log.BeginsWith(message.log);
  return has ? message.commit <= node.commit : message.kind == Message::kHeartbeat;
}

// A message that changes nothing at its receiver but that it answers is answered at once: what is
// under way may stay so for ever, so no execution is lost where there is more of it.
void AnswerWhatChangesNothing(State* state, Asks asks, Without without) {
  // Answers stand behind all else, and what is added is an answer.
  for (size_t m = 0; m < state->under_way.size(); ++m) {
    const Message message = state->under_way[m];
    if (message.kind == Message::kAnswer) return;
    if (ChangesNothing(*state, message)) Rules(state, asks, without).Deliver(message);
  }
}

// Terms and lives only grow: what is about a former one counts nowhere any more.
void ForgetWhatNeverCounts(State* state, Without without) {
  const auto never = [&](const Message& message) {
    const Node& to = state->nodes[message.to];
    if (message.kind != Message::kAnswer || message.answerer_term > to.term) return false;
    return (message.term < to.term && without != Without::kMessageTerm) ||
           (message.life < to.life && without != Without::kLife) ||
           (message.answerer_term < to.term && without != Without::kAnswererTerm);
  };
  auto& all = state->under_way;
  all.erase(std::remove_if(all.begin(), all.end(), never), all.end());
}

}  // namespace

bool Log::BeginsWith(const Log& prefix) const {
  return prefix.size <= size &&
         std::equal(prefix.entries.begin(), prefix.entries.begin() + prefix.size, entries.begin());
}

bool Log::AtLeastAsUpToDate(const Log& other) const {
  const auto last = [](const Log& log) {
    return std::pair(log.entries[log.size - 1u].term, log.size);
  };
  return last(*this) >= last(other);
}

State Bootstrapped() {
  State state;
  for (Node& node : state.nodes) {
    Append(&node.log, {1, 0});
    node.commit = 1;
    node.voted_for = 1;
  }
  state.committed = 1;
  Node& leader = state.nodes[0];
  leader.leads = leader.term_start = leader.round = 1;
  leader.acked_round = leader.match = {0, 1, 1};
  return state;
}

State PutBack() {
  State state = Bootstrapped();
  Rules(&state, Asks::kRead, Without::kNothing).Restart(0);
  Log log = state.nodes[0].log;
  Append(&log, {2, 0});
  for (uint8_t to = 1; to < kNodes; ++to) {
    state.nodes[to].term = 2;
    for (uint8_t round = 1; round <= 2; ++round) {
      Send(&state, {.kind = Message::kHeartbeat,
                    .to = to,
                    .term = 2,
                    .round = round,
                    .commit = 1,
                    .log = log});
    }
  }
  return state;
}

void ForEachStep(const State& state, const Bounds& bounds, Without without, const Visit& visit) {
  // What comes behind an answer comes where nobody has asked, too.
  if (state.question.state == Question::kOver) return;
  const auto take = [&](const Step& step, auto what) {
    State next = state;
    Rules rules(&next, bounds.asks, without);
    if (!what(&rules)) return;
    AnswerWhatChangesNothing(&next, bounds.asks, without);
    ForgetWhatNeverCounts(&next, without);
    visit(step, next, rules.broken());
  };
  const auto always = [](auto what) {
    return [what](Rules* rules) {
      what(rules);
      return true;
    };
  };
  for (size_t m = 0; m < state.under_way.size(); ++m) {
    if (ChangesNothing(state, state.under_way[m])) continue;
    take({Step::kDeliver, m}, always([&](Rules* r) { r->Deliver(state.under_way[m]); }));
  }
  for (size_t n = 0; n < kNodes; ++n) {
    const Node& node = state.nodes[n];
    for (size_t voter = 0; voter < kNodes; ++voter) {
      if (voter == n || !MayLead(state, n, bounds)) continue;
      take({Step::kElect, n, voter}, [&](Rules* r) { return r->Elect(n, voter); });
    }
    if (node.leads == 0) continue;
    if (state.restarts < bounds.restarts) {
      take({Step::kRestart, n}, always([&](Rules* r) { r->Restart(n); }));
    }
    if (node.round < bounds.rounds) {
      take({Step::kHeartbeat, n}, always([&](Rules* r) { r->BeginRound(n); }));
    }
    if (state.writes < bounds.writes && node.log.size < kMostEntries) {
      take({Step::kWrite, n}, always([&](Rules* r) { r->Write(n); }));
    }
    const bool may_ask = without == Without::kNewRound || node.round < bounds.rounds;
    if (state.question.state == Question::kNotAsked && may_ask) {
      take({Step::kAsk, n}, always([&](Rules* r) { r->Ask(n); }));
    }
  }
}

}  // namespace tidemark::model
