// Who wrote which value to which key, and when.
#ifndef TIDEMARK_HARNESS_CHECK_WRITTEN_H_
#define TIDEMARK_HARNESS_CHECK_WRITTEN_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "harness/check/history.h"

namespace tidemark::check {

// The keys to which some transaction appends.
absl::flat_hash_set<TextId> KeysWithAppends(const History& history);

class Written {
 public:
  struct Write {
    int64_t invoked = 0;   // of the one write, or of the first of several
    int64_t returned = 0;  // when it had certainly happened; kNever if that is not known
    uint32_t operation = 0;
    bool unique = true;  // nobody else may have written the same value to the key
    bool failed = true;  // every attempt failed definitely
  };

  explicit Written(const History& history);

  // The write of `value`; nullptr: nobody tried.
  const Write* Find(TextId key, TextId value) const;

  // Among deletes of `key`, and writes of no value, (those that may have happened) invoked at `by`
  // or before: the latest return; kNever if one may happen yet; INT64_MIN if there are none.
  int64_t LatestDelete(TextId key, int64_t by) const;

 private:
  void AddWrite(TextId key, TextId value, uint32_t operation, const Operation& op);
  void AddTxn(const Transaction& txn, uint32_t operation, const Operation& op);
  void AddDelete(const Operation& op);

  absl::flat_hash_map<uint64_t, Write> writes_;  // by KeyValue
  // Of each key, by time of invocation: that time, and the latest return up to there.
  absl::flat_hash_map<TextId, std::vector<std::pair<int64_t, int64_t>>> deletes_;
};

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_WRITTEN_H_
