// Answers that did not come, as a person reads it.
#ifndef TIDEMARK_CLIENT_CLI_SILENCE_H_
#define TIDEMARK_CLIENT_CLI_SILENCE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "client_cli/asking.h"
#include "client_cli/transport.h"

namespace tidemark::client {

// For programs: "no_answer", "node_ended", "interrupted".
std::string_view ReasonOf(Silence::Why why);
std::string_view ReasonFor(const Told& told);

// "n1 has not answered within 300 ms"
std::string Describe(const std::string& node, const Silence& silence);
// Of all that gave no answer: "n2 and n3 have not answered within 300 ms, n1 ended before it
// answered". REQUIRES: there is one.
std::string NoAnswer(const Told& told);
// Beside the answer of somebody else: "n1 ended, n2 did not answer"; empty: nobody did.
std::string WhoKeptSilent(const Told& told);

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_SILENCE_H_
