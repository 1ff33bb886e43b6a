// Parts that cannot be a state's.
#include "node/kv/state_builder.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/kv/state_part.h"

namespace tidemark::kv {
namespace {

constexpr WriterLimits kSmall{
    .max_writers = 2, .max_clients = 2, .max_outcomes = 3, .max_outcome_bytes = 1000};

using Parts = std::vector<StatePart>;

// 0 the head; 1 writer 1, closed; 2 writer 2 with outcomes 3 (seq 4) and 4 (seq 5); 5 the client 6
// with the outcome 6 (seq 0); 7 and 8 keys.
Parts SampleParts() {
  StateMachine machine(kSmall);
  machine.Apply(1, Command{{}, OpenWriter{"n1", 7, 1, 0xa1}});
  machine.Configure(1, 9, Limits());
  machine.BeginTerm(1, 1, 11);
  machine.Apply(2, Command{{}, OpenWriter{"n1", 7, 2, 0xa2}});
  machine.Apply(3, Command{{2, 3, 0, 0xa2}, Write{"a", "1"}});
  machine.Apply(4, Command{{2, 4, 4, 0xa2}, Write{"b", "[]"}});
  machine.BeginTerm(5, 3, 12);
  machine.Apply(6, Command{{2, 5, 4, 0xa2}, OpenClient{0xc6}});
  Command once{{6, 0, 0, 0xc6}, Cas{"a", "2", "3"}};
  once.once = true;
  machine.Apply(7, once);
  Parts parts;
  machine.BeginCopy();
  machine.NextParts(SIZE_MAX, &parts);
  // Views of what is gone by now.
  std::get<KeyPart>(parts[7]) = KeyPart{"a", "1"};
  std::get<KeyPart>(parts[8]) = KeyPart{"b", "[]"};
  return parts;
}

std::string ErrorOf(const Parts& parts) {
  StateBuilder builder(kSmall);
  for (const StatePart& part : parts) {
    const absl::Status status = builder.Add(part);
    if (!status.ok()) return std::string(status.message());
  }
  const auto finished = builder.Finish();
  if (finished.ok()) return "taken";
  EXPECT_EQ(finished.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(finished.status().message());
}

StateHead& Head(Parts* parts) { return std::get<StateHead>((*parts)[0]); }
WriterPart& Writer(Parts* parts, size_t at) { return std::get<WriterPart>((*parts)[at]); }
OutcomePart& Outcomes(Parts* parts, size_t at) { return std::get<OutcomePart>((*parts)[at]); }

TEST(StateBuilderTest, WhatAMachineGaveIsTaken) {
  const Parts parts = SampleParts();
  ASSERT_EQ(parts.size(), 9u);
  EXPECT_EQ(ErrorOf(parts), "taken");
}

struct Case {
  const char* error;
  std::function<void(Parts*)> change;
};

TEST(StateBuilderTest, WhatCannotBeIsRefused) {
  const Case cases[] = {
      {"the state is empty: not even its head is there", [](Parts* p) { p->clear(); }},
      {"a state begins with its head", [](Parts* p) { p->erase(p->begin()); }},
      {"the state has a second head", [](Parts* p) { p->push_back(p->front()); }},
      {"term 1 begins at 5, after term 1 at 1: both must rise",
       [](Parts* p) { Head(p).terms[1].term = 1; }},
      {"term 3 begins at 1, after term 1 at 1: both must rise",
       [](Parts* p) { Head(p).terms[1].first = 1; }},
      {"term 0 begins at 1, after term 0 at 0: both must rise",
       [](Parts* p) { Head(p).terms[0].term = 0; }},
      {"term 3 begins at 8, but the state ends at 7", [](Parts* p) { Head(p).terms[1].first = 8; }},
      {"writer 2: the indexes of writers must rise", [](Parts* p) { Writer(p, 1).index = 2; }},
      {"writer 0: the indexes of writers must rise", [](Parts* p) { Writer(p, 1).index = 0; }},
      {"writer 8: it was opened behind the end of the state",
       [](Parts* p) { Writer(p, 5).index = 8; }},
      {"writer 2: it is there twice", [](Parts* p) { Writer(p, 5).index = 2; }},
      {"writer 1: it comes behind clients'",
       [](Parts* p) { p->insert(p->begin() + 7, Writer(p, 1)); }},
      {"writer 6: a client's has no name and is never closed",
       [](Parts* p) { Writer(p, 5).closed = true; }},
      {"writer 6: a client's has no name and is never closed",
       [](Parts* p) { Writer(p, 5).opened_as.node = "n1"; }},
      {"writer 6: there are more than this node remembers",
       [](Parts* p) { Writer(p, 5).client = false; }},
      {"writer 1: it comes behind keys", [](Parts* p) { p->insert(p->begin() + 1, p->back()); }},
      {"outcome 4 of writer 0: it has no writer",
       [](Parts* p) { p->erase(p->begin() + 1, p->begin() + 3); }},
      {"outcome 4 of writer 2: seqs must rise, from the last dropped one on",
       [](Parts* p) { Outcomes(p, 4).seq = 4; }},
      {"outcome 3 of writer 2: seqs must rise, from the last dropped one on",
       [](Parts* p) { Outcomes(p, 3).seq = 3; }},
      {"outcome 4 of writer 2: it is older than its writer",
       [](Parts* p) { Outcomes(p, 3).outcome.index = 2; }},
      {"outcome 0 of writer 6: it lies behind the end of the state",
       [](Parts* p) { Outcomes(p, 6).outcome.index = 8; }},
      {"outcome 4 of writer 2: no writer keeps such a result",
       [](Parts* p) { Outcomes(p, 3).outcome.result = WriterClosed{}; }},
      {"outcome 4 of writer 2: no writer keeps such a result",
       [](Parts* p) { Outcomes(p, 3).outcome.result = SessionRefused{Verdict::kHolds}; }},
      {"outcome 4 of writer 2: what was cancelled is no operation's, and everything else is one's",
       [](Parts* p) { Outcomes(p, 3).operation_hash.reset(); }},
      {"outcome 4 of writer 2: what was cancelled is no operation's, and everything else is one's",
       [](Parts* p) { Outcomes(p, 3).outcome.result = Cancelled{}; }},
      {"outcome 7 of writer 2: its writer has more than this node keeps",
       [](Parts* p) {
         for (uint64_t seq = 7; seq > 5; --seq) {
           OutcomePart more = Outcomes(p, 4);
           more.seq = seq;
           p->insert(p->begin() + 5, more);
         }
       }},
      {"the outcomes up to 4 of writer 2 take more than the 1000 bytes that are allowed",
       [](Parts* p) { Outcomes(p, 3).outcome.result = CasMismatch{std::string(1000, '1')}; }},
      {"outcome 0 of writer 6: it comes behind keys",
       [](Parts* p) { std::swap((*p)[6], (*p)[7]); }},
      {"a key comes twice, of 1 bytes", [](Parts* p) { p->push_back(p->back()); }},
      {"the state has 2 writers, and its head promises 3",
       [](Parts* p) { p->erase(p->begin() + 1); }},
      {"the state has 2 outcomes, and its head promises 3",
       [](Parts* p) { p->erase(p->begin() + 3); }},
      {"the state has 1 keys, and its head promises 2", [](Parts* p) { p->pop_back(); }},
      {"the state is not the one that its head promises: its hash is another one",
       [](Parts* p) { Head(p).hash ^= 1; }},
      {"the state is not the one that its head promises: its hash is another one",
       [](Parts* p) { Head(p).cluster ^= 1; }},
      {"the state is not the one that its head promises: its hash is another one",
       [](Parts* p) { Writer(p, 1).closed = false; }},
      {"the state is not the one that its head promises: its hash is another one",
       [](Parts* p) { Writer(p, 1).last_dropped = 0; }},
      {"the state is not the one that its head promises: its hash is another one",
       [](Parts* p) { Outcomes(p, 3).operation_hash = 5; }},
      {"the state is not the one that its head promises: its hash is another one",
       [](Parts* p) { std::get<KeyPart>(p->back()).value = "1"; }},
  };
  for (const Case& c : cases) {
    Parts parts = SampleParts();
    c.change(&parts);
    EXPECT_EQ(ErrorOf(parts), c.error);
  }
}

}  // namespace
}  // namespace tidemark::kv
