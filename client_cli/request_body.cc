#include "client_cli/request_body.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tidemark::client {
namespace {

using wire::Json;
using Members = std::vector<Json::Member>;

Members Typed(std::string type) { return {{"type", Json::String(std::move(type))}}; }

class Body {
 public:
  explicit Body(uint64_t last_write_index) : last_write_index_(last_write_index) {}

  Members operator()(const Write& write) const {
    Members body = Typed("write");
    body.emplace_back("key", write.key);
    body.emplace_back("value", write.value);
    return body;
  }
  Members operator()(const Read& read) const {
    Members body = Typed("read");
    body.emplace_back("key", read.key);
    return body;
  }
  Members operator()(const RywRead& read) const {
    Members body = Typed("ryw_read");
    body.emplace_back("key", read.key);
    body.emplace_back("last_write_index", Json::Number(read.index.value_or(last_write_index_)));
    body.emplace_back("prefer_follower", Json::Bool(read.prefer_follower));
    return body;
  }
  Members operator()(const Cas& cas) const {
    Members body = Typed("cas");
    body.emplace_back("key", cas.key);
    body.emplace_back("from", cas.from);
    body.emplace_back("to", cas.to);
    if (cas.create) body.emplace_back("create_if_not_exists", Json::Bool(true));
    return body;
  }
  Members operator()(const Delete& erase) const {
    Members body = Typed("delete");
    body.emplace_back("key", erase.key);
    return body;
  }
  Members operator()(const Txn& txn) const {
    Members body = Typed("txn");
    body.emplace_back("txn", txn.operations);
    return body;
  }

 private:
  uint64_t last_write_index_;
};

}  // namespace

Json RequestBody(const Request& request, uint64_t last_write_index) {
  return Json::Object(std::visit(Body(last_write_index), request));
}

}  // namespace tidemark::client
