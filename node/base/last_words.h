// What a process says on stderr when it is about to end, by whatever cause.
#ifndef TIDEMARK_NODE_BASE_LAST_WORDS_H_
#define TIDEMARK_NODE_BASE_LAST_WORDS_H_

#include <string_view>

namespace tidemark {

// Writes `text` to stderr. A reader is waited for, but for no more than a second: what is not
// written by then is lost. Allocates nothing, so that it can be said that there is no memory.
void SayLast(std::string_view text);

// `hook` is called by the first SayLast before it writes, to let out what was said before and waits
// elsewhere. It must come back within about a second. Null: nothing waits.
void SetBeforeLastWords(void (*hook)());

}  // namespace tidemark

#endif  // TIDEMARK_NODE_BASE_LAST_WORDS_H_
