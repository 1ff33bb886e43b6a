#include "client_cli/completion.h"

#include <algorithm>

#include "client_cli/help.h"

namespace tidemark::client {
namespace {

std::vector<std::string> CommandNames() {
  std::vector<std::string> names;
  for (const CommandHelp& command : AllCommands()) {
    names.emplace_back(command.name);
    names.insert(names.end(), command.aliases.begin(), command.aliases.end());
  }
  return names;
}

std::vector<std::string> ArgumentsOf(std::string_view command,
                                     const std::vector<std::string>& nodes) {
  if (command == "help") return CommandNames();
  if (command == "session") return {"reset"};
  if (command == "ryw" || command == "get") {
    return {"--leader", "--explain", "--index", "--max-wait"};
  }
  for (std::string_view takes_nodes : {"use", "status", "kill", "restart", "partition"}) {
    if (command == takes_nodes) return nodes;
  }
  return {};
}

}  // namespace

std::string_view WordBefore(std::string_view line_before_cursor) {
  const size_t blank = line_before_cursor.find_last_of(" \t|");
  return blank == std::string_view::npos ? line_before_cursor
                                         : line_before_cursor.substr(blank + 1);
}

std::vector<std::string> Completions(std::string_view line_before_cursor,
                                     const std::vector<std::string>& nodes) {
  const size_t begin =
      std::min(line_before_cursor.find_first_not_of(" \t"), line_before_cursor.size());
  const std::string_view line = line_before_cursor.substr(begin);
  const size_t blank = line.find_first_of(" \t");
  std::vector<std::string> candidates =
      blank == std::string_view::npos ? CommandNames() : ArgumentsOf(line.substr(0, blank), nodes);
  const std::string_view word = WordBefore(line);
  std::erase_if(candidates, [&](const std::string& candidate) {
    return std::string_view(candidate).substr(0, word.size()) != word;
  });
  return candidates;
}

std::string CommonBeginning(const std::vector<std::string>& texts) {
  if (texts.empty()) return "";
  std::string common = texts.front();
  for (const std::string& text : texts) {
    auto [differs, unused] = std::mismatch(common.begin(), common.end(), text.begin(), text.end());
    common.erase(differs, common.end());
  }
  return common;
}

}  // namespace tidemark::client
