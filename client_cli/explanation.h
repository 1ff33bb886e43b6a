// The numbers behind a node's decision about a ryw_read, as a person reads them.
#ifndef TIDEMARK_CLIENT_CLI_EXPLANATION_H_
#define TIDEMARK_CLIENT_CLI_EXPLANATION_H_

#include <string>

#include "node/wire/json.h"

namespace tidemark::client {

// Of a reply's `explain`: lines, indented, without the last newline.
std::string RenderExplanation(const wire::Json& explain);

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_EXPLANATION_H_
