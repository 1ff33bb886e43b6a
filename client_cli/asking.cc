#include "client_cli/asking.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "node/base/assert.h"

namespace tidemark::client {
namespace {

class Round {
 public:
  Round(Transport* transport, const Question& question)
      : transport_(*transport),
        question_(question),
        since_(transport->Now()),
        to_ask_(question.nodes.begin(), question.nodes.end()) {}

  Told Run() {
    while (!over_ && SomebodyIsAsked()) {
      Take(transport_.AwaitAny(Ids(), to_ask_.empty() ? question_.deadline : turn_ends_));
    }
    for (Unanswered& waiting : waiting_) {
      transport_.GiveUp(waiting.id);
      told_.unanswered.push_back(std::move(waiting));
    }
    told_.took_ms = (transport_.Now() - since_).ToMillis();
    return std::move(told_);
  }

 private:
  bool SomebodyIsAsked() {
    while (waiting_.empty() || transport_.Now() >= turn_ends_) {
      std::erase_if(to_ask_, [this](const std::string& node) { return !transport_.Runs(node); });
      if (to_ask_.empty()) break;
      AskNext();
    }
    return !waiting_.empty();
  }

  void AskNext() {
    const Time now = transport_.Now();
    const auto sharers = static_cast<int64_t>(to_ask_.size());
    turn_ends_ = now + Duration{(question_.deadline - now).us / sharers};
    const std::string node = std::move(to_ask_.front());
    to_ask_.pop_front();
    absl::StatusOr<int64_t> id = transport_.Send(node, question_.body);
    if (!id.ok()) return;  // it has died this moment
    ++told_.asked;
    waiting_.push_back({*id, node});
  }

  std::vector<int64_t> Ids() const {
    std::vector<int64_t> ids;
    for (const Unanswered& waiting : waiting_) ids.push_back(waiting.id);
    return ids;
  }

  void Take(const Transport::Word& word) {
    if (word.id == 0) return TakeEndOfWaiting(std::get<Silence>(word.outcome).why);
    auto of = std::find_if(waiting_.begin(), waiting_.end(),
                           [&](const Unanswered& one) { return one.id == word.id; });
    TM_ASSERT(of != waiting_.end());
    Unanswered asked = std::move(*of);
    waiting_.erase(of);
    if (const auto* answer = std::get_if<Answer>(&word.outcome)) {
      TakeAnswer(asked.node, *answer);
    } else {
      asked.ended = true;
      told_.unanswered.push_back(std::move(asked));
    }
  }

  void TakeEndOfWaiting(Silence::Why why) {
    told_.interrupted = why == Silence::Why::kInterrupted;
    over_ = told_.interrupted || transport_.Now() >= question_.deadline;
  }

  void TakeAnswer(const std::string& node, const Answer& answer) {
    const bool alone = waiting_.empty() && told_.unanswered.empty();
    told_.enough = question_.enough(answer.body, alone);
    told_.answer = answer;
    told_.node = node;
    over_ = told_.enough;
  }

  Transport& transport_;
  const Question& question_;
  const Time since_;
  std::deque<std::string> to_ask_;
  Time turn_ends_;  // of the node that was asked last
  std::vector<Unanswered> waiting_;
  Told told_;
  bool over_ = false;
};

}  // namespace

Told AskInTurn(Transport* transport, const Question& question) {
  return Round(transport, question).Run();
}

}  // namespace tidemark::client
