#include "node/wire/request_codec.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/base/time.h"
#include "node/kv/command.h"
#include "node/raft/types.h"
#include "node/server/requests.h"
#include "node/wire/checked.h"
#include "node/wire/txn_codec.h"

namespace tidemark::wire {
namespace {

using server::ClientRef;

constexpr int64_t kMaxSafeInteger = (int64_t{1} << 53) - 1;
constexpr int64_t kDayMs = int64_t{24} * 60 * 60 * 1000;

server::ClientRequest Ask(ClientRef from, server::RequestBody body) {
  return {std::move(from), std::move(body)};
}

server::ClientRequest Change(ClientRef from, kv::Operation operation) {
  return Ask(std::move(from), server::WriteRequest{std::move(operation)});
}

Request DecodeInit(const Checked& body, ClientRef from) {
  InitRequest init{std::move(from), body.Field("node_id").Name(), body.Field("node_ids").NodeIds()};
  if (!std::binary_search(init.node_ids.begin(), init.node_ids.end(), init.node_id)) {
    body.Field("node_ids").Refuse(Concat("\"", init.node_id, "\" (node_id) to be among them"));
  }
  return init;
}

Request DecodeEcho(const Checked& body, ClientRef from) {
  return Ask(std::move(from), server::EchoRequest{body.Field("echo").Canonical()});
}

Request DecodeStatus(const Checked&, ClientRef from) {
  return Ask(std::move(from), server::StatusRequest{});
}

Request DecodeRead(const Checked& body, ClientRef from) {
  return Ask(std::move(from), server::ReadRequest{body.Field("key").Canonical()});
}

Request DecodeWrite(const Checked& body, ClientRef from) {
  return Change(std::move(from),
                kv::Write{body.Field("key").Canonical(), body.Field("value").Canonical()});
}

Request DecodeCas(const Checked& body, ClientRef from) {
  return Change(
      std::move(from),
      kv::Cas{body.Field("key").Canonical(), body.Field("from").Canonical(),
              body.Field("to").Canonical(), body.Field("create_if_not_exists").BoolOr(false)});
}

Request DecodeDelete(const Checked& body, ClientRef from) {
  return Change(std::move(from), kv::Delete{body.Field("key").Canonical()});
}

Request DecodeTxn(const Checked& body, ClientRef from) {
  return Change(std::move(from), kv::Txn{DecodeTxnOps(body.Field("txn"), TxnValues::kOfWrites)});
}

Request DecodeRywRead(const Checked& body, ClientRef from) {
  server::RywReadRequest read;
  read.key = body.Field("key").Canonical();
  read.last_write_index = raft::Index(body.Field("last_write_index").Uint(kMaxSafeInteger));
  // Whoever asks for a ryw_read and does not say otherwise asks because followers may serve it.
  read.prefer_follower = body.Field("prefer_follower").BoolOr(true);
  Checked max_wait = body.Field("max_wait_ms");
  if (max_wait.present()) read.max_wait = Duration::Millis(max_wait.Int(0, kDayMs));
  return Ask(std::move(from), std::move(read));
}

Request DecodeAdvance(const Checked& body, ClientRef from) {
  return AdvanceRequest{std::move(from), body.Field("ms").Int(0, kMaxSafeInteger / 1000)};
}

struct RequestType {
  std::string_view name;
  Request (*decode)(const Checked& body, ClientRef from);
  bool takes_session = false;     // a promise this version cannot keep, so it must say so
  bool of_virtual_clock = false;  // known under a virtual clock only
};

constexpr RequestType kTypes[] = {
    {"init", DecodeInit},
    {"echo", DecodeEcho},
    {"status", DecodeStatus},
    {"read", DecodeRead, true},
    {"write", DecodeWrite, true},
    {"cas", DecodeCas, true},
    {"delete", DecodeDelete, true},
    {"txn", DecodeTxn, true},
    {"ryw_read", DecodeRywRead, true},
    {"advance", DecodeAdvance, false, true},
};

const RequestType* Find(std::string_view name) {
  for (const RequestType& type : kTypes) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

void RefuseSessions(const Checked& body) {
  for (std::string_view name : {"session", "once"}) {
    if (body.Field(name).present()) {
      body.Field(name).Complain("sessions are not supported by this version");
    }
  }
}

}  // namespace

bool IsRequest(std::string_view type, bool virtual_clock) {
  const RequestType* found = Find(type);
  return found != nullptr && (virtual_clock || !found->of_virtual_clock);
}

Request DecodeRequest(std::string_view type, const Checked& body, ClientRef from) {
  const RequestType* found = Find(type);
  TM_ASSERT(found != nullptr);
  if (found->takes_session) RefuseSessions(body);
  return found->decode(body, std::move(from));
}

std::string KnownRequests(bool virtual_clock) {
  std::string names;
  for (const RequestType& type : kTypes) {
    if (!IsRequest(type.name, virtual_clock)) continue;
    ConcatTo(&names, names.empty() ? "" : ", ", type.name);
  }
  return names;
}

}  // namespace tidemark::wire
