#include "client_cli/request_body.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "node/base/assert.h"

namespace tidemark::client {
namespace {

using wire::Json;
using Members = std::vector<Json::Member>;

Members Typed(std::string type) { return {{"type", Json::String(std::move(type))}}; }

class Body {
 public:
  explicit Body(const Session& session) : session_(session) {}

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
    body.emplace_back("last_write_index",
                      Json::Number(read.index.value_or(session_.last_write_index())));
    body.emplace_back("prefer_follower", Json::Bool(read.prefer_follower));
    if (read.max_wait_ms) body.emplace_back("max_wait_ms", Json::Number(*read.max_wait_ms));
    if (read.explain) body.emplace_back("explain", Json::Bool(true));
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
  Members operator()(const Fate& fate) const {
    Members body = Typed("fate");
    TM_ASSERT(fate.tag.has_value());
    body.emplace_back("write_id", ToJson(fate.of, *fate.tag));
    return body;
  }

 private:
  const Session& session_;
};

// A read by index alone stands in the session all the same: what it sees is seen.
bool ByIndexAlone(const Request& request) {
  const auto* read = std::get_if<RywRead>(&request);
  return read != nullptr && read->index.has_value();
}

}  // namespace

Json RequestBody(const Request& request, const Session& session, const Json* once) {
  Members body = std::visit(Body(session), request);
  if (once != nullptr) body.emplace_back("once", *once);
  body.emplace_back("session", ByIndexAlone(request) ? Json::Object() : session.ToJson());
  return Json::Object(std::move(body));
}

Json OpenBody() { return Json::Object(Typed("open")); }

uint64_t NeedOf(const RywRead& read, const Session& session) {
  return read.index.value_or(session.index());
}

}  // namespace tidemark::client
