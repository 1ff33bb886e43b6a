// The operations that name an index, replayed in the order of the log.
#ifndef TIDEMARK_HARNESS_CHECK_LOG_ORDER_H_
#define TIDEMARK_HARNESS_CHECK_LOG_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "harness/check/history.h"
#include "harness/check/state.h"

namespace tidemark::check {

constexpr uint32_t kNone = UINT32_MAX;

// What a key held from an index on.
struct Version {
  uint64_t index = 0;
  State state = kNothing;
  uint32_t operation = kNone;  // that made it so; kNone: what was there in the beginning
  uint32_t next = kNone;       // of the key, by number
};

class LogOrder {
 public:
  // An operation that cannot have ended as it did at the place that it names.
  struct Misfit {
    enum class Why { kSameIndex, kState };
    Why why;
    uint32_t operation;
    uint32_t other;  // kSameIndex: who is there too; kState: who wrote what is there, or kNone
  };

  LogOrder(const History& history, const Model& model);

  const std::vector<Misfit>& misfits() const { return misfits_; }
  const Version& version(uint32_t number) const { return versions_[number]; }
  // The version of `key` at `index`; to be asked with indexes that do not fall.
  uint32_t VersionAt(TextId key, uint64_t index);

 private:
  struct Key {
    uint32_t now;  // VersionAt's
    uint32_t last;
  };

  void Replay(uint32_t operation);
  void ReplayTxn(uint32_t operation, const Operation& op);
  Key& Of(TextId key);
  void Set(TextId key, State state, uint32_t operation);

  const History& history_;
  const Model& model_;
  std::vector<Version> versions_;
  absl::flat_hash_map<TextId, Key> keys_;
  std::vector<Misfit> misfits_;
};

// Whether `op` has a place of its own in the log, and names it.
bool HasOwnIndex(const Operation& op);

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_LOG_ORDER_H_
