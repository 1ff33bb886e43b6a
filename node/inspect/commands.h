// The node's subcommands that look into directories: check and dump.
#ifndef TIDEMARK_NODE_INSPECT_COMMANDS_H_
#define TIDEMARK_NODE_INSPECT_COMMANDS_H_

#include <optional>
#include <string>

#include "CLI/CLI.hpp"
#include "node/inspect/dump.h"
#include "node/storage/file_system.h"

namespace tidemark::inspect {

enum ExitStatus : int {
  kExitWell = 0,
  kExitOutputGone = 1,
  kExitDamaged = 3,  // or cannot be read
  kExitInUse = 5,    // a node is running there
};

class Commands {
 public:
  // Adds them to `app`, which must not be used without this object.
  explicit Commands(CLI::App* app);

  // After `app` has parsed the command line: does what was asked for, on stdout, and returns the
  // exit status. nullopt: neither was asked for.
  std::optional<int> Run(storage::FileSystem* file_system) const;

 private:
  CLI::App* check_;
  CLI::App* dump_;
  std::string dir_;
  DumpOptions dump_options_;
};

}  // namespace tidemark::inspect

#endif  // TIDEMARK_NODE_INSPECT_COMMANDS_H_
