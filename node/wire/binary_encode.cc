#include <cstdint>
#include <string>
#include <variant>

#include "node/kv/command.h"
#include "node/raft/types.h"
#include "node/server/io.h"
#include "node/server/peer_messages.h"
#include "node/wire/binary.h"
#include "node/wire/binary_format.h"
#include "node/wire/byte_writer.h"
#include "node/wire/operation_bytes.h"

namespace tidemark::wire {
namespace {

class Writer : public ByteWriter {
 public:
  using ByteWriter::ByteWriter;

  void Put(const raft::Member& member) {
    String(member.id);
    U64(member.incarnation.value());
  }

  void Put(const kv::Write& write) {
    Tag(OperationKind::kWrite);
    String(write.key);
    String(write.value);
  }
  void Put(const kv::Cas& cas) {
    Tag(OperationKind::kCas);
    String(cas.key);
    String(cas.from);
    String(cas.to);
    Bool(cas.create_if_not_exists);
  }
  void Put(const kv::Delete& deletion) {
    Tag(OperationKind::kDelete);
    String(deletion.key);
  }
  void Put(const kv::Txn& txn) {
    Tag(OperationKind::kTxn);
    AppendTxnOps(txn.ops, this);
  }
  void Put(const kv::OpenWriter& opening) {
    Tag(OperationKind::kOpenWriter);
    AppendOpening(opening, this);
  }
  void Put(const kv::OpenClient& opening) {
    Tag(OperationKind::kOpenClient);
    U64(opening.bits);
  }
  void Put(const kv::Fate& fate) {
    Tag(OperationKind::kFate);
    U64(fate.of.writer);
    U64(fate.of.seq);
    U64(fate.of.tag);
  }
  void Put(const kv::Session& session) {
    U32(session.cluster);
    U64(session.index);
    U64(session.term);
    U32(session.stamp);
  }
  // A command that claims nothing lies as it did before there were claims.
  void PutClaims(const kv::Command& command) {
    uint8_t flags = (command.once ? kClaimsOnce : 0) | (command.session ? kClaimsSession : 0);
    Tag(flags == 0 ? EntryKind::kCommand : EntryKind::kCommandWithClaims);
    if (flags != 0) Tag(flags);
    if (command.session) Put(*command.session);
  }

  void Put(const raft::TermStart& start) {
    Tag(EntryKind::kTermStart);
    U32(start.stamp.value());
  }
  void Put(const raft::Predecessor& predecessor) {
    U32(predecessor.cluster.value());
    U64(predecessor.last.term.value());
    U64(predecessor.last.index.value());
  }
  void Put(const raft::ConfigurationEntry& entry) {
    Tag(EntryKind::kConfiguration);
    U32(entry.stamp.value());
    U32(entry.configuration.cluster.value());
    Size(entry.configuration.members.size());
    for (const raft::Member& member : entry.configuration.members) Put(member);
    AppendLimits(entry.configuration.limits, this);
    Bool(entry.predecessor.has_value());
    if (entry.predecessor) Put(*entry.predecessor);
  }
  void Put(const raft::CommandRef& ref) {
    const kv::Command& command = server::LogCommand::Of(ref);
    PutClaims(command);
    U64(command.id.writer);
    U64(command.id.seq);
    U64(command.id.first_unanswered);
    U64(command.id.key);
    std::visit([this](const auto& operation) { Put(operation); }, command.operation);
  }

  void Put(const raft::HardState& state) {
    Tag(RecordKind::kHardState);
    U64(state.term.value());
    Put(state.voted_for);
  }
  void Put(const raft::EntryRef& entry) {
    Tag(RecordKind::kEntry);
    U64(entry->at.term.value());
    U64(entry->at.index.value());
    std::visit([this](const auto& body) { Put(body); }, entry->body);
  }
  void Put(const server::WriterNumber& number) {
    Tag(RecordKind::kWriterNumber);
    U64(number.number);
    U64(number.bits);
  }
  void Put(const raft::LogBase& base) {
    Tag(RecordKind::kLogBase);
    U64(base.position.term.value());
    U64(base.position.index.value());
    U32(base.cluster.value());
  }
  void Put(const server::Quarantine& quarantine) {
    Tag(RecordKind::kQuarantine);
    U64(quarantine.index.value());
  }
  void Put(const raft::Rebirth& rebirth) {
    Tag(RecordKind::kRebirth);
    U64(rebirth.incarnation.value());
  }
  void Put(const server::CommitHint& hint) {
    Tag(RecordKind::kCommitHint);
    U64(hint.index.value());
  }
  void Put(const server::GoneBack& gone_back) {
    Tag(RecordKind::kGoneBack);
    U64(gone_back.lost.term.value());
    U64(gone_back.lost.index.value());
  }
};

}  // namespace

void AppendRecord(const server::Record& record, std::string* out) {
  Writer writer(out);
  std::visit([&](const auto& one) { writer.Put(one); }, record);
}

}  // namespace tidemark::wire
