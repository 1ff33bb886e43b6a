// What a node has written to its stderr.
#ifndef TIDEMARK_CLIENT_CLI_NODE_LOG_H_
#define TIDEMARK_CLIENT_CLI_NODE_LOG_H_

#include <string>
#include <string_view>

namespace tidemark::client {

// The last line that the node wrote to its log in `dir`; empty: it wrote none.
std::string LastWords(std::string_view dir, std::string_view node);

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_NODE_LOG_H_
