#include "harness/crash/kill_run.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "harness/cluster/process.h"
#include "node/wire/json.h"

namespace tidemark::crash {
namespace {

// Small enough for segments to fill up and snapshots to be taken every few cycles; elections so
// short that a cycle need not wait long for one.
std::vector<std::string> Command(const std::string& program) {
  return {program,
          "--segment-bytes=65536",
          "--max-line-bytes=16384",
          "--snapshot-log-bytes=65536",
          "--heartbeat-ms=10",
          "--election-timeout-ms",
          "40",
          "80",
          "--bootstrap-delay-ms=1",
          "--log-level=warning"};
}

std::vector<std::string> Names(int count) {
  std::vector<std::string> names;
  for (int i = 1; i <= count; ++i) names.push_back(absl::StrCat("n", i));
  return names;
}

std::string DataDir(const KillOptions& options) { return options.dir + "/data"; }

cluster::WorldOptions HowToRun(const KillOptions& options) {
  cluster::WorldOptions world;
  world.names = Names(options.nodes);
  world.command = Command(options.node_program);
  world.delay = Duration::Millis(0);
  world.data_dir = DataDir(options);
  world.stderr_dir = options.dir;
  world.patience = options.patience;
  return world;
}

}  // namespace

KillRun::KillRun(const KillOptions& options)
    : options_(options),
      random_(options.seed),
      names_(Names(options.nodes)),
      world_(HowToRun(options)) {
  for (int i = 1; i <= options.clients; ++i) clients_.emplace_back(i, random_.Next());
  world_.set_show_peers(true);
}

absl::Status KillRun::Run() {
  absl::Status status = world_.StartAndInit(names_);
  while (status.ok() && report_.cycles < options_.cycles) {
    status = Cycle();
    if (status.ok()) ++report_.cycles;
  }
  if (status.ok()) status = ReadAllLists();
  if (status.ok()) status = CheckDisks();
  for (const SessionClient& client : clients_) report_.acknowledged += client.acknowledged();
  report_.took = world_.Now() - Time{};
  if (status.ok()) return status;
  return absl::Status(
      status.code(), absl::StrCat("in cycle ", report_.cycles + 1, " of seed ", options_.seed, ": ",
                                  std::string(status.message())));
}

absl::Status KillRun::Cycle() {
  // Often in the middle of an election, or while the nodes that came back are still catching up.
  const int64_t answers = random_.Between(0, 3) == 0 ? 0 : random_.Between(1, 150);
  if (absl::Status served = ServeUntil(answers_ + answers); !served.ok()) return served;
  return KillSome();
}

absl::Status KillRun::ServeUntil(int64_t answers) {
  Time limit = world_.Now() + options_.patience;
  while (answers_ < answers) {
    const int64_t before = answers_;
    AskAll();
    if (absl::Status polled = world_.Poll(limit - world_.Now()); !polled.ok()) return polled;
    if (absl::Status taken = TakeSeen(); !taken.ok()) return taken;
    if (answers_ > before) limit = world_.Now() + options_.patience;
    if (world_.Now() >= limit) {
      return absl::UnavailableError("the nodes answer nobody any more");
    }
  }
  return absl::OkStatus();
}

void KillRun::AskAll() {
  for (SessionClient& client : clients_) {
    if (client.waiting()) continue;
    const std::string& node = AnyNode();
    (void)world_.Send(node, client.Ask(node));
  }
}

absl::Status KillRun::ReadAllLists() {
  for (SessionClient& client : clients_) {
    while (true) {
      const Time limit = world_.Now() + options_.patience;
      while (client.waiting() && world_.Now() < limit) {
        if (absl::Status polled = world_.Poll(limit - world_.Now()); !polled.ok()) return polled;
        if (absl::Status taken = TakeSeen(); !taken.ok()) return taken;
      }
      if (client.waiting()) return absl::UnavailableError("a list cannot be read");
      const std::string& node = AnyNode();
      const std::string read = client.AskForNextList(node);
      if (read.empty()) break;
      if (absl::Status sent = world_.Send(node, read); !sent.ok()) return sent;
    }
  }
  return absl::OkStatus();
}

absl::Status KillRun::CheckDisks() {
  for (const std::string& name : names_) {
    if (absl::Status killed = world_.Kill(name); !killed.ok()) return killed;
  }
  auto check = cluster::Process::Spawn({{options_.node_program, "check", DataDir(options_)}, ""});
  if (!check.ok()) return check.status();
  std::string said;
  while (!(*check)->output_ended() && (*check)->Await(options_.patience)) {
    while (const auto line = (*check)->NextLine()) said.append(*line).push_back('\n');
  }
  const cluster::ExitStatus end = (*check)->Reap(options_.patience);
  if (end == cluster::ExitStatus{}) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("node check ", end.ToString(), ": ", said));
}

absl::Status KillRun::TakeSeen() {
  for (const cluster::Seen& seen : world_.TakeSeen()) {
    if (const auto* exit = std::get_if<cluster::Exit>(&seen)) {
      return absl::DataLossError(absl::StrCat(exit->node, " ", exit->status.ToString()));
    }
    absl::Status taken = Take(std::get<cluster::Line>(seen));
    if (!taken.ok()) return taken;
  }
  return absl::OkStatus();
}

absl::Status KillRun::Take(const cluster::Line& line) {
  if (world_.Owns(line.to)) return terms_.See(line);
  const auto client = std::find_if(clients_.begin(), clients_.end(),
                                   [&](const SessionClient& c) { return c.name() == line.to; });
  const absl::StatusOr<wire::Json> message = wire::ParseJson(line.text);
  const wire::Json* body = message.ok() ? message->Find("body") : nullptr;
  if (client == clients_.end() || body == nullptr) {
    return absl::DataLossError(absl::StrCat(line.node, " says to nobody: ", line.text));
  }
  ++answers_;
  return client->Take(*body);
}

absl::Status KillRun::KillSome() {
  std::vector<std::string> victims = names_;
  for (size_t i = victims.size() - 1; i > 0; --i) {
    std::swap(victims[i],
              victims[static_cast<size_t>(random_.Between(0, static_cast<int64_t>(i)))]);
  }
  const int64_t draw = random_.Between(1, 10);
  victims.resize(draw <= 7 ? 1 : draw <= 8 ? std::min<size_t>(2, victims.size()) : victims.size());
  for (const std::string& name : victims) {
    if (absl::Status killed = world_.Kill(name); !killed.ok()) return killed;
    ++report_.kills;
    for (SessionClient& client : clients_) {
      if (client.asked() == name) client.Lost();
    }
  }
  for (const std::string& name : victims) {
    absl::Status started = world_.Restart(name, cluster::World::Data::kKeep);
    if (!started.ok()) return started;
  }
  for (const std::string& name : victims) {
    if (absl::Status ready = world_.Init(name); !ready.ok()) return ready;
  }
  return absl::OkStatus();
}

const std::string& KillRun::AnyNode() {
  return names_[static_cast<size_t>(random_.Between(0, static_cast<int64_t>(names_.size()) - 1))];
}

}  // namespace tidemark::crash
