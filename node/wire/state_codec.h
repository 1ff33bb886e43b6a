// Stand-in.
#ifndef TIDEMARK_NODE_WIRE_STATE_CODEC_H_
#define TIDEMARK_NODE_WIRE_STATE_CODEC_H_
#include <string>
#include "node/kv/state_part.h"
namespace tidemark::wire {
inline void AppendStatePart(const kv::StatePart& part, std::string* out) {
  out->push_back(static_cast<char>(part.index()));
}
}  // namespace tidemark::wire
#endif
