#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/concat.h"
#include "node/kv/command.h"
#include "node/raft/types.h"
#include "node/server/io.h"
#include "node/server/peer_messages.h"
#include "node/wire/binary.h"
#include "node/wire/binary_format.h"
#include "node/wire/byte_reader.h"
#include "node/wire/claims.h"
#include "node/wire/operation_bytes.h"

namespace tidemark::wire {
namespace {

constexpr size_t kMinMemberBytes = 12;  // of an empty id and a number

raft::Member ReadMember(ByteReader* in, std::string_view id, std::string_view incarnation) {
  raft::Member member;
  member.id = in->String(id);
  member.incarnation = raft::Incarnation(in->U64(incarnation));
  return member;
}

// --- Operations ---------------------------------------------------------------------------------
// Fields are read one statement at a time: they lie in that order.

kv::Write ReadWrite(ByteReader* in) {
  kv::Write write;
  write.key = in->String("write.key");
  write.value = in->String("write.value");
  return write;
}

kv::Cas ReadCas(ByteReader* in) {
  kv::Cas cas;
  cas.key = in->String("cas.key");
  cas.from = in->String("cas.from");
  cas.to = in->String("cas.to");
  cas.create_if_not_exists = in->Bool("cas.create_if_not_exists");
  return cas;
}

kv::Fate ReadFate(ByteReader* in) {
  kv::Fate fate;
  fate.of.writer = in->U64("fate.writer");
  fate.of.seq = in->U64("fate.seq");
  fate.of.tag = in->U64("fate.tag");
  if (fate.of.writer == 0) in->Refuse("fate.writer", "zero is no writer");
  return fate;
}

kv::Operation ReadOperation(ByteReader* in) {
  auto kind = in->Tag<OperationKind>("command.op");
  switch (kind) {
    case OperationKind::kWrite:
      return ReadWrite(in);
    case OperationKind::kCas:
      return ReadCas(in);
    case OperationKind::kDelete:
      return kv::Delete{in->String("delete.key")};
    case OperationKind::kTxn:
      return kv::Txn{ReadTxnOps(in)};
    case OperationKind::kOpenWriter:
      return ReadOpening(in);
    case OperationKind::kOpenClient:
      return kv::OpenClient{in->U64("open_client.bits")};
    case OperationKind::kFate:
      return ReadFate(in);
  }
  in->RefuseTag("command.op", kind);
  return {};
}

// --- Entries ------------------------------------------------------------------------------------

bool InOrder(const std::vector<raft::Member>& members) {
  auto not_before = [](const raft::Member& a, const raft::Member& b) { return a.id >= b.id; };
  return !members.empty() &&
         std::adjacent_find(members.begin(), members.end(), not_before) == members.end();
}

raft::Predecessor ReadPredecessor(ByteReader* in) {
  raft::Predecessor predecessor;
  predecessor.cluster = raft::ClusterId(in->U32("predecessor.cluster"));
  predecessor.last.term = raft::Term(in->U64("predecessor.term"));
  predecessor.last.index = raft::Index(in->U64("predecessor.index"));
  if (!predecessor.cluster || !predecessor.last.term || !predecessor.last.index) {
    in->Refuse("predecessor", "zero is no cluster, no index and no term");
  }
  return predecessor;
}

raft::ConfigurationEntry ReadConfiguration(ByteReader* in) {
  raft::ConfigurationEntry entry;
  entry.stamp = raft::Stamp(in->U32("configuration.stamp"));
  entry.configuration.cluster = raft::ClusterId(in->U32("configuration.cluster"));
  size_t count = in->Count("configuration.members", kMinMemberBytes);
  for (size_t i = 0; i < count && in->ok(); ++i) {
    entry.configuration.members.push_back(ReadMember(in, "member.id", "member.incarnation"));
  }
  if (!InOrder(entry.configuration.members)) {
    in->Refuse("configuration.members", "expected at least one, each id once and sorted");
  }
  entry.configuration.limits = ReadLimits(in);
  if (in->Bool("configuration.forced")) entry.predecessor = ReadPredecessor(in);
  return entry;
}

kv::Session ReadSession(ByteReader* in) {
  kv::Session session;
  session.cluster = in->U32("session.cluster");
  session.index = in->U64("session.index");
  session.term = in->U64("session.term");
  session.stamp = in->U32("session.stamp");
  if (session.cluster == 0 || session.index == 0 || session.term == 0) {
    in->Refuse("session", "zero is no cluster, no index and no term");
  }
  return session;
}

void ReadClaims(ByteReader* in, kv::Command* command) {
  uint8_t flags = in->U8("command.claims");
  if (flags == 0 || flags > (kClaimsOnce | kClaimsSession)) {
    in->Refuse("command.claims", Concat("expected 1 to 3, got ", flags));
  }
  command->once = (flags & kClaimsOnce) != 0;
  if ((flags & kClaimsSession) != 0) command->session = ReadSession(in);
}

void CheckClaims(const kv::Command& command, ByteReader* in) {
  if (command.once && !MayBeOnce(command.operation)) {
    in->Refuse("command.claims", "only write, cas, delete and txn have a client's id");
  }
  if (command.session && !MayHaveSession(command.operation)) {
    in->Refuse("command.claims", "no opening of a writer has a session");
  }
}

raft::CommandRef ReadCommand(ByteReader* in, EntryKind kind) {
  kv::Command command;
  if (kind == EntryKind::kCommandWithClaims) ReadClaims(in, &command);
  command.id.writer = in->U64("command.writer");
  command.id.seq = in->U64("command.seq");
  command.id.first_unanswered = in->U64("command.first_unanswered");
  command.id.key = in->U64("command.key");
  command.operation = ReadOperation(in);
  bool opens = std::holds_alternative<kv::OpenWriter>(command.operation);
  if (command.id.writer == 0 && !opens) in->Refuse("command.writer", "zero is no writer");
  CheckClaims(command, in);
  return std::make_shared<const server::LogCommand>(std::move(command));
}

decltype(raft::Entry::body) ReadBody(ByteReader* in) {
  auto kind = in->Tag<EntryKind>("entry.kind");
  switch (kind) {
    case EntryKind::kTermStart:
      return raft::TermStart{raft::Stamp(in->U32("term_start.stamp"))};
    case EntryKind::kConfiguration:
      return ReadConfiguration(in);
    case EntryKind::kCommand:
    case EntryKind::kCommandWithClaims:
      return ReadCommand(in, kind);
  }
  in->RefuseTag("entry.kind", kind);
  return {};
}

raft::EntryRef ReadEntry(ByteReader* in) {
  auto entry = std::make_shared<raft::Entry>();
  entry->at.term = raft::Term(in->U64("entry.term"));
  entry->at.index = raft::Index(in->U64("entry.index"));
  if (!entry->at.term || !entry->at.index) in->Refuse("entry.index", "zero is no entry's place");
  entry->body = ReadBody(in);
  return entry;
}

// --- Records ------------------------------------------------------------------------------------

raft::HardState ReadHardState(ByteReader* in) {
  raft::HardState state;
  state.term = raft::Term(in->U64("hard_state.term"));
  state.voted_for = ReadMember(in, "hard_state.voted_for", "hard_state.voted_for.incarnation");
  return state;
}

raft::LogBase ReadLogBase(ByteReader* in) {
  raft::LogBase base;
  base.position.term = raft::Term(in->U64("log_base.term"));
  base.position.index = raft::Index(in->U64("log_base.index"));
  base.cluster = raft::ClusterId(in->U32("log_base.cluster"));
  return base;
}

server::WriterNumber ReadWriterNumber(ByteReader* in) {
  const uint64_t number = in->U64("writer_number");
  return {number, in->U64("writer_number.bits")};
}

server::GoneBack ReadGoneBack(ByteReader* in) {
  const raft::Term term(in->U64("gone_back.term"));
  return {{term, raft::Index(in->U64("gone_back.index"))}};
}

server::Record ReadRecord(ByteReader* in) {
  auto kind = in->Tag<RecordKind>("record.kind");
  switch (kind) {
    case RecordKind::kHardState:
      return ReadHardState(in);
    case RecordKind::kEntry:
      return ReadEntry(in);
    case RecordKind::kWriterNumber:
      return ReadWriterNumber(in);
    case RecordKind::kLogBase:
      return ReadLogBase(in);
    case RecordKind::kQuarantine:
      return server::Quarantine{raft::Index(in->U64("quarantine.index"))};
    case RecordKind::kRebirth:
      return raft::Rebirth{raft::Incarnation(in->U64("rebirth.incarnation"))};
    case RecordKind::kCommitHint:
      return server::CommitHint{raft::Index(in->U64("commit_hint.index"))};
    case RecordKind::kGoneBack:
      return ReadGoneBack(in);
  }
  in->RefuseTag("record.kind", kind);
  return {};
}

}  // namespace

absl::StatusOr<server::Record> DecodeRecord(std::string_view bytes) {
  ByteReader in(bytes);
  server::Record record = ReadRecord(&in);
  absl::Status status = in.Finish();
  if (!status.ok()) return status;
  return record;
}

}  // namespace tidemark::wire
