#include "node/wire/binary.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "node/base/concat.h"
#include "node/base/random.h"
#include "node/wire/excerpt.h"
#include "node/wire/random_messages.h"

namespace tidemark::wire {
namespace {

using namespace std::string_literals;

std::string Encoded(const server::Record& record) {
  std::string bytes;
  AppendRecord(record, &bytes);
  return bytes;
}

std::string BinaryErrorOf(std::string_view bytes) {
  absl::StatusOr<server::Record> record = DecodeRecord(bytes);
  if (record.ok()) return "taken";
  EXPECT_EQ(record.status().code(), absl::StatusCode::kDataLoss);
  return std::string(record.status().message());
}

// Decodes if it can, and then means what its own bytes say.
void ExpectSoundBytes(const std::string& bytes) {
  absl::StatusOr<server::Record> record = DecodeRecord(bytes);
  if (!record.ok()) {
    EXPECT_EQ(record.status().code(), absl::StatusCode::kDataLoss);
    EXPECT_NE(record.status().message(), "");
  } else {
    EXPECT_EQ(Encoded(*record), bytes) << Escaped(bytes, 200);
  }
}

raft::EntryRef EntryOf(kv::Command command) {
  auto entry = std::make_shared<raft::Entry>();
  entry->at = {raft::Term(2), raft::Index(7)};
  entry->body = std::make_shared<const server::LogCommand>(std::move(command));
  return entry;
}

TEST(Record, LiesOnTheDiskLittleEndianAndUnpadded) {
  EXPECT_EQ(Encoded(server::WriterNumber{0x0102030405060708, 9}),
            "\3\x8\7\6\5\4\3\2\1\x9\0\0\0\0\0\0\0"s);
  EXPECT_EQ(Encoded(raft::HardState{raft::Term(5), {"n1", raft::Incarnation(9)}}),
            "\1\5\0\0\0\0\0\0\0\2\0\0\0n1\x9\0\0\0\0\0\0\0"s);
  EXPECT_EQ(Encoded(EntryOf({{4, 3, 1, 2}, kv::Write{"1", "\"x\""}})),
            "\2\2\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0\3\4\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0"
            "\2\0\0\0\0\0\0\0\1\1\0\0\0001\3\0\0\0\"x\""s);
}

TEST(Record, SaysAtItsFrontWhatACommandClaims) {
  const std::string kEntry = "\2\2\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0"s;
  const std::string kId = "\4\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0"s;
  const std::string kSession = "\x20\x1c\x3a\x9f\xc\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\x9a\xc0\xe1\x5b"s;
  const std::string kDelete = "\3\1\0\0\0001"s;
  const std::string kFate = "\7\x9\0\0\0\0\0\0\0\6\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0"s;
  const kv::WriteId id{4, 3, 1, 2};
  const kv::Session seen{0x9f3a1c20, 12, 2, 0x5be1c09a};
  for (const auto& [command, bytes] : std::vector<std::pair<kv::Command, std::string>>{
           {{id, kv::Delete{"1"}}, Concat(kEntry, "\3", kId, kDelete)},
           {{id, kv::Delete{"1"}, true}, Concat(kEntry, "\4\1", kId, kDelete)},
           {{id, kv::Delete{"1"}, false, seen}, Concat(kEntry, "\4\2", kSession, kId, kDelete)},
           {{id, kv::Delete{"1"}, true, seen}, Concat(kEntry, "\4\3", kSession, kId, kDelete)},
           {{id, kv::OpenClient{8}}, Concat(kEntry, "\3", kId, "\6\x8\0\0\0\0\0\0\0"s)},
           {{id, kv::Fate{{9, 6, 3}}}, Concat(kEntry, "\3", kId, kFate)},
           {{id, kv::Fate{{9, 6, 3}}, false, seen}, Concat(kEntry, "\4\2", kSession, kId, kFate)},
       }) {
    EXPECT_EQ(Encoded(EntryOf(command)), bytes);
    absl::StatusOr<server::Record> decoded = DecodeRecord(bytes);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_TRUE(Same(*decoded, EntryOf(command))) << Escaped(bytes, 200);
  }
}

TEST(Record, OfEachOperationIsReadAsItWasBeforeThereWereClaims) {
  using Kind = kv::TxnOp::Kind;
  const std::string kEntry = "\2\2\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0\3"s;
  const std::string kId = "\4\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0"s;
  const kv::WriteId id{4, 3, 1, 2};
  for (const auto& [command, bytes] : std::vector<std::pair<kv::Command, std::string>>{
           {{id, kv::Write{"1", "2"}}, kId + "\1\1\0\0\0001\1\0\0\0002"s},
           {{id, kv::Cas{"1", "2", "3", true}}, kId + "\2\1\0\0\0001\1\0\0\0002\1\0\0\0003\1"s},
           {{id, kv::Delete{"1"}}, kId + "\3\1\0\0\0001"s},
           {{id, kv::Txn{{{Kind::kRead, "1", ""}, {Kind::kAppend, "2", "3"}}}},
            kId + "\4\2\0\0\0\1\1\0\0\0001\0\0\0\0\3\1\0\0\0002\1\0\0\0003"s},
           {{{}, kv::OpenWriter{"n1", 0xa1, 5, 6}},
            std::string(32, '\0') +
                "\5\2\0\0\0n1\xa1\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\6\0\0\0\0\0\0\0"s},
       }) {
    absl::StatusOr<server::Record> decoded = DecodeRecord(kEntry + bytes);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_TRUE(Same(*decoded, EntryOf(command))) << Escaped(bytes, 200);
    EXPECT_EQ(Encoded(EntryOf(command)), kEntry + bytes);
  }
}

TEST(Record, ComesBackAsItWasWritten) {
  Random random(1);
  for (int i = 0; i < 5000; ++i) {
    server::Record record = RandomRecord(&random);
    std::string bytes = Encoded(record);
    absl::StatusOr<server::Record> decoded = DecodeRecord(bytes);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    ASSERT_TRUE(Same(record, *decoded)) << Escaped(bytes, 1000);
    ASSERT_EQ(Encoded(*decoded), bytes);
  }
}

TEST(Record, IsRefusedWhenCutAnywhereOrLongerByAByte) {
  Random random(2);
  for (int i = 0; i < 100; ++i) {
    std::string bytes = Encoded(RandomRecord(&random));
    for (size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_NE(BinaryErrorOf(std::string_view(bytes).substr(0, size)), "taken") << size;
    }
    EXPECT_NE(BinaryErrorOf(bytes + '\0'), "taken");
  }
}

TEST(Record, WithAnyByteChangedIsRefusedOrMeansWhatItSays) {
  Random random(3);
  for (int i = 0; i < 50; ++i) {
    std::string bytes = Encoded(RandomRecord(&random));
    for (size_t at = 0; at < bytes.size(); ++at) {
      for (int change : {1, 2, 7, 0x80, 0xFF}) {
        std::string changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ change);
        ExpectSoundBytes(changed);
      }
    }
  }
}

TEST(Record, MadeOfNoiseIsRefusedOrMeansWhatItSays) {
  Random random(4);
  for (int i = 0; i < 20000; ++i) {
    std::string bytes(static_cast<size_t>(random.Between(0, 60)), '\0');
    for (char& c : bytes) c = static_cast<char>(random.Between(0, 5));
    ExpectSoundBytes(bytes);
  }
}

TEST(Record, OfASessionWithoutAClusterAnIndexOrATermIsRefused) {
  const kv::Session seen{0x9f3a1c20, 12, 2, 0};
  EXPECT_EQ(BinaryErrorOf(Encoded(EntryOf({{4, 3, 1}, kv::Delete{"1"}, false, seen}))), "taken");
  for (kv::Session none :
       {kv::Session{0, 12, 2, 5}, kv::Session{1, 0, 2, 5}, kv::Session{1, 12, 0, 5}}) {
    EXPECT_EQ(BinaryErrorOf(Encoded(EntryOf({{4, 3, 1}, kv::Delete{"1"}, false, none}))),
              "session at byte 43: zero is no cluster, no index and no term");
  }
}

TEST(Record, IsRefusedWithFieldAndOffset) {
  struct Case {
    std::string bytes;
    std::string error;
  };
  const std::string kPlace = "\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0"s;
  const std::string kId(32, '\0');
  const std::string kWriter = "\1"s + std::string(31, '\0');
  const std::string kBits(8, '\0');
  const std::string kSession = "\1\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0"s;
  for (const auto& [bytes, error] : std::vector<Case>{
           {"", "record.kind at byte 0: it takes 1 bytes, 0 are left"},
           {"\x9", "record.kind at byte 1: unknown kind 9"},
           {"\3\1\2"s, "writer_number at byte 1: it takes 8 bytes, 2 are left"},
           {"\3\1\2\3\4\5\6\7\10\11"s,
            "writer_number.bits at byte 9: it takes 8 bytes, 1 are left"},
           {Concat("\3", std::string(17, '\1')), "the end at byte 17: 1 bytes too many"},
           {"\1\5\0\0\0\0\0\0\0\377\377\377\377n1"s,
            "hard_state.voted_for at byte 13: it takes 4294967295 bytes, 2 are left"},
           {Concat("\2", std::string(16, '\0'), "\1\0\0\0\0"s),
            "entry.index at byte 17: zero is no entry's place"},
           {Concat("\2", kPlace, "\7"), "entry.kind at byte 18: unknown kind 7"},
           {Concat("\2", kPlace, "\3", kId, "\10"), "command.op at byte 51: unknown kind 8"},
           {Concat("\2", kPlace, "\3", kId, "\6", kBits),
            "command.writer at byte 59: zero is no writer"},
           {Concat("\2", kPlace, "\3", kWriter, "\7", kId),
            "fate.writer at byte 75: zero is no writer"},
           {Concat("\2", kPlace, "\3", kWriter, "\7", kWriter.substr(0, 15)),
            "fate.seq at byte 59: it takes 8 bytes, 7 are left"},
           {Concat("\2", kPlace, "\4"), "command.claims at byte 18: it takes 1 bytes, 0 are left"},
           {Concat("\2", kPlace, "\4\0"s, kWriter, "\6"),
            "command.claims at byte 19: expected 1 to 3, got 0"},
           {Concat("\2", kPlace, "\4\4"s, kWriter, "\6"),
            "command.claims at byte 19: expected 1 to 3, got 4"},
           {Concat("\2", kPlace, "\4\1"s, kWriter, "\6", kBits),
            "command.claims at byte 60: only write, cas, delete and txn have a client's id"},
           {Concat("\2", kPlace, "\4\1"s, kWriter, "\7", kWriter.substr(0, 24)),
            "command.claims at byte 76: only write, cas, delete and txn have a client's id"},
           {Concat("\2", kPlace, "\4\1"s, kId, "\3\0\0\0\0"s),
            "command.writer at byte 56: zero is no writer"},
           {Concat("\2", kPlace, "\4\2"s, kSession, kWriter, "\6", kBits),
            "command.claims at byte 84: no opening of a writer has a session"},
           {Concat("\2", kPlace, "\4\2"s, kSession, kId, "\5", kId),
            "command.claims at byte 104: no opening of a writer has a session"},
           {Concat("\2", kPlace, "\3", kId, "\4\377\377\377\377"),
            "txn.ops at byte 55: there is no room for 4294967295"},
           {Concat("\2", kPlace, "\3", kId, "\4\1\0\0\0\4\0\0\0\0\0\0\0\0"s),
            "txn.kind at byte 56: unknown kind 4"},
           {Concat("\2", kPlace, "\3", kId, "\2\0\0\0\0\0\0\0\0\0\0\0\0\2"s),
            "cas.create_if_not_exists at byte 64: expected 0 or 1, got 2"},
           {Concat("\2", kPlace, "\2\1\0\0\0\1\0\0\0\2\0\0\0"s),
            "configuration.members at byte 30: there is no room for 2"},
           {Concat("\2", kPlace, "\2\1\0\0\0\1\0\0\0\0\0\0\0"s),
            "configuration.members at byte 30: expected at least one, each id once and sorted"},
           // As a program wrote it that knew of no limits.
           {Concat("\2", kPlace, "\2\1\0\0\0\1\0\0\0\1\0\0\0\2\0\0\0n1\1\0\0\0\0\0\0\0"s),
            "limits.line at byte 44: it takes 8 bytes, 0 are left"},
           {Concat("\2", kPlace, "\2\1\0\0\0\1\0\0\0\1\0\0\0\2\0\0\0n1\1\0\0\0\0\0\0\0"s,
                   std::string(32, '\0')),
            "limits at byte 76: no cluster has such limits"},
       }) {
    EXPECT_EQ(BinaryErrorOf(bytes), error) << Escaped(bytes, 100);
  }
}

}  // namespace
}  // namespace tidemark::wire
