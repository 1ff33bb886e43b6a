// What a person can do about an error.
#ifndef TIDEMARK_CLIENT_CLI_ADVICE_H_
#define TIDEMARK_CLIENT_CLI_ADVICE_H_

#include <string>

#include "node/wire/json.h"

namespace tidemark::client {

// Empty where the node's text says it all. `remedy`: what would bring back a leader; empty:
// unknown.
std::string Advice(const wire::Json& error, const std::string& remedy);

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_ADVICE_H_
