#include "client_cli/writer.h"

#include "node/base/assert.h"

namespace tidemark::client {

using wire::Json;

Json ToJson(const WriteName& name) {
  return Json::Object({{"writer", Json::Number(name.writer)}, {"seq", Json::Number(name.seq)}});
}

void Writer::Open(uint64_t client) {
  client_ = client;
  last_seq_ = 0;
  unanswered_.clear();
}

WriteName Writer::Begin() {
  TM_ASSERT(is_open());
  unanswered_.insert(++last_seq_);
  return {client_, last_seq_};
}

void Writer::Settle(const WriteName& name) {
  if (name.writer == client_) unanswered_.erase(name.seq);
}

Json Writer::Once(const WriteName& name) const {
  TM_ASSERT(name.writer == client_);
  TM_ASSERT(unanswered_.contains(name.seq));
  return Json::Object({{"client", Json::Number(client_)},
                       {"seq", Json::Number(name.seq)},
                       {"first_unanswered", Json::Number(*unanswered_.begin())}});
}

}  // namespace tidemark::client
