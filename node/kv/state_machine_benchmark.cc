// What Apply costs with 100,000 keys in the machine.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "node/base/random.h"
#include "node/kv/command.h"
#include "node/kv/state_machine.h"

namespace tidemark::kv {
namespace {

constexpr uint64_t kKeys = 100'000;

// A machine that holds all keys, and commands for it: their ids are filled in as they are applied.
class Bench {
 public:
  Bench() {
    machine_.Apply(++index_, Command{{}, OpenWriter{"n1", 7, 1}});
    for (uint64_t i = 0; i < kKeys; ++i) {
      Command command{{}, Write{Key(i), "12345678"}};
      Apply(&command, 0);
    }
  }

  static std::string Key(uint64_t i) { return "\"key" + std::to_string(i) + "\""; }

  void Apply(Command* command, uint64_t unanswered) {
    const uint64_t seq = ++index_;
    command->id = WriteId{1, seq, seq > unanswered ? seq - unanswered : 0};
    benchmark::DoNotOptimize(machine_.Apply(index_, *command));
  }

  std::vector<Command> Writes() {
    Random random(1);
    std::vector<Command> commands;
    for (int i = 0; i < 1 << 16; ++i) {
      commands.push_back(Command{{}, Write{Key(random.Next() % kKeys), std::to_string(i)}});
    }
    return commands;
  }

  StateMachine& machine() { return machine_; }
  LogIndex last() const { return index_; }

 private:
  StateMachine machine_;
  LogIndex index_ = 0;
};

void ApplyWrite(benchmark::State& state) {
  Bench bench;
  std::vector<Command> commands = bench.Writes();
  size_t next = 0;
  for (auto _ : state) {
    bench.Apply(&commands[next], static_cast<uint64_t>(state.range(0)));
    next = (next + 1) % commands.size();
  }
}
// By how many outcomes the writer keeps.
BENCHMARK(ApplyWrite)->Arg(1)->Arg(1000)->Arg(60'000);

void ApplyAppend(benchmark::State& state) {
  Bench bench;
  Command command{{}, Txn{{TxnOp{TxnOp::Kind::kAppend, "\"list\"", "12345678"}}}};
  for (auto _ : state) bench.Apply(&command, 1);
}
// One list that ends up with so many elements: the cost of one append must not grow with it.
BENCHMARK(ApplyAppend)->Iterations(10'000);
BENCHMARK(ApplyAppend)->Iterations(1'000'000);

void HashOfTheState(benchmark::State& state) {
  Bench bench;
  for (auto _ : state) benchmark::DoNotOptimize(bench.machine().Hash());
}
BENCHMARK(HashOfTheState);

// A fork, and so many writes in it: the 100,000 keys below must not be felt.
void ForkAndApply(benchmark::State& state) {
  Bench bench;
  std::vector<Command> commands = bench.Writes();
  commands.resize(static_cast<size_t>(state.range(0)));
  const LogIndex first = bench.last() + 1;
  for (auto _ : state) {
    StateMachine fork(&bench.machine());
    for (LogIndex index = first; Command & command : commands) {
      command.id = WriteId{1, index, index - 1};
      benchmark::DoNotOptimize(fork.Apply(index++, command));
    }
  }
}
BENCHMARK(ForkAndApply)->Arg(0)->Arg(1)->Arg(1000);

}  // namespace
}  // namespace tidemark::kv
