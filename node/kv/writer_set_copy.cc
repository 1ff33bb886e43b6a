// The copy that is made of writers while they go on being used.
#include "node/base/assert.h"
#include "node/kv/writer_set.h"

namespace tidemark::kv {
namespace {

// About what a writer takes beside its outcomes.
constexpr size_t kWriterBytes = 64;

}  // namespace

void WriterSet::BeginCopy(LogIndex frozen) {
  TM_ASSERT(base_ == nullptr);
  TM_ASSERT(!copy_.has_value());
  copy_.emplace(Copy{});
  copy_->frozen = frozen;
}

bool WriterSet::NextParts(bool client, Slice* slice) {
  while (Map::value_type* next = NextToCopy()) {
    if (slice->full()) return false;
    auto& [index, writer] = *next;
    if (copy_->begun != index) {
      const Writer::Frozen then = writer.Then();
      slice->Add(WriterPart{client, index, writer.opened_as, then.closed, then.last_dropped},
                 kWriterBytes + writer.opened_as.node.size());
      copy_->begun = index;
      copy_->progress = {then.outcomes, std::nullopt};
    }
    if (!writer.outcomes.NextParts(copy_->frozen, &copy_->progress, slice)) return false;
    Copied(index);
  }
  return true;
}

void WriterSet::EndCopy() {
  for (const LogIndex index : copy_->changed) {
    const auto own = index > copy_->done ? own_.find(index) : own_.end();
    if (own == own_.end()) continue;
    own->second.frozen.reset();
    own->second.outcomes.KeepDropped(0);
  }
  copy_.reset();
}

bool WriterSet::ToBeCopied(LogIndex index) const {
  return copy_.has_value() && index > copy_->done && index <= copy_->frozen;
}

void WriterSet::Freeze(LogIndex index, Writer* writer) {
  if (writer->frozen.has_value() || !ToBeCopied(index)) return;
  writer->frozen = writer->Then();
  writer->outcomes.KeepDropped(copy_->frozen);
  copy_->changed.push_back(index);
}

WriterSet::Map::value_type* WriterSet::NextToCopy() {
  if (!copy_->forgotten.empty()) return &*copy_->forgotten.begin();
  const auto own = own_.upper_bound(copy_->done);
  if (own == own_.end() || own->first > copy_->frozen) return nullptr;
  return &*own;
}

void WriterSet::Copied(LogIndex index) {
  copy_->done = index;
  if (copy_->forgotten.erase(index) > 0) return;
  Writer& writer = own_.at(index);
  writer.frozen.reset();
  writer.outcomes.KeepDropped(0);
}

}  // namespace tidemark::kv
