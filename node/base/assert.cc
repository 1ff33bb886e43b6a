#include "node/base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace tidemark {

void AssertionFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr,
               "%s:%d: assertion failed: %s\n"
               "The node stops here rather than go on from a state that should not exist. Please "
               "report this line together with the node's log.\n",
               file, line, condition);
  std::abort();
}

}  // namespace tidemark
