// Linearizable reads that clients asked this node for (dissertation §6.4: ReadIndex, at any node).
#ifndef TIDEMARK_NODE_SERVER_READ_DESK_H_
#define TIDEMARK_NODE_SERVER_READ_DESK_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "node/base/time.h"
#include "node/server/context.h"
#include "node/server/requests.h"
#include "node/server/verdict.h"

namespace tidemark::server {

class ReadDesk {
 public:
  void Add(Context* context, const ClientRef& from, std::string key, const Token& token);

  // This node's own leadership was confirmed for (or lost by) the read that raft knows as
  // `read_id`. False: it is not one of these.
  bool Confirmed(Context* context, uint64_t read_id, raft::Index read_index);
  bool Lost(uint64_t read_id);
  // A leader was asked as `number` and has confirmed itself; or does not lead.
  void Answered(Context* context, uint64_t number, raft::Index read_index);
  void NotTaken(uint64_t number);
  void LeaderChanged(Context* context);
  // applied() has risen, or there is more to say than the last step could.
  void Advanced(Context* context);
  // Some read could be answered, and waits for the next step.
  bool Continues(const Context& context) const;
  void PassDeadlines(Context* context);
  // This node's state is not to be trusted: what waits here is refused.
  void Suspend(Context* context);

  Time deadline() const;
  size_t size() const { return pending_.size(); }
  size_t bytes() const { return bytes_; }

 private:
  struct Pending {
    ClientRef from;
    std::string key;
    Token token;
    Time expires;
    Time asked_at;
    bool asked = false;
    std::optional<raft::Index> read_index;  // confirmed: serve once this is applied
    uint64_t read_id = 0;                   // raft's, while this node leads; zero: none

    size_t SizeBytes() const;
  };
  using PendingMap = std::map<uint64_t, Pending>;

  void Ask(Context* context, uint64_t number, Pending* read);
  void Judge(Context* context, PendingMap::iterator it);
  void Serve(Context* context, PendingMap::iterator it);
  void Expire(Context* context, PendingMap::iterator it);
  void Forget(PendingMap::iterator it);

  PendingMap pending_;  // by number, which is by arrival, which is by expiry
  size_t bytes_ = 0;    // of what is pending
  std::map<uint64_t, uint64_t> by_read_id_;
  // Confirmed, and not applied yet or not said yet.
  std::multimap<raft::Index, uint64_t> by_read_index_;
  Time retry_at_ = Time::Never();
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_READ_DESK_H_
