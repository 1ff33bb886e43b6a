// What the Tab key offers.
#ifndef TIDEMARK_CLIENT_CLI_COMPLETION_H_
#define TIDEMARK_CLIENT_CLI_COMPLETION_H_

#include <string>
#include <string_view>
#include <vector>

namespace tidemark::client {

// The word that the cursor stands behind, as far as it was typed; empty behind a blank.
std::string_view WordBefore(std::string_view line_before_cursor);

// What that word can become: commands at the beginning, behind a command nodes, commands or
// options, whatever it takes.
std::vector<std::string> Completions(std::string_view line_before_cursor,
                                     const std::vector<std::string>& nodes);

// The longest beginning that all share; empty where there are none.
std::string CommonBeginning(const std::vector<std::string>& texts);

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_COMPLETION_H_
