#include "harness/fuzz_peers/requests.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"

namespace tidemark::fuzz {
namespace {

constexpr size_t kRemembered = 32;

template <typename T>
void Remember(std::deque<T>* all, T one) {
  all->push_back(std::move(one));
  if (all->size() > kRemembered) all->pop_front();
}

}  // namespace

std::string Requests::Key() { return std::to_string(Below(20)); }

std::string Requests::Value() {
  if (Below(50) == 0) return absl::StrCat("\"", std::string(Below(8'000), 'v'), "\"");
  return std::to_string(Below(1'000));
}

kv::Txn Requests::Transaction() {
  kv::Txn txn;
  for (int64_t i = Below(4); i >= 0; --i) {
    const auto kind = static_cast<kv::TxnOp::Kind>(Below(3));
    // Appends go to keys of their own, or they meet no list.
    const bool appends = kind == kv::TxnOp::Kind::kAppend;
    txn.ops.push_back({kind, appends ? std::to_string(100 + Below(400)) : Key(),
                       kind == kv::TxnOp::Kind::kRead ? "" : std::to_string(Below(100))});
  }
  return txn;
}

kv::Operation Requests::Update() {
  switch (Below(8)) {
    case 0:
      return kv::Cas{Key(), Value(), Value(), Below(2) == 0};
    case 1:
      return kv::Delete{Key()};
    case 2:
      return Transaction();
    default:
      return kv::Write{Key(), Value()};
  }
}

server::RequestBody Requests::Write() {
  const int64_t roll = Below(20);
  if (roll == 0) return server::WriteRequest{kv::OpenClient{}, {}};
  if (roll == 1 && !open_.empty()) {
    return server::WriteRequest{kv::Fate{open_[static_cast<size_t>(Below(open_.size()))]}, {}};
  }
  if (roll == 2 && !once_.empty()) return once_[static_cast<size_t>(Below(once_.size()))];
  server::WriteRequest request{Update(), {}};
  if (roll < 8 && client_ != 0) {
    const uint64_t seq = next_seq_++;
    request.once = kv::WriteId{client_, seq, seq - std::min<uint64_t>(seq, Below(20)),
                               Below(50) == 0 ? key_ + 1 : key_};
    Remember(&once_, request);
  }
  return request;
}

server::RequestBody Requests::OwnRead(uint64_t applied) {
  server::RywReadRequest read{Key(),
                              raft::Index(applied + static_cast<uint64_t>(Below(8))),
                              Below(2) == 0,
                              {},
                              Below(4) == 0};
  if (Below(3) == 0) read.last_write_index = raft::Index(static_cast<uint64_t>(Below(5)));
  if (Below(2) == 0) read.max_wait = Duration::Millis(Below(500));
  return read;
}

std::optional<kv::Session> Requests::Token() {
  if (sessions_.empty() || Below(4) == 0) return std::nullopt;
  kv::Session token = sessions_[static_cast<size_t>(Below(sessions_.size()))];
  if (Below(10) == 0) token.index += static_cast<uint64_t>(Below(10));
  if (Below(20) == 0) ++token.stamp;
  return token;
}

server::ClientRequest Requests::Next(uint64_t applied) {
  const bool in_session = Below(2) == 0;
  server::ClientRequest request{
      {absl::StrCat("c", 1 + Below(3)), next_msg_id_++, in_session}, server::StatusRequest{}, {}};
  if (in_session) request.session = Token();
  switch (Below(10)) {
    case 0:
      request.body = server::ReadRequest{Key()};
      break;
    case 1:
    case 2:
    case 3:
      request.body = OwnRead(applied);
      break;
    case 4:
      if (Below(10) == 0) break;
      request.body = server::EchoRequest{"1"};
      break;
    default:
      request.body = Write();
  }
  return request;
}

void Requests::Note(const server::Reply& reply) {
  if (reply.session) Remember(&sessions_, *reply.session);
  if (const auto* opened = std::get_if<server::OpenOk>(&reply.body)) {
    client_ = opened->client;
    key_ = opened->key;
    next_seq_ = 1;
  }
  const auto* error = std::get_if<server::Error>(&reply.body);
  if (error != nullptr && error->write_id) Remember(&open_, *error->write_id);
}

void Requests::Forget() {
  // Sessions are kept: clients bring those of other clusters, too.
  open_.clear();
  once_.clear();
  client_ = 0;
}

}  // namespace tidemark::fuzz
