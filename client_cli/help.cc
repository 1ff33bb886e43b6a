#include "client_cli/help.h"

#include <algorithm>

#include "node/base/concat.h"

namespace tidemark::client {
namespace {

constexpr std::string_view kWords =
    "\n"
    "Keys and values are JSON where a word is JSON (1, true, null, \"a b\", {\"a\": 1}, [1, 2]), "
    "and\n"
    "strings otherwise (x, hello, 007). Blanks separate words, but not inside \"…\", {…} and […].\n"
    "'…' keeps anything together and takes the quotes away. To write the string 1: \"1\".\n"
    "# begins a comment. The prompt shows the node in use and the index that was seen here.\n"
    "help COMMAND says more about one.\n";

// On the screen, not in bytes.
size_t WidthOf(std::string_view utf8) {
  return static_cast<size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string Padded(std::string_view text, size_t width) {
  return std::string(text).append(std::max(width, WidthOf(text) + 1) - WidthOf(text), ' ');
}

std::string Overview() {
  constexpr size_t kUsageWidth = 36;
  std::string text;
  for (const CommandHelp& command : AllCommands()) {
    ConcatTo(&text, "  ", Padded(command.usage, kUsageWidth), command.summary, "\n");
  }
  return text.append(kWords);
}

std::string One(const CommandHelp& command) {
  std::string text = Concat(command.usage, "\n  ", command.summary, "\n");
  if (!command.details.empty()) ConcatTo(&text, command.details);
  std::string_view separator = "  Also: ";
  for (std::string_view alias : command.aliases) {
    ConcatTo(&text, separator, alias);
    separator = ", ";
  }
  if (!command.aliases.empty()) text += '\n';
  return text;
}

}  // namespace

const std::vector<CommandHelp>& AllCommands() {
  static const auto& commands = *new std::vector<CommandHelp>{
      {"write",
       {"set", "put"},
       "write KEY VALUE",
       "Write, and remember the index at which it is committed",
       "  The answer comes when a majority has it and the leader has applied it. At any node: a\n"
       "  follower forwards to the leader. A node that dies or keeps silent is no harm: the same\n"
       "  write goes to the next one, and happens once. If nobody tells what came of it, that is\n"
       "  asked for (see fate). So for cas, delete and txn. Examples:\n"
       "    write x new    write x \"a b\"    write 1 2    write x {\"a\": [1, null]}\n"},
      {"read",
       {},
       "read KEY",
       "Read, linearizable: the newest value there is",
       "  The leader makes sure with a majority that it still leads, so this needs a majority and\n"
       "  a round of messages. get needs neither.\n"},
      {"get",
       {"ryw"},
       "get KEY [--leader] [--explain] …",
       "Read what this session has seen, or newer",
       "  The node in use answers if it has come as far as this session (the index in the "
       "prompt),\n"
       "  or if the session's token proves that what its log holds is enough; otherwise it waits\n"
       "  briefly, or hands the read to the leader.\n"
       "    --leader       not by a follower: the leader is to answer (prefer_follower false)\n"
       "    --explain      show the numbers behind that decision\n"
       "    --index N      by this index alone, without the session's token\n"
       "    --max-wait MS  how long the node may wait for what it lacks, before it hands the read "
       "on "
       "(100)\n"},
      {"cas",
       {},
       "cas KEY FROM TO [--create]",
       "Write TO if the value is FROM",
       "    --create     write TO also where the key is missing\n"},
      {"delete", {"del"}, "delete KEY", "Delete a key; a missing one is error 20", ""},
      {"txn",
       {},
       "txn r KEY | w KEY VALUE | append …",
       "Several operations as one: r, w and append",
       "  All or nothing, at one place of the log. Either as words, or as JSON:\n"
       "    txn r x w y 1 append z 2\n"
       "    txn [[\"r\", \"x\", null], [\"w\", \"y\", 1], [\"append\", \"z\", 2]]\n"},
      {"fate",
       {},
       "fate WRITER SEQ [TAG]",
       "What came of a write whose outcome is not known",
       "  An error 13 names the write: its write_id. For those of this session the tag may be "
       "left\n"
       "  out. The answer is for good: it was committed or\n"
       "  refused; or it has not arrived and is cancelled, so that it is safe to do again; or\n"
       "  too much has happened since, and nobody knows any more.\n"},
      {"use", {}, "use NODE", "Talk to this node from now on", ""},
      {"status",
       {},
       "status [NODE]",
       "Role, term and indexes of all nodes, or of one",
       "  last: the log's last index; commit: known to be committed; applied: what reads there\n"
       "  see. A leader's row says how far it knows each follower's log to be.\n"},
      {"session",
       {},
       "session [TOKEN|INDEX|reset]",
       "Show what was seen here, or take it over from elsewhere",
       "  A session is its token, CLUSTER:INDEX:TERM:STAMP: whoever sends it reads nothing older,\n"
       "  and nothing of another history. Each answer brings one; the newest is kept.\n"
       "    session TOKEN  goes on with what another session has seen\n"
       "    session INDEX  begins anew with an index alone: enough for reading what was written\n"
       "                   up to it, but it names no history and proves nothing\n"
       "    session reset  begins anew: adopts whatever history the cluster has\n"},
      {"kill",
       {},
       "kill NODE",
       "End a node's process (SIGKILL)",
       "  If it is the node in use, the next one that runs is used from then on.\n"},
      {"restart",
       {},
       "restart NODE [--wipe]",
       "Start a node again, with the data it had on disk",
       "  A node that runs is killed first.\n"
       "    --wipe       without its data: it comes back as somebody new, who learns all there "
       "is,\n"
       "                 serves get, and counts in no majority; nothing can change that yet. When\n"
       "                 a majority has been wiped, the cluster is lost: exit and begin anew\n"},
      {"partition",
       {},
       "partition NODE … | NODE …",
       "Lose all messages between these groups, until heal",
       "  Nodes that are not named form one more group. Ends an earlier partition. You reach all\n"
       "  nodes all the time. Example: partition n1 | n2 n3\n"},
      {"heal", {}, "heal", "End the partition", ""},
      {"help", {"?"}, "help [COMMAND]", "This list, or more about one command", ""},
      {"exit", {"quit"}, "exit", "End the session and its nodes (also Ctrl-D)", ""},
  };
  return commands;
}

const CommandHelp* FindCommand(std::string_view name) {
  for (const CommandHelp& command : AllCommands()) {
    const auto& aliases = command.aliases;
    if (command.name == name || std::find(aliases.begin(), aliases.end(), name) != aliases.end()) {
      return &command;
    }
  }
  return nullptr;
}

std::string HelpText(std::string_view topic) {
  if (topic.empty()) return Overview();
  const CommandHelp* command = FindCommand(topic);
  return command == nullptr ? "" : One(*command);
}

}  // namespace tidemark::client
