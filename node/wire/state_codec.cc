#include "node/wire/state_codec.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <variant>

#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/wire/binary_format.h"
#include "node/wire/byte_reader.h"
#include "node/wire/byte_writer.h"
#include "node/wire/operation_bytes.h"
#include "node/wire/result_bytes.h"

namespace tidemark::wire {
namespace {

constexpr size_t kKindBytes = 1;
constexpr size_t kFrameBytes = kKindBytes + 4;  // with the length
constexpr size_t kTermRunBytes = 20;

void AppendOptional(const std::optional<uint64_t>& value, ByteWriter* out) {
  out->Bool(value.has_value());
  if (value.has_value()) out->U64(*value);
}

std::optional<uint64_t> ReadOptional(std::string_view field, ByteReader* in) {
  if (!in->Bool(field)) return std::nullopt;
  return in->U64(field);
}

// --- Encoding -----------------------------------------------------------------------------------

void Append(const kv::StateHead& head, ByteWriter* out) {
  out->U64(head.last_applied);
  out->U32(head.cluster);
  AppendLimits(head.limits, out);
  out->Size(head.terms.size());
  for (const kv::TermRun& run : head.terms) {
    out->U64(run.first);
    out->U64(run.term);
    out->U32(run.stamp);
  }
  out->U64(head.writers);
  out->U64(head.outcomes);
  out->U64(head.keys);
  out->U64(head.hash);
}

void Append(const kv::WriterPart& writer, ByteWriter* out) {
  out->Bool(writer.client);
  out->U64(writer.index);
  AppendOpening(writer.opened_as, out);
  out->Bool(writer.closed);
  AppendOptional(writer.last_dropped, out);
}

void Append(const kv::OutcomePart& outcome, ByteWriter* out) {
  out->U64(outcome.seq);
  AppendOptional(outcome.operation_hash, out);
  out->U64(outcome.outcome.index);
  AppendResult(outcome.outcome.result, out);
}

void Append(const kv::KeyPart& key, ByteWriter* out) {
  out->String(key.key);
  out->String(key.value);
}

StatePartKind KindOf(const kv::StateHead& /*part*/) { return StatePartKind::kHead; }
StatePartKind KindOf(const kv::WriterPart& /*part*/) { return StatePartKind::kWriter; }
StatePartKind KindOf(const kv::OutcomePart& /*part*/) { return StatePartKind::kOutcome; }
StatePartKind KindOf(const kv::KeyPart& /*part*/) { return StatePartKind::kKey; }

void SetLength(size_t at, size_t length, std::string* out) {
  TM_ASSERT(length <= std::numeric_limits<uint32_t>::max());
  for (size_t i = 0; i < 4; ++i) (*out)[at + i] = static_cast<char>(length >> (8 * i) & 0xFF);
}

// --- Decoding -----------------------------------------------------------------------------------
// Fields are read one statement at a time: they lie in that order.

kv::StateHead ReadHead(ByteReader* in) {
  kv::StateHead head;
  head.last_applied = in->U64("head.last_applied");
  head.cluster = in->U32("head.cluster");
  head.limits = ReadLimits(in);
  const size_t terms = in->Count("head.terms", kTermRunBytes);
  for (size_t i = 0; i < terms; ++i) {
    kv::TermRun& run = head.terms.emplace_back();
    run.first = in->U64("term.first");
    run.term = in->U64("term.term");
    run.stamp = in->U32("term.stamp");
  }
  head.writers = in->U64("head.writers");
  head.outcomes = in->U64("head.outcomes");
  head.keys = in->U64("head.keys");
  head.hash = in->U64("head.hash");
  return head;
}

kv::WriterPart ReadWriter(ByteReader* in) {
  kv::WriterPart writer;
  writer.client = in->Bool("writer.client");
  writer.index = in->U64("writer.index");
  writer.opened_as = ReadOpening(in);
  writer.closed = in->Bool("writer.closed");
  writer.last_dropped = ReadOptional("writer.last_dropped", in);
  return writer;
}

kv::OutcomePart ReadOutcome(ByteReader* in) {
  kv::OutcomePart outcome;
  outcome.seq = in->U64("outcome.seq");
  outcome.operation_hash = ReadOptional("outcome.operation_hash", in);
  outcome.outcome.index = in->U64("outcome.index");
  outcome.outcome.result = ReadResult(in);
  return outcome;
}

kv::KeyPart ReadKey(ByteReader* in) {
  kv::KeyPart key;
  key.key = in->View("key");
  key.value = in->View("value");
  return key;
}

kv::StatePart ReadPart(StatePartKind kind, ByteReader* in) {
  switch (kind) {
    case StatePartKind::kHead:
      return ReadHead(in);
    case StatePartKind::kWriter:
      return ReadWriter(in);
    case StatePartKind::kOutcome:
      return ReadOutcome(in);
    case StatePartKind::kKey:
      return ReadKey(in);
  }
  in->RefuseTag("part.kind", kind);
  return {};
}

// Of the part that `bytes` begins with. REQUIRES: kFrameBytes are there.
size_t PartBytes(std::string_view bytes) {
  return kFrameBytes + ByteReader(bytes.substr(kKindBytes)).U32("part.length");
}

}  // namespace

void AppendStatePart(const kv::StatePart& part, std::string* out) {
  ByteWriter writer(out);
  std::visit([&](const auto& one) { writer.Tag(KindOf(one)); }, part);
  const size_t length_at = out->size();
  writer.U32(0);
  std::visit([&](const auto& one) { Append(one, &writer); }, part);
  SetLength(length_at, out->size() - length_at - 4, out);
}

absl::Status StateReader::Feed(std::string_view bytes) {
  while (status_.ok() && !begun_.empty() && !bytes.empty()) Complete(&bytes);
  if (begun_.empty()) bytes.remove_prefix(TakeWhole(bytes));
  if (status_.ok()) begun_.append(bytes);
  return status_;
}

absl::Status StateReader::Finish() {
  if (status_.ok() && !begun_.empty()) {
    status_ = absl::DataLossError(Concat("the part of the state at byte ", offset_,
                                         " is cut off: ", begun_.size(), " bytes of it are there"));
  }
  return status_;
}

size_t StateReader::TakeWhole(std::string_view bytes) {
  size_t at = 0;
  while (status_.ok() && bytes.size() - at >= kFrameBytes) {
    const size_t size = PartBytes(bytes.substr(at));
    if (size > bytes.size() - at) break;
    TakePart(bytes.substr(at, size));
    at += size;
  }
  return at;
}

void StateReader::TakePart(std::string_view part) {
  const auto kind = static_cast<StatePartKind>(part[0]);
  ByteReader in(part.substr(kFrameBytes), offset_ + kFrameBytes);
  const kv::StatePart read = ReadPart(kind, &in);
  status_ = in.Finish();
  if (status_.ok()) status_ = take_(read);
  if (!status_.ok()) {
    status_ = absl::DataLossError(
        Concat("the part of the state at byte ", offset_, ": ", std::string(status_.message())));
  }
  offset_ += part.size();
}

void StateReader::Complete(std::string_view* bytes) {
  const size_t whole = begun_.size() < kFrameBytes ? kFrameBytes : PartBytes(begun_);
  const size_t lacking = std::min(whole - begun_.size(), bytes->size());
  begun_.append(bytes->substr(0, lacking));
  bytes->remove_prefix(lacking);
  if (begun_.size() < kFrameBytes || begun_.size() < PartBytes(begun_)) return;
  TakePart(begun_);
  begun_.clear();
}

}  // namespace tidemark::wire
