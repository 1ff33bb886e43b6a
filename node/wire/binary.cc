#include "node/wire/binary.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/kv/command.h"
#include "node/server/peer_messages.h"

namespace tidemark::wire {
namespace {

static_assert(std::endian::native == std::endian::little, "the encoding is the memory's own order");

// The first byte of a record, and of an operation in it. On disk: never renumbered.
enum class RecordKind : uint8_t {
  kHardState = 1,
  kTermStart = 2,
  kConfiguration = 3,
  kCommand = 4,
  kWriterNumber = 5,
};
enum class OpKind : uint8_t { kWrite = 1, kCas = 2, kDelete = 3, kTxn = 4, kOpenWriter = 5 };

class Encoder {
 public:
  explicit Encoder(std::string* out) : out_(*out) {}

  void Byte(uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void U32(uint32_t value) { Raw(&value, sizeof value); }
  void U64(uint64_t value) { Raw(&value, sizeof value); }
  void Text(std::string_view text) {
    U32(static_cast<uint32_t>(text.size()));
    out_.append(text);
  }

  void Member(const raft::Member& member) {
    Text(member.id);
    U64(member.incarnation.value());
  }
  void Position(const raft::LogPosition& at) {
    U64(at.term.value());
    U64(at.index.value());
  }
  void Operation(const kv::Operation& operation) {
    std::visit([this](const auto& op) { Op(op); }, operation);
  }

 private:
  void Raw(const void* bytes, size_t size) { out_.append(static_cast<const char*>(bytes), size); }
  void Op(const kv::Write& op) {
    Byte(static_cast<uint8_t>(OpKind::kWrite));
    Text(op.key);
    Text(op.value);
  }
  void Op(const kv::Cas& op) {
    Byte(static_cast<uint8_t>(OpKind::kCas));
    Text(op.key);
    Text(op.from);
    Text(op.to);
    Byte(op.create_if_not_exists ? 1 : 0);
  }
  void Op(const kv::Delete& op) {
    Byte(static_cast<uint8_t>(OpKind::kDelete));
    Text(op.key);
  }
  void Op(const kv::Txn& txn) {
    Byte(static_cast<uint8_t>(OpKind::kTxn));
    U32(static_cast<uint32_t>(txn.ops.size()));
    for (const kv::TxnOp& op : txn.ops) {
      Byte(static_cast<uint8_t>(op.kind));
      Text(op.key);
      Text(op.value);
    }
  }
  void Op(const kv::OpenWriter& op) {
    Byte(static_cast<uint8_t>(OpKind::kOpenWriter));
    Text(op.node);
    U64(op.incarnation);
    U64(op.number);
  }

  std::string& out_;
};

// Reads fields one after the other. After the first that is not there or not possible, all read as
// zero and error() says which it was.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : bytes_(bytes) {}

  uint8_t Byte(const char* field) { return Raw<uint8_t>(field); }
  uint32_t U32(const char* field) { return Raw<uint32_t>(field); }
  uint64_t U64(const char* field) { return Raw<uint64_t>(field); }
  std::string Text(const char* field) {
    const uint32_t size = U32(field);
    if (size > Left()) Fail(field, "is longer than the record");
    if (error_) return std::string();
    std::string text(bytes_.substr(at_, size));
    at_ += size;
    return text;
  }
  // A number of things of which each takes at least `least` bytes: bounds what it makes allocate.
  size_t Count(const char* field, size_t least) {
    const uint32_t count = U32(field);
    if (count > Left() / least) Fail(field, "is more than the record can hold");
    return error_ ? 0 : count;
  }
  bool Bool(const char* field) {
    const uint8_t byte = Byte(field);
    if (byte > 1) Fail(field, "is neither 0 nor 1");
    return byte == 1;
  }

  raft::Member Member(const char* field) {
    raft::Member member;
    member.id = Text(field);
    member.incarnation = raft::Incarnation(U64(field));
    return member;
  }
  raft::LogPosition Position() {
    const raft::Term term(U64("term"));
    return {term, raft::Index(U64("index"))};
  }
  kv::Operation Operation() {
    const uint8_t kind = Byte("operation");
    switch (static_cast<OpKind>(kind)) {
      case OpKind::kWrite: {
        std::string key = Text("write.key");
        return kv::Write{std::move(key), Text("write.value")};
      }
      case OpKind::kCas: {
        kv::Cas cas;
        cas.key = Text("cas.key");
        cas.from = Text("cas.from");
        cas.to = Text("cas.to");
        cas.create_if_not_exists = Bool("cas.create_if_not_exists");
        return cas;
      }
      case OpKind::kDelete:
        return kv::Delete{Text("delete.key")};
      case OpKind::kTxn:
        return Txn();
      case OpKind::kOpenWriter: {
        kv::OpenWriter open;
        open.node = Text("open_writer.node");
        open.incarnation = U64("open_writer.incarnation");
        open.number = U64("open_writer.number");
        return open;
      }
    }
    Fail("operation", "is of an unknown kind");
    return kv::Write();
  }

  void Fail(const char* field, const char* what) {
    if (!error_) error_ = absl::StrCat(field, " ", what, " (at byte ", at_, " of the record)");
  }
  size_t Left() const { return bytes_.size() - at_; }
  const std::optional<std::string>& error() const { return error_; }

 private:
  template <typename T>
  T Raw(const char* field) {
    if (Left() < sizeof(T)) Fail(field, "is cut off");
    if (error_) return T();
    T value;
    std::memcpy(&value, bytes_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }
  kv::Txn Txn() {
    kv::Txn txn;
    const size_t count = Count("txn", 9);
    for (size_t i = 0; i < count && !error_; ++i) {
      kv::TxnOp op;
      const uint8_t kind = Byte("txn.f");
      if (kind > static_cast<uint8_t>(kv::TxnOp::Kind::kAppend)) Fail("txn.f", "is unknown");
      op.kind = static_cast<kv::TxnOp::Kind>(kind);
      op.key = Text("txn.key");
      op.value = Text("txn.value");
      txn.ops.push_back(std::move(op));
    }
    return txn;
  }

  std::string_view bytes_;
  size_t at_ = 0;
  std::optional<std::string> error_;
};

void Encode(const raft::HardState& state, Encoder* to) {
  to->Byte(static_cast<uint8_t>(RecordKind::kHardState));
  to->U64(state.term.value());
  to->Member(state.voted_for);
}

void Encode(const server::WriterNumber& writer_number, Encoder* to) {
  to->Byte(static_cast<uint8_t>(RecordKind::kWriterNumber));
  to->U64(writer_number.number);
}

void EncodeConfiguration(const raft::ConfigurationEntry& entry, Encoder* to) {
  to->U32(entry.stamp.value());
  to->U32(entry.configuration.cluster.value());
  to->U32(static_cast<uint32_t>(entry.configuration.members.size()));
  for (const raft::Member& member : entry.configuration.members) to->Member(member);
}

void EncodeCommand(const kv::Command& command, Encoder* to) {
  to->U64(command.id.writer);
  to->U64(command.id.seq);
  to->U64(command.id.first_unanswered);
  to->Operation(command.operation);
}

void Encode(const raft::EntryRef& entry, Encoder* to) {
  const auto begin = [&](RecordKind kind) {
    to->Byte(static_cast<uint8_t>(kind));
    to->Position(entry->at);
  };
  if (const auto* start = std::get_if<raft::TermStart>(&entry->body)) {
    begin(RecordKind::kTermStart);
    to->U32(start->stamp.value());
  } else if (const auto* c = std::get_if<raft::ConfigurationEntry>(&entry->body)) {
    begin(RecordKind::kConfiguration);
    EncodeConfiguration(*c, to);
  } else {
    begin(RecordKind::kCommand);
    EncodeCommand(server::LogCommand::Of(std::get<raft::CommandRef>(entry->body)), to);
  }
}

raft::ConfigurationEntry DecodeConfiguration(Decoder* from) {
  raft::ConfigurationEntry entry;
  entry.stamp = raft::Stamp(from->U32("stamp"));
  entry.configuration.cluster = raft::ClusterId(from->U32("cluster"));
  auto& members = entry.configuration.members;
  const size_t count = from->Count("members", 12);
  for (size_t i = 0; i < count && !from->error(); ++i) {
    members.push_back(from->Member("member"));
    if (i > 0 && members[i - 1].id >= members[i].id) from->Fail("members", "are not in order");
  }
  if (members.empty()) from->Fail("members", "are none");
  return entry;
}

raft::CommandRef DecodeCommand(Decoder* from) {
  kv::Command command;
  command.id.writer = from->U64("writer");
  command.id.seq = from->U64("seq");
  command.id.first_unanswered = from->U64("first_unanswered");
  command.operation = from->Operation();
  return std::make_shared<const server::LogCommand>(std::move(command));
}

raft::EntryRef DecodeEntry(RecordKind kind, Decoder* from) {
  raft::Entry entry;
  entry.at = from->Position();
  if (!entry.at.index || !entry.at.term) from->Fail("index or term", "is zero");
  if (kind == RecordKind::kTermStart) {
    entry.body = raft::TermStart{raft::Stamp(from->U32("stamp"))};
  } else if (kind == RecordKind::kConfiguration) {
    entry.body = DecodeConfiguration(from);
  } else {
    entry.body = DecodeCommand(from);
  }
  return std::make_shared<const raft::Entry>(std::move(entry));
}

server::Record DecodeFields(Decoder* from) {
  const auto kind = static_cast<RecordKind>(from->Byte("kind"));
  switch (kind) {
    case RecordKind::kHardState: {
      const raft::Term term(from->U64("term"));
      return raft::HardState{term, from->Member("voted_for")};
    }
    case RecordKind::kWriterNumber:
      return server::WriterNumber{from->U64("writer_number")};
    case RecordKind::kTermStart:
    case RecordKind::kConfiguration:
    case RecordKind::kCommand:
      return DecodeEntry(kind, from);
  }
  from->Fail("kind", "is unknown");
  return server::WriterNumber();
}

}  // namespace

void AppendRecord(const server::Record& record, std::string* out) {
  Encoder encoder(out);
  std::visit([&](const auto& one) { Encode(one, &encoder); }, record);
}

absl::StatusOr<server::Record> DecodeRecord(std::string_view bytes) {
  Decoder decoder(bytes);
  server::Record record = DecodeFields(&decoder);
  if (decoder.Left() > 0) decoder.Fail("record", "has bytes behind its end");
  if (decoder.error()) return absl::DataLossError(*decoder.error());
  return record;
}

}  // namespace tidemark::wire
