#include "node/base/assert.h"

#include <cstdio>
#include <cstdlib>

#include "node/base/last_words.h"

namespace tidemark {

void AssertionFailed(const char* condition, const char* file, int line) {
  char text[1024];
  std::snprintf(text, sizeof text,
                "%s:%d: assertion failed: %s\n"
                "The node stops here rather than go on from a state that should not exist. Please "
                "report this line together with the node's log.\n",
                file, line, condition);
  SayLast(text);
  std::abort();
}

}  // namespace tidemark
