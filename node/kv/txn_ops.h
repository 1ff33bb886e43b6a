// What a txn is made of, in short, for tests.
#ifndef TIDEMARK_NODE_KV_TXN_OPS_H_
#define TIDEMARK_NODE_KV_TXN_OPS_H_

#include <string>
#include <utility>

#include "node/kv/command.h"

namespace tidemark::kv {

inline TxnOp R(std::string key) { return {TxnOp::Kind::kRead, std::move(key), ""}; }
inline TxnOp W(std::string key, std::string v) {
  return {TxnOp::Kind::kWrite, std::move(key), std::move(v)};
}
inline TxnOp A(std::string key, std::string v) {
  return {TxnOp::Kind::kAppend, std::move(key), std::move(v)};
}

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_TXN_OPS_H_
