#include "client_cli/node_log.h"

#include <fstream>
#include <utility>

#include "node/base/concat.h"

namespace tidemark::client {

std::string LastWords(std::string_view dir, std::string_view node) {
  std::ifstream log(Concat(dir, "/", node, ".stderr"));
  std::string last;
  for (std::string line; std::getline(log, line);) {
    if (!line.empty()) last = std::move(line);
  }
  return last;
}

}  // namespace tidemark::client
