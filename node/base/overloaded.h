// A function for each alternative of a variant: without a generic one among them, an alternative
// that is forgotten does not compile.
#ifndef TIDEMARK_NODE_BASE_OVERLOADED_H_
#define TIDEMARK_NODE_BASE_OVERLOADED_H_

namespace tidemark {

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

}  // namespace tidemark

#endif  // TIDEMARK_NODE_BASE_OVERLOADED_H_
