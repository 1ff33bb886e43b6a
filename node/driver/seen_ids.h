// What a node remembers of the messages that it has read, by Maelstrom's count of them: so that
// `--data-dir auto` tells a restart within a test from the next test of the same process, which
// counts anew. It lies in a mapped file: a process that is killed loses nothing, and nothing is
// synced, since after a crash of the machine there is no such test any more.
#ifndef TIDEMARK_NODE_DRIVER_SEEN_IDS_H_
#define TIDEMARK_NODE_DRIVER_SEEN_IDS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace tidemark::driver {

class SeenIds {
 public:
  // The file at `path`, made where it is missing. One process at a time. Errors: the system's.
  static absl::StatusOr<std::unique_ptr<SeenIds>> Open(const std::string& path);
  ~SeenIds();
  SeenIds(const SeenIds&) = delete;
  SeenIds& operator=(const SeenIds&) = delete;

  // The init of a cluster of `nodes` came as message `id`. Returns which test it belongs to: 1, 2 …
  // A test's first messages are its inits and the answers to them. One that is not beyond all that
  // was read before this process was there has been counted anew.
  uint64_t TestOf(uint64_t id, size_t nodes);
  // Message `id` was read.
  void Saw(uint64_t id);

 private:
  struct Kept {
    uint64_t largest_id = 0;
    uint64_t test = 0;  // zero: none yet
  };

  explicit SeenIds(Kept* kept) : kept_(kept) {}

  Kept* const kept_;  // mapped
};

}  // namespace tidemark::driver

#endif  // TIDEMARK_NODE_DRIVER_SEEN_IDS_H_
