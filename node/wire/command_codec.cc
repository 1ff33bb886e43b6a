#include "node/wire/command_codec.h"

#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <variant>

#include "node/kv/command.h"
#include "node/wire/checked.h"
#include "node/wire/claims.h"
#include "node/wire/object_writer.h"
#include "node/wire/session_codec.h"
#include "node/wire/txn_codec.h"

namespace tidemark::wire {
namespace {

constexpr uint64_t kAnyNumber = std::numeric_limits<uint64_t>::max();

// In the order of kv::Operation's alternatives.
enum class Op { kWrite, kCas, kDelete, kTxn, kOpenWriter, kOpenClient, kFate };

kv::Fate DecodeFate(const Checked& write_id) {
  write_id.Object();
  return {{write_id.Field("writer").Uint(1, kMaxCount), write_id.Field("seq").Uint(kAnyNumber),
           write_id.Field("tag").Hex(16)}};
}

kv::Operation DecodeOperation(const Checked& command) {
  auto key = [&] { return command.Field("key").Canonical(); };
  switch (static_cast<Op>(command.Field("op").OneOf(
      {"write", "cas", "delete", "txn", "open_writer", "open_client", "fate"}))) {
    case Op::kWrite:
      return kv::Write{key(), command.Field("value").Canonical()};
    case Op::kCas:
      return kv::Cas{key(), command.Field("from").Canonical(), command.Field("to").Canonical(),
                     command.Field("create_if_not_exists").Bool()};
    case Op::kDelete:
      return kv::Delete{key()};
    case Op::kTxn:
      return kv::Txn{DecodeTxnOps(command.Field("txn"), TxnValues::kOfWrites)};
    case Op::kOpenWriter:
      return kv::OpenWriter{command.Field("node").Name(), command.Field("incarnation").Identity(16),
                            command.Field("number").Uint(kAnyNumber),
                            command.Field("bits").Hex(16)};
    case Op::kOpenClient:
      return kv::OpenClient{command.Field("bits").Hex(16)};
    case Op::kFate:
      return DecodeFate(command.Field("write_id"));
  }
  return {};
}

void AppendOperation(const kv::Write& write, ObjectWriter* fields) {
  fields->String("op", "write");
  fields->Value("key", write.key);
  fields->Value("value", write.value);
}
void AppendOperation(const kv::Cas& cas, ObjectWriter* fields) {
  fields->String("op", "cas");
  fields->Value("key", cas.key);
  fields->Value("from", cas.from);
  fields->Value("to", cas.to);
  fields->Bool("create_if_not_exists", cas.create_if_not_exists);
}
void AppendOperation(const kv::Delete& deletion, ObjectWriter* fields) {
  fields->String("op", "delete");
  fields->Value("key", deletion.key);
}
void AppendOperation(const kv::Txn& txn, ObjectWriter* fields) {
  fields->String("op", "txn");
  AppendTxnOps(txn.ops, fields->Begin("txn"));
}
void AppendOperation(const kv::OpenWriter& opening, ObjectWriter* fields) {
  fields->String("op", "open_writer");
  fields->String("node", opening.node);
  fields->Hex("incarnation", opening.incarnation, 16);
  fields->Integer("number", opening.number);
  fields->Hex("bits", opening.bits, 16);
}
void AppendOperation(const kv::OpenClient& opening, ObjectWriter* fields) {
  fields->String("op", "open_client");
  fields->Hex("bits", opening.bits, 16);
}
void AppendOperation(const kv::Fate& fate, ObjectWriter* fields) {
  fields->String("op", "fate");
  AppendToldName(fate.of, fields->Begin("write_id"));
}

// Only what a client can ask for has a session, and only its writes have ids of its own.
void DecodeClaims(const Checked& command, kv::Command* decoded) {
  Checked once = command.Field("once");
  Checked session = command.Field("session");
  decoded->once = once.BoolOr(false);
  decoded->session = DecodeOptionalSession(session, kMaxCount);
  if (decoded->once && !MayBeOnce(decoded->operation)) {
    once.Refuse("it with write, cas, delete and txn only");
  }
  if (decoded->session && !MayHaveSession(decoded->operation)) {
    session.Refuse("it with no opening of a writer");
  }
}

}  // namespace

kv::Command DecodeCommand(const Checked& command) {
  command.Object();
  kv::Command decoded;
  decoded.id.writer = command.Field("writer").Uint(kMaxCount);
  decoded.id.seq = command.Field("seq").Uint(kAnyNumber);
  decoded.id.first_unanswered = command.Field("first_unanswered").Uint(kAnyNumber);
  if (decoded.id.writer != 0) decoded.id.key = command.Field("writer_bits").Hex(16);
  decoded.operation = DecodeOperation(command);
  bool opens = std::holds_alternative<kv::OpenWriter>(decoded.operation);
  if (decoded.id.writer == 0 && !opens) command.Field("writer").Refuse("the writer's index");
  DecodeClaims(command, &decoded);
  return decoded;
}

void AppendToldName(const kv::ToldName& name, std::string* out) {
  ObjectWriter fields(out);
  fields.Integer("writer", name.writer);
  fields.Integer("seq", name.seq);
  fields.Hex("tag", name.tag, 16);
  fields.Close();
}

void AppendCommand(const kv::Command& command, std::string* out) {
  ObjectWriter fields(out);
  fields.Integer("writer", command.id.writer);
  fields.Integer("seq", command.id.seq);
  fields.Integer("first_unanswered", command.id.first_unanswered);
  if (command.id.writer != 0) fields.Hex("writer_bits", command.id.key, 16);
  if (command.once) fields.Bool("once", true);
  std::visit([&](const auto& operation) { AppendOperation(operation, &fields); },
             command.operation);
  if (command.session) AppendSession(*command.session, fields.Begin("session"));
  fields.Close();
}

}  // namespace tidemark::wire
