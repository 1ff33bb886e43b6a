// Assertions about ourselves. They stay on in release builds: a node that has found its own state
// impossible must stop before it answers anybody. Bytes from outside are never asserted on.
#ifndef TIDEMARK_NODE_BASE_ASSERT_H_
#define TIDEMARK_NODE_BASE_ASSERT_H_

namespace tidemark {

// Prints the failed condition with its place on stderr and aborts.
[[noreturn]] void AssertionFailed(const char* condition, const char* file, int line);

}  // namespace tidemark

// One condition an assertion: the message is the condition, so that it names what broke.
#define TM_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::tidemark::AssertionFailed(#condition, __FILE__, __LINE__))

#endif  // TIDEMARK_NODE_BASE_ASSERT_H_
