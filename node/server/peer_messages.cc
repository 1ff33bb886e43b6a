#include "node/server/peer_messages.h"

#include <cstddef>
#include <utility>
#include <variant>

namespace tidemark::server {
namespace {

size_t Size(const kv::Write& w) { return w.key.size() + w.value.size(); }
size_t Size(const kv::Cas& c) { return c.key.size() + c.from.size() + c.to.size(); }
size_t Size(const kv::Delete& d) { return d.key.size(); }
size_t Size(const kv::Txn& t) {
  size_t sum = 0;
  for (const kv::TxnOp& op : t.ops) sum += op.key.size() + op.value.size() + 8;
  return sum;
}
size_t Size(const kv::OpenWriter& o) { return o.node.size() + 24; }
size_t Size(const kv::OpenClient&) { return 8; }
size_t Size(const kv::Fate&) { return 24; }

}  // namespace

LogCommand::LogCommand(kv::Command command)
    : command_(std::move(command)),
      size_bytes_(32 + std::visit([](const auto& op) { return Size(op); }, command_.operation)) {}

}  // namespace tidemark::server
