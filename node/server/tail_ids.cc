#include "node/server/tail_ids.h"

#include <algorithm>
#include <variant>

#include "node/base/assert.h"
#include "node/server/peer_messages.h"

namespace tidemark::server {

bool TailIds::Has(const Context& context, const kv::WriteName& name) {
  Refresh(context);
  return names_.contains(name);
}

void TailIds::Refresh(const Context& context) {
  const raft::Log& log = context.raft().log();
  // What was cut off stands there no longer.
  if (!log.Matches(seen_)) {
    ids_.clear();
    names_.clear();
    seen_ = {};
  }
  while (!ids_.empty() && ids_.front().first <= context.applied()) {
    names_.erase(names_.find(ids_.front().second));
    ids_.pop_front();
  }
  raft::Index at = std::max(seen_.index, context.applied()).Next();
  for (; at <= log.last_index(); at = at.Next()) {
    const auto* command = std::get_if<raft::CommandRef>(&log.At(at)->body);
    if (command == nullptr || !LogCommand::Of(*command).once) continue;
    ids_.emplace_back(at, LogCommand::Of(*command).id.name());
    names_.insert(ids_.back().second);
  }
  seen_ = log.last();
  TM_ASSERT(ids_.size() == names_.size());
}

}  // namespace tidemark::server
