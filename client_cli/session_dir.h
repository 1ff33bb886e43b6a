// The folder of one session: its nodes' data and logs.
#ifndef TIDEMARK_CLIENT_CLI_SESSION_DIR_H_
#define TIDEMARK_CLIENT_CLI_SESSION_DIR_H_

#include <string>

#include "absl/status/statusor.h"
#include "harness/cluster/temp_dir.h"

namespace tidemark::client {

// Gone at the end. What a session that was killed has left is removed by the next one's Create: a
// folder is in use as long as its owner's lock on it is held, which ends with the owner.
class SessionDir {
 public:
  static absl::StatusOr<SessionDir> Create();
  SessionDir(SessionDir&& other) noexcept;
  SessionDir& operator=(SessionDir&&) = delete;
  ~SessionDir();

  const std::string& path() const { return dir_.path(); }

 private:
  SessionDir(cluster::TempDir dir, int lock);

  cluster::TempDir dir_;
  int lock_;
};

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_SESSION_DIR_H_
