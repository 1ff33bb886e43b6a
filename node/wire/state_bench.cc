// What a state of a million keys takes in memory, and how long its copy stalls whoever applies.
//   bazel run --config=opt //node/wire:state_bench
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "node/base/assert.h"
#include "node/base/random.h"
#include "node/kv/command.h"
#include "node/kv/state_builder.h"
#include "node/kv/state_machine.h"
#include "node/wire/state_codec.h"

namespace tidemark::wire {
namespace {

constexpr uint64_t kKeys = 1'000'000;
constexpr size_t kKeyBytes = 16;
constexpr size_t kValueBytes = 64;
constexpr uint64_t kUnanswered = 32'768;  // outcomes that are kept
constexpr size_t kSliceBytes = 64 << 10;

// Of this thread's own work: others may want the processor, too.
double Micros() {
  timespec now{};
  TM_ASSERT(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

uint64_t ResidentBytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  TM_ASSERT(file != nullptr);
  char line[128] = {};
  TM_ASSERT(std::fgets(line, sizeof line, file) != nullptr);
  std::fclose(file);
  char* end = line;
  std::strtoull(line, &end, 10);  // the program's size
  return std::strtoull(end, nullptr, 10) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

// How long calls took.
class Calls {
 public:
  template <typename Call>
  void Time(const Call& call) {
    const double start = Micros();
    call();
    micros_.push_back(Micros() - start);
  }
  void Print(const char* what) {
    std::sort(micros_.begin(), micros_.end());
    double sum = 0;
    for (const double micros : micros_) sum += micros;
    std::printf("%-44s %8zu calls, mean %8.2f us, 99.9%% %8.1f us, longest %8.1f us\n", what,
                micros_.size(), sum / static_cast<double>(micros_.size()),
                micros_[micros_.size() * 999 / 1000], micros_.back());
  }

 private:
  std::vector<double> micros_;
};

class Bench {
 public:
  void Run() {
    const uint64_t before = ResidentBytes();
    Fill();
    const auto taken = static_cast<double>(ResidentBytes() - before);
    std::printf("memory of %zu keys: %.1f MiB, %.1f bytes a key\n", machine_.size(),
                taken / (1 << 20), taken / static_cast<double>(machine_.size()));
    Overwrite("overwrite one of a million", 1'000'000);
    Copy(false, "next parts, and nothing else");
    Copy(true, "next parts, with a write after each");
    Abandon();
    Restore();
  }

 private:
  static std::string Text(uint64_t number, size_t bytes) {
    std::string digits = std::to_string(number);
    return "\"" + std::string(bytes - 2 - digits.size(), '0') + digits + "\"";
  }

  void Write(uint64_t key, uint64_t value) {
    const uint64_t seq = ++index_;
    const kv::WriteId id{1, seq, seq > kUnanswered ? seq - kUnanswered : 0};
    const kv::Command command{id, kv::Write{Text(key, kKeyBytes), Text(value, kValueBytes)}};
    const double start = Micros();
    machine_.Apply(index_, command);
    longest_apply_ = std::max(longest_apply_, Micros() - start);
  }

  void Fill() {
    machine_.Apply(++index_, kv::Command{{}, kv::OpenWriter{"n1", 7, 1}});
    const double start = Micros();
    for (uint64_t key = 0; key < kKeys; ++key) Write(key, key);
    PrintApply("apply, a new key each", kKeys, start);
  }

  void PrintApply(const char* what, uint64_t count, double start) {
    std::printf("%-44s %8llu calls, mean %8.2f us, longest %8.1f us\n", what,
                static_cast<unsigned long long>(count),
                (Micros() - start) / static_cast<double>(count), std::exchange(longest_apply_, 0));
  }

  void Overwrite(const char* what, uint64_t count) {
    const double start = Micros();
    for (uint64_t n = 0; n < count; ++n) Write(random_.Next() % kKeys, n);
    PrintApply(what, count, start);
  }

  void Copy(bool write, const char* what) {
    Calls begin;
    begin.Time([&] { machine_.BeginCopy(); });
    begin.Print("begin a copy, of 32,768 outcomes too");
    bytes_.clear();
    Calls next;
    std::vector<kv::StatePart> parts;
    uint64_t writes = 0;
    for (bool more = true; more;) {
      next.Time([&] { more = machine_.NextParts(kSliceBytes, &parts); });
      for (const kv::StatePart& part : parts) AppendStatePart(part, &bytes_);
      for (int n = 0; write && n < 200; ++n, ++writes) Write(random_.Next() % kKeys, writes);
    }
    next.Print(what);
    std::printf("  %llu writes meanwhile, the longest %.1f us; the copy has %.1f MiB\n",
                static_cast<unsigned long long>(writes), std::exchange(longest_apply_, 0),
                static_cast<double>(bytes_.size()) / (1 << 20));
  }

  void Abandon() {
    machine_.BeginCopy();
    Overwrite("overwrite, all of it kept aside", 500'000);
    Calls abandon;
    abandon.Time([&] { machine_.AbandonCopy(); });
    abandon.Print("abandon the copy");
  }

  void Restore() {
    const double start = Micros();
    kv::StateBuilder builder;
    StateReader reader([&](const kv::StatePart& part) { return builder.Add(part); });
    for (size_t at = 0; at < bytes_.size(); at += kSliceBytes) {
      TM_ASSERT(reader.Feed(std::string_view(bytes_).substr(at, kSliceBytes)).ok());
    }
    TM_ASSERT(reader.Finish().ok());
    auto restored = builder.Finish();
    TM_ASSERT(restored.ok());
    std::printf("decoded and built again in %.0f ms\n", (Micros() - start) / 1000);
    TimeHash(**restored);
  }

  static void TimeHash(const kv::StateMachine& machine) {
    constexpr int kTimes = 1'000'000;
    uint64_t sum = 0;
    const double start = Micros();
    for (int i = 0; i < kTimes; ++i) sum += machine.Hash();
    std::printf("hash: %.1f ns (%llx)\n", (Micros() - start) * 1000 / kTimes,
                static_cast<unsigned long long>(sum));
  }

  kv::StateMachine machine_;
  uint64_t index_ = 0;
  Random random_{1};
  double longest_apply_ = 0;
  std::string bytes_;
};

}  // namespace
}  // namespace tidemark::wire

int main() {
  tidemark::wire::Bench().Run();
  return 0;
}
