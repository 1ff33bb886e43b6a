// A state's parts as bytes: there and back, cut, changed.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "node/base/concat.h"
#include "node/base/random.h"
#include "node/kv/command.h"
#include "node/kv/state_builder.h"
#include "node/kv/state_machine.h"
#include "node/kv/state_part.h"
#include "node/wire/state_codec.h"

namespace tidemark::wire {
namespace {

using namespace std::string_literals;

std::string Encoded(const kv::StatePart& part) {
  std::string bytes;
  AppendStatePart(part, &bytes);
  return bytes;
}

// Takes `bytes` in pieces of `cut`, encodes again what comes.
absl::StatusOr<std::string> Recoded(std::string_view bytes, size_t cut) {
  std::string again;
  StateReader reader([&](const kv::StatePart& part) {
    AppendStatePart(part, &again);
    return absl::OkStatus();
  });
  for (size_t at = 0; at < bytes.size(); at += cut) {
    const absl::Status status = reader.Feed(bytes.substr(at, cut));
    if (!status.ok()) return status;
  }
  const absl::Status status = reader.Finish();
  if (!status.ok()) return status;
  return again;
}

std::string StateErrorOf(std::string_view bytes) {
  const absl::StatusOr<std::string> again = Recoded(bytes, 7);
  if (again.ok()) return "taken";
  EXPECT_EQ(again.status().code(), absl::StatusCode::kDataLoss);
  return std::string(again.status().message());
}

std::vector<kv::Result> AllResults() {
  using Op = kv::TxnOp;
  using Fate = kv::Fated::Kind;
  std::vector<kv::Result> results = {
      kv::Done{},
      kv::TxnDone{},
      kv::TxnDone{{{Op::Kind::kRead, "a", "null"}, {Op::Kind::kWrite, "b", "1"}}},
      kv::TxnDone{{{Op::Kind::kAppend, "c", "2"}}},
      kv::KeyMissing{},
      kv::CasMismatch{"\"x\""},
      kv::NotAList{"d"},
      kv::Opened{},
      kv::OpeningVoid{},
      kv::WriterClosed{},
      kv::OutcomeForgotten{},
      kv::SeqReused{},
      kv::Cancelled{},
      kv::TooLarge{Limit::kLine, 1},
      kv::TooLarge{Limit::kKey, 2},
      kv::TooLarge{Limit::kValue, 3},
      kv::TooLarge{Limit::kAnswer, UINT64_MAX},
  };
  for (int verdict = 0; verdict < 4; ++verdict) {
    results.emplace_back(kv::SessionRefused{static_cast<kv::Verdict>(verdict)});
  }
  for (int kind = 0; kind < 4; ++kind) {
    for (int refusal = 0; refusal < 8; ++refusal) {
      results.emplace_back(
          kv::Fated{static_cast<Fate>(kind), UINT64_MAX, static_cast<kv::Fated::Refusal>(refusal)});
    }
  }
  return results;
}

std::vector<kv::StatePart> AllParts() {
  std::vector<kv::StatePart> parts = {
      kv::StateHead{},
      kv::StateHead{9, 8, {500, 600, 700, 800}, {{1, 2, 3}, {4, 5, 6}}, 1, 2, 3, UINT64_MAX},
      kv::WriterPart{},
      kv::WriterPart{true, 5, {.bits = 6}, false, 0},
      kv::WriterPart{false, 6, {"n1", 7, 8, UINT64_MAX}, true, UINT64_MAX},
      kv::KeyPart{"", ""},
      kv::KeyPart{"\"k\"", "[1,2]"},
  };
  for (const kv::Result& result : AllResults()) {
    parts.emplace_back(kv::OutcomePart{1, 2, {3, result}});
    parts.emplace_back(kv::OutcomePart{UINT64_MAX, std::nullopt, {UINT64_MAX, result}});
  }
  return parts;
}

TEST(State, LiesOnTheDiskLittleEndianWithItsLengthInFront) {
  EXPECT_EQ(Encoded(kv::KeyPart{"1", "22"}), "\4\x0b\0\0\0\1\0\0\0001\2\0\0\00022"s);
  EXPECT_EQ(Encoded(kv::WriterPart{true, 5, {.bits = 6}, false, 9}),
            Concat("\2\x2f\0\0\0\1\5\0\0\0\0\0\0\0"s, std::string(20, '\0'),
                   "\6\0\0\0\0\0\0\0\0\1\x9"s, std::string(7, '\0')));
  EXPECT_EQ(Encoded(kv::OutcomePart{4, std::nullopt, {5, kv::NotAList{"1"}}}),
            "\3\x17\0\0\0\4\0\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\5\1\0\0\0001"s);
  EXPECT_EQ(Encoded(kv::StateHead{1, 2, {256, 257, 258, 259}, {{3, 4, 5}}, 6, 7, 8, 9}),
            "\1\x64\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0"
            "\0\1\0\0\0\0\0\0\1\1\0\0\0\0\0\0\2\1\0\0\0\0\0\0\3\1\0\0\0\0\0\0"
            "\1\0\0\0\3\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0\5\0\0\0"
            "\6\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0\x8\0\0\0\0\0\0\0\x9\0\0\0\0\0\0\0"s);
}

TEST(State, EachPartComesBackAsItWas) {
  const std::vector<kv::StatePart> parts = AllParts();
  std::string bytes;
  for (const kv::StatePart& part : parts) AppendStatePart(part, &bytes);
  size_t next = 0;
  StateReader reader([&](const kv::StatePart& part) {
    EXPECT_EQ(part, parts[next]) << next;
    ++next;
    return absl::OkStatus();
  });
  EXPECT_EQ(reader.Feed(bytes), absl::OkStatus());
  EXPECT_EQ(reader.Finish(), absl::OkStatus());
  EXPECT_EQ(next, parts.size());
}

TEST(State, IsTakenInPiecesOfAnySize) {
  std::string bytes;
  for (const kv::StatePart& part : AllParts()) AppendStatePart(part, &bytes);
  for (size_t cut = 1; cut < 200; ++cut) {
    const absl::StatusOr<std::string> again = Recoded(bytes, cut);
    ASSERT_TRUE(again.ok()) << again.status();
    ASSERT_EQ(*again, bytes) << cut;
  }
}

TEST(State, ThatIsCutInTheMiddleOfAPartIsRefused) {
  const std::string first = Encoded(kv::KeyPart{"1", "2"});
  const std::string second = Encoded(kv::KeyPart{"3", "4"});
  for (size_t size = 1; size < second.size(); ++size) {
    EXPECT_EQ(StateErrorOf(first + second.substr(0, size)),
              Concat("the part of the state at byte ", first.size(), " is cut off: ", size,
                     " bytes of it are there"));
  }
}

TEST(State, IsRefusedWithFieldAndOffset) {
  struct Case {
    std::string bytes;
    std::string error;
  };
  const std::string kFirst = Encoded(kv::KeyPart{"", ""});
  const std::string kLimits =
      "\0\1\0\0\0\0\0\0\x10\0\0\0\0\0\0\0\x10\0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0"s;
  for (const auto& [bytes, error] : std::vector<Case>{
           {"\x9\0\0\0\0"s, "part.kind at byte 18: unknown kind 9"},
           {"\4\0\0\0\0"s, "key at byte 18: it takes 4 bytes, 0 are left"},
           {"\4\4\0\0\0\1\0\0\0"s, "key at byte 22: it takes 1 bytes, 0 are left"},
           {"\4\x9\0\0\0\0\0\0\0\0\0\0\0\0"s, "the end at byte 26: 1 bytes too many"},
           {Concat("\1\x30\0\0\0"s, std::string(12, '\0'), kLimits, "\377\377\377\377"),
            "head.terms at byte 66: there is no room for 4294967295"},
           {Concat("\2\1\0\0\0"s, "\2"), "writer.client at byte 19: expected 0 or 1, got 2"},
           {Concat("\3\x12\0\0\0"s, std::string(17, '\0'), "\xf"),
            "result.kind at byte 36: unknown kind 15"},
           {Concat("\1\x2c\0\0\0"s, std::string(44, '\0')),
            "limits at byte 62: no cluster has such limits"},
           {Concat("\3\x13\0\0\0"s, std::string(17, '\0'), "\xc\5"),
            "session_refused.verdict at byte 37: unknown kind 5"},
       }) {
    EXPECT_EQ(StateErrorOf(kFirst + bytes), Concat("the part of the state at byte 13: ", error));
  }
}

TEST(State, OfAnEndlessLengthTakesNoMemoryBeforeItComes) {
  StateReader reader([](const kv::StatePart&) { return absl::OkStatus(); });
  EXPECT_EQ(reader.Feed("\4\377\377\377\377\1\2\3"), absl::OkStatus());
  EXPECT_EQ(reader.Finish().message(),
            "the part of the state at byte 0 is cut off: 8 bytes of it are there");
}

TEST(State, OnceRefusedStaysRefused) {
  int parts = 0;
  StateReader reader([&](const kv::StatePart&) {
    ++parts;
    return absl::InvalidArgumentError("not that one");
  });
  const std::string bytes = Encoded(kv::KeyPart{"1", "2"});
  const absl::Status refused = reader.Feed(bytes + bytes);
  EXPECT_EQ(refused, absl::DataLossError("the part of the state at byte 0: not that one"));
  EXPECT_EQ(reader.Feed(bytes), refused);
  EXPECT_EQ(reader.Finish(), refused);
  EXPECT_EQ(parts, 1);
}

// --- Whole states -------------------------------------------------------------------------------

// A machine that has a little of everything.
std::string StateBytes() {
  kv::StateMachine machine;
  machine.Apply(1, kv::Command{{}, kv::OpenWriter{"n1", 7, 1, 0xab}});
  machine.Configure(1, 9, Limits());
  machine.BeginTerm(1, 1, 11);
  const auto id = [](uint64_t seq) { return kv::WriteId{1, seq, 2, 0xab}; };
  const std::vector<kv::Operation> operations = {kv::Write{"a", "1"},
                                                 kv::Write{"b", "[]"},
                                                 kv::OpenClient{0xad},
                                                 kv::Delete{"nothing"},
                                                 kv::Cas{"a", "2", "3"},
                                                 kv::Fate{id(99).Told()},
                                                 kv::Fate{id(2).Told()},
                                                 kv::Txn{{{kv::TxnOp::Kind::kAppend, "b", "5"}}},
                                                 kv::Txn{{{kv::TxnOp::Kind::kAppend, "a", "5"}}}};
  for (uint64_t i = 0; i < operations.size(); ++i) {
    machine.Apply(i + 2, kv::Command{id(i + 1), operations[i]});
  }
  machine.Apply(20, kv::Command{{}, kv::OpenWriter{"n1", 7, 2, 0xac}});
  std::string bytes;
  std::vector<kv::StatePart> parts;
  machine.BeginCopy();
  while (machine.NextParts(100, &parts)) {
    for (const kv::StatePart& part : parts) AppendStatePart(part, &bytes);
  }
  for (const kv::StatePart& part : parts) AppendStatePart(part, &bytes);
  return bytes;
}

absl::StatusOr<std::shared_ptr<kv::StateMachine>> Built(std::string_view bytes) {
  kv::StateBuilder builder;
  StateReader reader([&](const kv::StatePart& part) { return builder.Add(part); });
  absl::Status status = reader.Feed(bytes);
  if (status.ok()) status = reader.Finish();
  if (!status.ok()) return status;
  return builder.Finish();
}

TEST(WholeState, IsBuiltAgain) {
  const auto built = Built(StateBytes());
  ASSERT_TRUE(built.ok()) << built.status();
  EXPECT_EQ((*built)->Get("b"), "[5]");
  EXPECT_EQ((*built)->last_applied(), 20u);
}

TEST(WholeState, ThatIsCutAnywhereIsNone) {
  const std::string bytes = StateBytes();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Built(std::string_view(bytes).substr(0, size)).ok()) << size;
  }
}

// Where the state ends is not of its hash: whoever keeps a state knows it, and compares.
TEST(WholeState, WithAnyBitChangedIsNoneOrTheSame) {
  const std::string bytes = StateBytes();
  const uint64_t hash = (*Built(bytes))->Hash();
  int taken = 0;
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    const auto built = Built(changed);
    if (!built.ok()) continue;
    ++taken;
    EXPECT_EQ((*built)->Hash(), hash) << bit;
    EXPECT_NE((*built)->last_applied(), 20u) << bit;
  }
  EXPECT_LE(taken, 64);
}

TEST(WholeState, MadeOfNoiseIsNone) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(static_cast<size_t>(random.Between(0, 120)), '\0');
    for (char& c : bytes) c = static_cast<char>(random.Between(0, 5));
    EXPECT_FALSE(Built(bytes).ok());
  }
}

}  // namespace
}  // namespace tidemark::wire
