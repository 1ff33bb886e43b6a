// Indeterminate updates whose place in the log nobody knows.
#ifndef TIDEMARK_HARNESS_CHECK_UNPLACED_H_
#define TIDEMARK_HARNESS_CHECK_UNPLACED_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "harness/check/history.h"
#include "harness/check/state.h"

namespace tidemark::check {

class Unplaced {
 public:
  Unplaced(const History& history, const Model& model);

  // One that, had it happened at some time, may explain why `op` met a state that the log does not
  // have; nullopt: there is none.
  std::optional<uint32_t> Explains(const Operation& op) const;

 private:
  void Add(uint32_t operation, const Operation& op);
  void AddStep(uint32_t operation, const TxnStep& step);
  // One that may leave `value` in op's key.
  std::optional<uint32_t> MakerOf(const Operation& op, TextId value) const;
  // What the map has of the key, if it was invoked at `by` or before.
  template <typename Map>
  std::optional<uint32_t> Find(const Map& map, const typename Map::key_type& key, int64_t by) const;

  const History& history_;
  const Model& model_;
  // Of each kind the one that was invoked first.
  absl::flat_hash_map<std::pair<TextId, State>, uint32_t> makers_;
  absl::flat_hash_map<TextId, uint32_t> changers_;   // of keys, to whatever
  absl::flat_hash_map<TextId, uint32_t> appenders_;  // to keys: what they make depends
};

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_UNPLACED_H_
