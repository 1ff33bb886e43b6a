// Histories that Jepsen and Maelstrom leave behind (history.edn), and Knossos' samples.
//
// A sequence of maps, alone or in one vector or list, each an event:
//
//   {:type :invoke, :process 2, :f :write, :value [0 3], :time 123, :index 0}
//   {:type :ok, :process 2, :f :write, :value [0 3], :time 140, :index 1}
//
//   :type     :invoke, :ok, :fail (did not happen) or :info (may have happened, may happen yet)
//   :process  an integer: a session. Events of others (:nemesis) are left out, and counted
//   :f        :read, :write, :cas, :delete or :txn
//   :value    what was read or written, nil for a read that is not answered; for :cas [from to];
//             for :txn [[:r k v] [:w k v] [:append k v]]. Where the history has several keys:
//             [key value]
//   :error    of a :fail: :key-does-not-exist or :precondition-failed, or a list that begins with
//             one, or Maelstrom's codes 20 and 22 say that the state was looked at
//
// The order of the events is their time, as for Knossos; all else is skipped. A read that was
// answered nil found nothing, and a write of nil leaves nothing behind: a register begins as nil.
// (Knossos's own registers let a read of nil pass whatever they hold.)
#ifndef TIDEMARK_HARNESS_CHECK_EDN_H_
#define TIDEMARK_HARNESS_CHECK_EDN_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "harness/check/history.h"

namespace tidemark::check {

// Errors: InvalidArgument, with line and column.
absl::StatusOr<History> ParseEdn(std::string_view text);

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_EDN_H_
