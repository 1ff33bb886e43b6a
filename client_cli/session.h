// The tidemark of a session: how far a read must at least have come to see what was written here.
#ifndef TIDEMARK_CLIENT_CLI_SESSION_H_
#define TIDEMARK_CLIENT_CLI_SESSION_H_

#include <cstdint>

#include "node/wire/json.h"

namespace tidemark::client {

// What nodes take as last_write_index: more would not survive JSON readers that use doubles.
inline constexpr uint64_t kMaxIndex = (uint64_t{1} << 53) - 1;

class Session {
 public:
  // The largest commit_index of all answers so far: sent with each ryw_read.
  uint64_t last_write_index() const { return last_write_index_; }

  // An answer came. Whatever order answers come in, the index never falls.
  void Observe(const wire::Json& body);

  // The index of another session, or 0 to begin anew.
  void Set(uint64_t index) { last_write_index_ = index; }

 private:
  uint64_t last_write_index_ = 0;
};

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_SESSION_H_
