// Three real nodes on disks of a few megabytes that fill up, over and over: writes are refused and
// say so, reads go on, votes are still cast, and service resumes by itself when there is space.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "harness/cluster/real_world.h"
#include "harness/cluster/temp_dir.h"
#include "harness/crash/dialogue.h"
#include "harness/crash/small_disk.h"
#include "harness/node_program.h"

namespace tidemark::crash {
namespace {

// More than all logs of a run: a snapshot that failed is tried again only some seconds later, and
// there is space for less than that.
constexpr uint64_t kDiskBytes = uint64_t{8} << 20;
constexpr size_t kValueBytes = 2'000;
constexpr int kKeys = 50;
constexpr int64_t kUnavailable = 11;
constexpr Duration kPatience = Duration::Millis(30'000);
const std::vector<std::string> kNames = {"n1", "n2", "n3"};

cluster::WorldOptions HowToRun(const std::string& program, const std::string& dir) {
  cluster::WorldOptions options;
  options.names = kNames;
  options.command = {program,
                     "--segment-bytes=65536",
                     "--max-line-bytes=16384",
                     "--snapshot-log-bytes=262144",
                     "--bootstrap-delay-ms=1",
                     "--request-timeout-ms=1000",
                     "--election-timeout-ms",
                     "500",
                     "1000"};
  options.delay = Duration::Millis(0);
  options.data_dir = dir;
  options.stderr_dir = dir;
  options.patience = kPatience;
  return options;
}

absl::Status Wrong(const std::string& what, const wire::Json& body) {
  return absl::InternalError(absl::StrCat(what, ": ", body.Spaced()));
}

class FullDisks {
 public:
  FullDisks(const std::string& program, const std::string& dir)
      : dir_(dir), world_(HowToRun(program, dir)), dialogue_(&world_, kPatience) {}

  absl::Status Run(int cycles) {
    for (const std::string& name : kNames) {
      auto disk = SmallDisk::Mount(absl::StrCat(dir_, "/", name), kDiskBytes);
      if (!disk.ok()) return disk.status();
      disks_.emplace(name, *std::move(disk));
    }
    if (absl::Status started = world_.StartAndInit(kNames); !started.ok()) return started;
    for (int cycle = 1; cycle <= cycles; ++cycle) {
      if (absl::Status status = Cycle(); !status.ok()) {
        return absl::InternalError(
            absl::StrCat("in cycle ", cycle, ": ", std::string(status.message()), WhatNodesSay()));
      }
    }
    return absl::OkStatus();
  }
  Duration slowest() const { return slowest_; }
  int acknowledged() const { return acknowledged_; }
  int reads_while_full() const { return reads_while_full_; }

 private:
  std::string WhatNodesSay() {
    std::string said;
    for (const std::string& name : kNames) {
      const absl::StatusOr<wire::Json> body = dialogue_.Ask(name, Status());
      absl::StrAppend(&said, "\n", name, ": ",
                      body.ok() ? body->Spaced() : std::string(body.status().message()));
      std::ifstream errors(absl::StrCat(dir_, "/", name, ".stderr"));
      for (std::string line; std::getline(errors, line);) absl::StrAppend(&said, "\n  ", line);
    }
    return said;
  }

  absl::Status Cycle() {
    for (absl::Status (FullDisks::*step)() :
         {&FullDisks::WriteALittle, &FullDisks::FillAll, &FullDisks::WriteUntilRefused,
          &FullDisks::ReadEverywhere, &FullDisks::ElectSomebody, &FullDisks::MakeSpace,
          &FullDisks::WriteALittle, &FullDisks::ReadEverywhere}) {
      if (absl::Status done = (this->*step)(); !done.ok()) return done;
    }
    return absl::OkStatus();
  }

  absl::Status FillAll() {
    for (const auto& [name, disk] : disks_) {
      if (absl::Status filled = disk.Fill(); !filled.ok()) return filled;
    }
    const absl::StatusOr<int64_t> term = TermOf(AnyNode());
    if (!term.ok()) return term.status();
    full_at_term_ = *term;
    return absl::OkStatus();
  }

  // True: it was acknowledged. False: it was refused for want of room. Unanswered ones may happen.
  absl::StatusOr<bool> WriteOnce() {
    const int number = ++last_write_;
    const std::string key = absl::StrCat("k", number % kKeys);
    const std::string value = absl::StrCat(number, ":", std::string(kValueBytes, 'v'));
    absl::StatusOr<wire::Json> body = dialogue_.Ask(AnyNode(), Write(key, value));
    if (!body.ok()) return body.status();
    open_[key].push_back(value);
    if (TypeOf(*body) == "write_ok") {
      ++acknowledged_;
      last_index_ = Integer(*body, "commit_index");
      values_[key] = value;
      open_[key].clear();
      return true;
    }
    if (Integer(*body, "code") == kUnavailable) {
      open_[key].pop_back();
      return false;
    }
    // 13: a follower has no room for it, so that it is not committed.
    if (Integer(*body, "code") == 13) return false;
    return Wrong("a write was answered with", *body);
  }

  absl::Status WriteALittle() {
    for (int i = 0; i < 20;) {
      absl::StatusOr<bool> written = WriteOnce();
      if (!written.ok()) return written.status();
      if (*written) ++i;
    }
    return absl::OkStatus();
  }

  absl::Status WriteUntilRefused() {
    for (uint64_t bytes = 0; bytes < 2 * kDiskBytes; bytes += kValueBytes) {
      absl::StatusOr<bool> written = WriteOnce();
      if (!written.ok()) return written.status();
      if (!*written) return absl::OkStatus();
    }
    return absl::InternalError("the disks are full, and writes are acknowledged");
  }

  absl::Status ReadEverywhere() {
    next_reader_.clear();
    for (const auto& [key, value] : values_) {
      const absl::StatusOr<wire::Json> body = ReadSomewhere(key);
      if (!body.ok()) return body.status();
      if (IsRefusal(*body) && full_at_term_) return LedByAnother(*body);
      const std::string found = Text(*body, "value");
      const auto& open = open_[key];
      if (found != value && std::find(open.begin(), open.end(), found) == open.end()) {
        return Wrong(absl::StrCat("a read of ", key, ", which was ", value.substr(0, 10)), *body);
      }
      if (full_at_term_) ++reads_while_full_;
    }
    return absl::OkStatus();
  }

  static bool IsRefusal(const wire::Json& body) { return Integer(body, "code") == kUnavailable; }

  // At any node. One that has no room for what it would have to apply first refuses; then at the
  // leader, which is ahead of it, as what follows is. With space everybody serves, in the end.
  absl::StatusOr<wire::Json> ReadSomewhere(const std::string& key) {
    const Time limit = world_.Now() + kPatience;
    while (true) {
      const std::string node = next_reader_.empty() ? AnyNode() : next_reader_;
      absl::StatusOr<wire::Json> body = dialogue_.Ask(node, Read(key));
      if (!body.ok() || !IsRefusal(*body) || world_.Now() >= limit) return body;
      next_reader_ = Text(*body, "leader");
      if (full_at_term_ && (next_reader_.empty() || next_reader_ == node)) return body;
    }
  }

  // A leader that was elected meanwhile, since this machine was too busy for the former one's
  // heartbeats, can commit nothing as long as the others are full: that `refused` a read is right.
  absl::Status LedByAnother(const wire::Json& refused) {
    int64_t latest = 0;
    for (const std::string& name : kNames) {
      const absl::StatusOr<int64_t> term = TermOf(name);
      if (!term.ok()) return term.status();
      latest = std::max(latest, *term);
    }
    return latest > *full_at_term_ ? absl::OkStatus() : Wrong("refused by its leader", refused);
  }

  absl::StatusOr<int64_t> TermOf(const std::string& name) {
    absl::StatusOr<wire::Json> body = dialogue_.Ask(name, Status());
    if (!body.ok()) return body.status();
    return Integer(*body, "term");
  }

  // The leader is cut off, one of the others has space, the last one is full and must vote.
  absl::Status ElectSomebody() {
    absl::StatusOr<wire::Json> body = dialogue_.Ask(AnyNode(), Status());
    if (!body.ok()) return body.status();
    const std::string leader = Text(*body, "leader");
    std::vector<std::string> others;
    for (const std::string& name : kNames) {
      if (name != leader) others.push_back(name);
    }
    if (others.size() != 2) return Wrong("nobody leads", *body);
    const absl::StatusOr<int64_t> before = TermOf(others[1]);
    if (!before.ok()) return before.status();
    if (absl::Status space = disks_.at(others[0]).Empty(); !space.ok()) return space;
    world_.network().Partition({{leader}});
    const Time limit = world_.Now() + kPatience;
    absl::StatusOr<int64_t> now = before;
    while (now.ok() && *now <= *before && world_.Now() < limit) now = TermOf(others[1]);
    world_.network().Heal();
    if (!now.ok() || *now > *before) return now.status();
    return absl::InternalError(absl::StrCat(others[1], " does not vote with a full disk"));
  }

  // And until a write is acknowledged.
  absl::Status MakeSpace() {
    for (const auto& [name, disk] : disks_) {
      if (absl::Status space = disk.Empty(); !space.ok()) return space;
    }
    full_at_term_.reset();
    const Time begin = world_.Now();
    absl::StatusOr<bool> written = false;
    while (written.ok() && !*written) {
      written = WriteOnce();
      if (world_.Now() - begin > kPatience) return absl::InternalError("service does not resume");
    }
    slowest_ = std::max(slowest_, world_.Now() - begin);
    return written.ok() ? CatchUp() : written.status();
  }

  // Until all have what was acknowledged.
  absl::Status CatchUp() {
    const Time limit = world_.Now() + kPatience;
    int64_t least = -1;
    while (least < last_index_ && world_.Now() < limit) {
      least = last_index_;
      for (const std::string& name : kNames) {
        absl::StatusOr<wire::Json> body = dialogue_.Ask(name, Status());
        if (!body.ok()) return body.status();
        least = std::min(least, Integer(*body, "applied_index"));
      }
    }
    if (least >= last_index_) return absl::OkStatus();
    return absl::InternalError(
        absl::StrCat("there is space, and a node does not catch up to ", last_index_));
  }

  const std::string& AnyNode() { return kNames[next_node_++ % kNames.size()]; }

  const std::string dir_;
  std::map<std::string, SmallDisk> disks_;  // by node
  cluster::RealWorld world_;
  Dialogue dialogue_;
  std::map<std::string, std::string> values_;             // acknowledged last, by key
  std::map<std::string, std::vector<std::string>> open_;  // that came later and may be there
  int last_write_ = 0;
  int acknowledged_ = 0;
  int64_t last_index_ = 0;  // of an acknowledged write
  size_t next_node_ = 0;
  std::string next_reader_;              // empty: any node will do
  std::optional<int64_t> full_at_term_;  // while the disks are full: the term when they got so
  int reads_while_full_ = 0;
  Duration slowest_;
};

absl::Status Run(const std::string& given, int cycles) {
  const absl::StatusOr<std::string> program = FindNodeProgram(given);
  if (!program.ok()) return program.status();
  const absl::StatusOr<cluster::TempDir> dir = cluster::TempDir::Create();
  if (!dir.ok()) return dir.status();
  if (absl::Status entered = EnterOwnMounts(); !entered.ok()) return entered;
  FullDisks disks(*program, dir->path());
  absl::Status status = disks.Run(cycles);
  std::printf(
      "%d writes acknowledged, %d reads served while full; service came back within %lld ms\n",
      disks.acknowledged(), disks.reads_while_full(),
      static_cast<long long>(disks.slowest().ToMillis()));
  if (!status.ok() || disks.reads_while_full() > 0) return status;
  return absl::InternalError("no read was served while the disks were full");
}

int Main(int argc, char** argv) {
  CLI::App app("fills up the disks of real nodes");
  int cycles = 20;
  std::string given;
  app.add_option("--cycles", cycles, "how often")->take_last();
  app.add_option("--node", given, "the node's program");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = Run(given, cycles);
  if (status.ok()) return 0;
  std::printf("%s\n", std::string(status.message()).c_str());
  return 1;
}

}  // namespace
}  // namespace tidemark::crash

int main(int argc, char** argv) { return tidemark::crash::Main(argc, argv); }
