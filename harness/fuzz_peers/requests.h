// What clients ask, drawn.
#ifndef TIDEMARK_HARNESS_FUZZ_PEERS_REQUESTS_H_
#define TIDEMARK_HARNESS_FUZZ_PEERS_REQUESTS_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "node/base/random.h"
#include "node/kv/command.h"
#include "node/server/requests.h"

namespace tidemark::fuzz {

class Requests {
 public:
  explicit Requests(Random* random) : random_(random) {}

  // `applied`: about as far as the node is, or a peer.
  server::ClientRequest Next(uint64_t applied);
  // What came of one: sessions, names of writes and writers are used again.
  void Note(const server::Reply& reply);
  // A write, cas, delete or txn.
  kv::Operation Update();
  // A new cluster knows nothing of what was told.
  void Forget();

 private:
  std::string Key();
  std::string Value();
  kv::Txn Transaction();
  server::RequestBody Write();
  server::RequestBody OwnRead(uint64_t applied);
  std::optional<kv::Session> Token();
  int64_t Below(int64_t limit) { return random_->Between(0, limit - 1); }

  Random* const random_;
  int64_t next_msg_id_ = 1;
  std::deque<kv::Session> sessions_;
  std::deque<kv::ToldName> open_;
  std::deque<server::WriteRequest> once_;
  kv::LogIndex client_ = 0;
  uint64_t key_ = 0;
  uint64_t next_seq_ = 1;
};

}  // namespace tidemark::fuzz

#endif  // TIDEMARK_HARNESS_FUZZ_PEERS_REQUESTS_H_
