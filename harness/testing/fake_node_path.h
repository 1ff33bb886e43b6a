// The fake node's program, as tests that have it in their `data` find it.
#ifndef TIDEMARK_HARNESS_TESTING_FAKE_NODE_PATH_H_
#define TIDEMARK_HARNESS_TESTING_FAKE_NODE_PATH_H_

#include <string>

namespace tidemark::testing {

inline std::string FakeNode() { return "harness/testing/fake_node"; }

}  // namespace tidemark::testing

#endif  // TIDEMARK_HARNESS_TESTING_FAKE_NODE_PATH_H_
