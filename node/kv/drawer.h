// Draws entries that meet each other often: few keys, few values, few ids, small limits.
#ifndef TIDEMARK_NODE_KV_DRAWER_H_
#define TIDEMARK_NODE_KV_DRAWER_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "node/base/limits.h"
#include "node/base/overloaded.h"
#include "node/base/random.h"
#include "node/kv/command.h"
#include "node/kv/writers.h"

namespace tidemark::kv {

struct TermBegins {
  uint64_t term = 0;
  uint32_t stamp = 0;
};
struct Configured {
  uint32_t cluster = 0;
  Limits limits;
};
using Step = std::variant<Command, TermBegins, Configured>;

class Drawer {
 public:
  explicit Drawer(uint64_t seed);

  uint64_t Below(uint64_t n) { return random_.Next() % n; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }

  WriterLimits SmallLimits();
  // What stands at `index`, which rises by one from call to call.
  Step Draw(LogIndex index);

  // What changes data, and nothing but data.
  Operation OnData();
  std::vector<std::string> keys() const;

 private:
  Command ACommand(LogIndex index);
  // What was sent before, as it was or a little different.
  Command Again(LogIndex index);
  Operation AnOperation(LogIndex index, const WriteId& own);
  WriteId Id(LogIndex index, const std::vector<LogIndex>& writers);
  ToldName AName(const WriteId& own);
  WriteName APlainName(const WriteId& own);
  // What the opening at `index` has, if there is one there: right as a rule.
  uint64_t Bits(LogIndex writer);
  // True, or false in every way there is.
  Session ASession(LogIndex index);
  // Such that some of what is drawn is beyond them.
  Limits SomeLimits();
  std::string Key() { return std::to_string(Below(keys_)); }
  std::string AValue();
  Txn ATxn();

  Random random_;
  uint64_t keys_ = 1;
  uint64_t spread_ = 1;
  std::vector<Command> sent_;
  // Where writers may have been opened.
  std::vector<LogIndex> nodes_;
  std::vector<LogIndex> clients_;
  // What is true so far: by index (0 is none), the term there.
  std::vector<TermBegins> terms_{{}};
  uint32_t cluster_ = 0;
};

// `Machine`: the real one, or its twin. A term's beginning gives nothing: an empty Applied.
template <typename Machine>
Applied Take(LogIndex index, const Step& step, Machine* machine) {
  return std::visit(
      Overloaded{[&](const Command& command) { return machine->Apply(index, command); },
                 [&](const TermBegins& term) {
                   machine->BeginTerm(index, term.term, term.stamp);
                   return Applied();
                 },
                 [&](const Configured& configured) {
                   machine->Configure(index, configured.cluster, configured.limits);
                   return Applied();
                 }},
      step);
}

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_DRAWER_H_
