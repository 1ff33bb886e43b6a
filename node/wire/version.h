#ifndef TIDEMARK_NODE_WIRE_VERSION_H_
#define TIDEMARK_NODE_WIRE_VERSION_H_

#include <string_view>

namespace tidemark::wire {

// What `status` and --version say.
inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_VERSION_H_
