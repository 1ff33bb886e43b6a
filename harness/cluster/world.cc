#include "harness/cluster/world.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_join.h"
#include "harness/cluster/envelope.h"
#include "node/base/concat.h"
#include "node/wire/json.h"

namespace tidemark::cluster {
namespace {

using wire::Json;

constexpr std::string_view kInitClient = "c0";
constexpr int64_t kInitMsgId = 1;

std::string InitLine(const std::string& name, const std::vector<std::string>& names) {
  std::vector<Json> ids;
  ids.reserve(names.size());
  for (const std::string& id : names) ids.push_back(Json::String(id));
  return Json::Object({{"src", Json::String(std::string(kInitClient))},
                       {"dest", Json::String(name)},
                       {"body", Json::Object({{"type", Json::String("init")},
                                              {"msg_id", Json::Number(kInitMsgId)},
                                              {"node_id", Json::String(name)},
                                              {"node_ids", Json::Array(std::move(ids))}})}})
      .Spaced();
}

absl::Status NotRunning(std::string_view name) {
  return absl::FailedPreconditionError(Concat(name, " is not running"));
}

absl::Status JudgeInitReply(const std::string& name, const std::string& text) {
  std::optional<Envelope> reply = ParseEnvelope(text);
  if (reply && reply->type() == "init_ok" && reply->Integer("in_reply_to") == kInitMsgId) {
    return absl::OkStatus();
  }
  return absl::UnavailableError(Concat(name, " did not answer init with init_ok but: ", text));
}

}  // namespace

World::World(WorldOptions options, Duration init_patience)
    : options_(std::move(options)), network_(options_.delay), init_patience_(init_patience) {}

absl::Status World::Start(const std::string& name, const std::vector<std::string>& args) {
  if (std::find(options_.names.begin(), options_.names.end(), name) == options_.names.end()) {
    return absl::InvalidArgumentError(
        Concat(name, " is not one of the cluster's nodes: ", absl::StrJoin(options_.names, ", ")));
  }
  if (Running(name)) return absl::FailedPreconditionError(Concat(name, " runs already"));
  Node& node = nodes_[name];
  node.name = name;
  node.args = args;
  ++node.starts;

  absl::StatusOr<std::unique_ptr<Process>> process = Process::Spawn(HowToSpawn(node));
  if (!process.ok()) return process.status();
  node.process = *std::move(process);
  node.started_at = Now();
  node.now_ms = 0;
  node.next_ms = -1;
  return absl::OkStatus();
}

SpawnOptions World::HowToSpawn(const Node& node) const {
  SpawnOptions spawn;
  spawn.command = options_.command;
  for (std::string& arg : ClockArguments(node)) spawn.command.push_back(std::move(arg));
  if (!options_.data_dir.empty()) {
    spawn.command.insert(spawn.command.end(), {"--data-dir", options_.data_dir});
  }
  spawn.command.insert(spawn.command.end(), node.args.begin(), node.args.end());
  spawn.stderr_file = options_.stderr_dir.empty()
                          ? "/dev/null"
                          : Concat(options_.stderr_dir, "/", node.name, ".stderr");
  return spawn;
}

absl::Status World::Init(const std::string& name) {
  const size_t seen_before = seen_.size();
  if (absl::Status sent = Send(name, InitLine(name, options_.names)); !sent.ok()) return sent;
  const Time limit = Now() + init_patience_;
  absl::Status status;
  absl::StatusOr<bool> more = true;
  while (!TakeInitOk(name, seen_before, &status)) {
    if (!*more) return absl::UnavailableError(Concat(name, " did not answer init"));
    more = Step(limit);
    if (!more.ok()) return more.status();
  }
  return status;
}

// Takes the first thing that `name` says to the one who initialises it out of what was seen, but
// for the first `from`: those are a former life's.
bool World::TakeInitOk(const std::string& name, size_t from, absl::Status* status) {
  for (auto seen = seen_.begin() + static_cast<ptrdiff_t>(from); seen != seen_.end(); ++seen) {
    if (const Line* line = std::get_if<Line>(&*seen)) {
      if (line->node != name || (!line->to.empty() && line->to != kInitClient)) continue;
      *status = JudgeInitReply(name, line->text);
      seen_.erase(seen);
      return true;
    }
    const Exit& exit = std::get<Exit>(*seen);
    if (exit.node != name) continue;
    *status = absl::UnavailableError(Concat(name, " ", exit.status.ToString(), " at init"));
    return true;
  }
  return false;
}

absl::Status World::StartAndInit(const std::vector<std::string>& names) {
  for (const std::string& name : names) {  // all start up at the same time
    if (absl::Status status = Start(name); !status.ok()) return status;
  }
  for (const std::string& name : names) {
    if (absl::Status status = Init(name); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status World::Kill(const std::string& name) {
  absl::StatusOr<Node*> node = FindRunning(name);
  if (!node.ok()) return node.status();
  (*node)->process->Kill();
  (*node)->process.reset();
  return absl::OkStatus();
}

absl::Status World::Restart(const std::string& name, Data data) {
  if (!Owns(name)) {
    return absl::FailedPreconditionError(Concat(name, " was never started"));
  }
  Node& node = nodes_.at(name);
  node.process.reset();
  if (data == Data::kWipe && !options_.data_dir.empty()) {
    std::error_code error;
    std::filesystem::remove_all(Concat(options_.data_dir, "/", name), error);
    if (error) {
      return absl::InternalError(
          Concat("cannot remove ", options_.data_dir, "/", name, ": ", error.message()));
    }
  }
  return Start(name, std::vector<std::string>(node.args));
}

bool World::Running(const std::string& name) const {
  auto node = nodes_.find(name);
  return node != nodes_.end() && node->second.process != nullptr;
}

bool World::Owns(std::string_view name) const { return nodes_.contains(std::string(name)); }

absl::Status World::Poll(Duration span) {
  const Time limit = Now() + span;
  absl::StatusOr<bool> more = true;
  while (seen_.empty() && more.ok() && *more) more = Step(limit);
  return more.status();
}

absl::Status World::Pass(Duration span) {
  const Time limit = Now() + span;
  absl::StatusOr<bool> more = true;
  while (more.ok() && *more) more = Step(limit);
  return more.status();
}

std::vector<Seen> World::TakeSeen() {
  std::vector<Seen> taken(std::make_move_iterator(seen_.begin()),
                          std::make_move_iterator(seen_.end()));
  seen_.clear();
  return taken;
}

absl::StatusOr<World::Node*> World::FindRunning(const std::string& name) {
  auto node = nodes_.find(name);
  if (node == nodes_.end() || node->second.process == nullptr) return NotRunning(name);
  return &node->second;
}

void World::Route(const Node& node, std::string_view to, std::string_view line) {
  const bool to_peer = Owns(to);
  const auto& names = options_.names;
  const bool early = !to_peer && std::find(names.begin(), names.end(), to) != names.end();
  if (early && options_.mutes_early_words) muted_.insert(node.name);
  if (Muted(node.name)) return;
  if (to_peer) network_.Send(node.name, to, line, Now());
  if (!to_peer || show_peers_) {
    seen_.push_back(Line{Now(), node.name, std::string(to), std::string(line)});
  }
}

void World::NoteExit(Node& node) {
  seen_.push_back(Exit{Now(), node.name, node.process->Reap(options_.patience)});
  node.process.reset();
}

}  // namespace tidemark::cluster
