// Whom a reply is from, for telling it to a person.
#ifndef TIDEMARK_CLIENT_CLI_ASKED_H_
#define TIDEMARK_CLIENT_CLI_ASKED_H_

#include <cstdint>
#include <string>

namespace tidemark::client {

struct Asked {
  std::string node;   // who answered
  uint64_t need = 0;  // what a ryw_read must at least have come to
  int64_t took_ms = 0;
  std::string others = "";  // who was asked before and did not answer: "n1 ended"; empty: nobody
  bool opening = false;     // a client id was asked for, on behalf of a write
  std::string remedy = "";  // what would bring back a leader, as far as the client can tell
};

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_ASKED_H_
