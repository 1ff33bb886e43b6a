#include "node/wire/request_codec.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/base/time.h"
#include "node/kv/command.h"
#include "node/raft/types.h"
#include "node/server/requests.h"
#include "node/wire/checked.h"
#include "node/wire/json.h"
#include "node/wire/session_codec.h"
#include "node/wire/txn_codec.h"

namespace tidemark::wire {
namespace {

using server::ClientRef;

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
  read.explain = body.Field("explain").BoolOr(false);
  return Ask(std::move(from), std::move(read));
}

Request DecodeOpen(const Checked&, ClientRef from) {
  return Change(std::move(from), kv::OpenClient{});
}

Request DecodeFate(const Checked& body, ClientRef from) {
  Checked write_id = body.Field("write_id");
  write_id.Object();
  kv::WriteId id;
  id.writer = write_id.Field("writer").Uint(1, kMaxSafeInteger);
  id.seq = write_id.Field("seq").Uint(kMaxSafeInteger);
  Checked tag = write_id.Field("tag");
  Checked key = write_id.Field("key");
  if (tag.present() == key.present()) {
    write_id.Refuse("either the tag that it was told with or, of a client's own, the client's key");
  }
  // Who has the key can tell the tag.
  id.key = key.present() ? key.Hex(16) : 0;
  kv::ToldName told = id.Told();
  if (tag.present()) told.tag = tag.Hex(16);
  return Change(std::move(from), kv::Fate{told});
}

Request DecodeAdvance(const Checked& body, ClientRef from) {
  return AdvanceRequest{std::move(from), body.Field("ms").Int(0, kMaxSafeInteger / 1000)};
}

// What becomes of a `once`. It is refused where a client would otherwise believe in it.
enum class Once { kIgnored, kRefused, kTaken };

struct RequestType {
  std::string_view name;
  Request (*decode)(const Checked& body, ClientRef from);
  bool takes_session = false;  // others ignore it
  Once once = Once::kIgnored;
  bool of_virtual_clock = false;  // known under a virtual clock only
};

constexpr RequestType kTypes[] = {
    {"init", DecodeInit},
    {"echo", DecodeEcho},
    {"status", DecodeStatus},
    {"read", DecodeRead, true, Once::kRefused},
    {"write", DecodeWrite, true, Once::kTaken},
    {"cas", DecodeCas, true, Once::kTaken},
    {"delete", DecodeDelete, true, Once::kTaken},
    {"txn", DecodeTxn, true, Once::kTaken},
    {"ryw_read", DecodeRywRead, true, Once::kRefused},
    {"open", DecodeOpen, false, Once::kRefused},
    {"fate", DecodeFate, true, Once::kRefused},
    {"advance", DecodeAdvance, false, Once::kIgnored, true},
};

const RequestType* Find(std::string_view name) {
  for (const RequestType& type : kTypes) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

kv::WriteId DecodeOnce(const Checked& once) {
  once.Object();
  kv::WriteId id;
  id.writer = once.Field("client").Uint(1, kMaxSafeInteger);
  id.seq = once.Field("seq").Uint(kMaxSafeInteger);
  id.key = once.Field("key").Hex(16);
  Checked first_unanswered = once.Field("first_unanswered");
  if (first_unanswered.present()) id.first_unanswered = first_unanswered.Uint(kMaxSafeInteger);
  if (id.first_unanswered > id.seq) first_unanswered.Refuse(Concat("at most the seq ", id.seq));
  return id;
}

void TakeOnce(const RequestType& type, const Checked& once, Request* request) {
  if (!once.present() || type.once == Once::kIgnored) return;
  if (type.once == Once::kRefused) {
    once.Complain(Concat("write, cas, delete and txn take one, ", type.name, " does not"));
    return;
  }
  auto& asked = std::get<server::ClientRequest>(*request);
  std::get<server::WriteRequest>(asked.body).once = DecodeOnce(once);
}

void TakeSession(const RequestType& type, const Checked& session, Request* request) {
  if (!session.present() || !type.takes_session) return;
  auto& asked = std::get<server::ClientRequest>(*request);
  asked.from.in_session = true;
  asked.session = DecodeClientSession(session);
}

}  // namespace

bool IsRequest(std::string_view type, bool virtual_clock) {
  const RequestType* found = Find(type);
  return found != nullptr && (virtual_clock || !found->of_virtual_clock);
}

Request DecodeRequest(std::string_view type, const Checked& body, ClientRef from) {
  const RequestType* found = Find(type);
  TM_ASSERT(found != nullptr);
  Request request = found->decode(body, std::move(from));
  TakeOnce(*found, body.Field("once"), &request);
  TakeSession(*found, body.Field("session"), &request);
  return request;
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
