// The commands as a person reads about them.
#ifndef TIDEMARK_CLIENT_CLI_HELP_H_
#define TIDEMARK_CLIENT_CLI_HELP_H_

#include <string>
#include <string_view>
#include <vector>

namespace tidemark::client {

struct CommandHelp {
  std::string_view name;
  std::vector<std::string_view> aliases;
  std::string_view usage;    // "write KEY VALUE"
  std::string_view summary;  // one line
  std::string_view details;  // lines, each with its newline; may be empty
};

// In the order in which `help` lists them.
const std::vector<CommandHelp>& AllCommands();

// By name or alias; nullptr: there is none.
const CommandHelp* FindCommand(std::string_view name);

// All commands and how words are read, or, with a command's name, that command. Ends with a
// newline. For a name that is no command: empty.
std::string HelpText(std::string_view topic);

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_HELP_H_
