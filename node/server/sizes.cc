#include "node/server/sizes.h"

#include <variant>
#include <vector>

#include "node/base/overloaded.h"
#include "node/kv/outcomes.h"

namespace tidemark::server {
namespace {

// An answer that carries no value: its numbers, and its place among the others.
constexpr size_t kPlain = 64;

size_t OpsBytes(const std::vector<kv::TxnOp>& ops) {
  size_t sum = ops.capacity() * sizeof(kv::TxnOp);
  for (const kv::TxnOp& op : ops) sum += op.key.size() + op.value.size();
  return sum;
}

}  // namespace

size_t HeldBytes(const kv::Operation& operation) {
  return std::visit(
      Overloaded{[](const kv::Write& op) { return op.key.size() + op.value.size(); },
                 [](const kv::Cas& op) { return op.key.size() + op.from.size() + op.to.size(); },
                 [](const kv::Delete& op) { return op.key.size(); },
                 [](const kv::Txn& op) { return OpsBytes(op.ops); },
                 [](const kv::OpenWriter& op) { return op.node.size(); },
                 [](const kv::OpenClient&) { return size_t{0}; },
                 [](const kv::Fate&) { return size_t{0}; }},
      operation);
}

size_t HeldBytes(const ClientRequest& request) {
  const size_t body =
      std::visit(Overloaded{[](const ReadRequest& one) { return one.key.size(); },
                            [](const WriteRequest& one) { return HeldBytes(one.operation); },
                            [](const RywReadRequest& one) { return one.key.size(); },
                            [](const StatusRequest&) { return size_t{0}; },
                            [](const EchoRequest& one) { return one.echo.size(); }},
                 request.body);
  return body + request.from.client.size();
}

size_t AnswerBytes(const ReplyBody& body) {
  return kPlain + std::visit(Overloaded{[](const InitOk&) { return size_t{0}; },
                                        [](const EchoOk& one) { return one.echo.size(); },
                                        [](const ReadOk& one) { return one.value.size(); },
                                        [](const WriteOk&) { return size_t{0}; },
                                        [](const CasOk&) { return size_t{0}; },
                                        [](const DeleteOk&) { return size_t{0}; },
                                        [](const TxnOk& one) { return OpsBytes(one.ops); },
                                        [](const OpenOk&) { return size_t{0}; },
                                        [](const FateOk&) { return size_t{0}; },
                                        [](const RywReadOk& one) { return one.value.size(); },
                                        [](const StatusOk&) { return size_t{0}; },
                                        [](const Error& one) { return one.text.size(); }},
                             body);
}

size_t AnswerBytes(const kv::Applied& result) { return kv::OutcomeBytes(result.outcome); }
size_t AnswerBytes(const ReadServed& result) {
  return kPlain + (result.value ? result.value->size() : 0);
}
size_t AnswerBytes(const ReadRefused&) { return kPlain; }
size_t AnswerBytes(const ReadConfirmed&) { return kPlain; }
size_t AnswerBytes(const News&) { return kPlain; }
size_t AnswerBytes(const NotLeader&) { return kPlain; }
size_t AnswerBytes(const NoRoom&) { return kPlain; }

}  // namespace tidemark::server
