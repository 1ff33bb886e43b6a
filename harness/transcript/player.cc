#include "harness/transcript/player.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "harness/base/status_text.h"
#include "harness/cluster/real_world.h"
#include "harness/cluster/virtual_world.h"
#include "node/base/assert.h"
#include "node/base/concat.h"

namespace tidemark::transcript {
namespace {

using cluster::Seen;
using cluster::World;
using wire::Json;

constexpr size_t kExchangesKept = 5;
// How long, in real time, silence is listened to at the end of a transcript.
constexpr Duration kGrace = Duration::Millis(100);

std::string ExitText(const cluster::Exit& exit) {
  Json how = exit.status.signal == 0 ? Json::Number(int64_t{exit.status.code})
                                     : Json::Number(int64_t{exit.status.signal});
  return Json::Object({{"exit", Json::Object({{"node", Json::String(exit.node)},
                                              {exit.status.signal == 0 ? "status" : "signal",
                                               std::move(how)}})}})
      .Spaced();
}

// What was seen, as a line of a transcript.
std::string TextOf(const Seen& seen) {
  if (const auto* line = std::get_if<cluster::Line>(&seen)) return line->text;
  return ExitText(std::get<cluster::Exit>(seen));
}

const std::string& NodeOf(const Seen& seen) {
  if (const auto* line = std::get_if<cluster::Line>(&seen)) return line->node;
  return std::get<cluster::Exit>(seen).node;
}

class Player {
 public:
  Player(const Script& script, const PlayOptions& options) : script_(script), options_(options) {}

  Played Play() {
    blocks_.emplace_back();
    for (size_t i = 0; i < script_.lines.size() && !stop_; ++i) {
      line_ = i;
      std::visit([this](const auto& step) { Do(step); }, script_.lines[i].step);
      NoteArrivals();
    }
    if (!stop_) End();
    return {std::move(run_), std::move(mismatch_), std::move(blocks_)};
  }

 private:
  // --- the steps ---

  void Do(const Silent&) {}

  void Do(const Expected& expected) {
    after_input_ = false;
    if (world_ == nullptr) return Stop(absl::FailedPreconditionError("nothing was started yet"));
    if (!Check(world_->Poll(options_.wait))) return;
    blocks_.back().expected.push_back(line_);
    if (world_->seen().empty()) {
      stop_ = true;
      return Note(Mismatch::Kind::kNothing, "", NodeNamedBy(expected.json));
    }
    auto [came, node] = TakeSeen();
    if (!Matches(script_.lines[line_].text, expected.json, came.text, options_.match)) {
      Differ(Mismatch::Kind::kDiffers, came.text, node);
    }
    Accept(std::move(came));
  }

  void Do(const Input& input) {
    if (!EnsureWorld(input.node)) return;
    if (!after_input_) TakeUnexpected();
    if (stop_) return;
    Anchor();
    after_input_ = true;
    if (!world_->Running(input.node))
      return Cannot(Concat(input.node, " is not running"), input.node);
    Remember(true, input.bytes);
    Check(world_->Send(input.node, input.bytes));
  }

  void Do(const Start& start) {
    Anchor();
    if (world_ == nullptr) MakeWorld(start.nodes, static_cast<uint64_t>(start.seed));
    for (const std::string& name : start.start) {
      if (!Check(world_->Start(name, start.args))) return;
    }
    init_ = start.init;
    for (const std::string& name : start.start) {
      if (init_ && !Check(world_->Init(name))) return;
    }
  }

  void Do(const AdvanceMs& advance) {
    if (!Directive()) return;
    Check(world_->Pass(Duration::Millis(advance.ms)));
  }

  void Do(const DelayMs& delay) {
    if (!Directive()) return;
    const Duration span = Duration::Millis(delay.ms);
    if (delay.link.empty()) {
      world_->network().SetDelay(span);
    } else {
      world_->network().SetDelay(delay.link[0], delay.link[1], span);
    }
  }

  void Do(const Partition& partition) {
    if (Directive()) world_->network().Partition(partition.groups);
  }
  void Do(const Drop& drop) {
    if (Directive()) world_->network().Drop(drop.from, drop.to);
  }
  void Do(const Heal&) {
    if (Directive()) world_->network().Heal();
  }
  void Do(const Show& show) {
    if (Directive()) world_->set_show_peers(show.raft);
  }

  void Do(const Kill& kill) {
    if (!Directive()) return;
    if (!world_->Running(kill.node)) return Cannot(Concat(kill.node, " is not running"), kill.node);
    Check(world_->Kill(kill.node));
  }

  void Do(const Restart& restart) {
    if (!Directive()) return;
    const auto data = restart.wipe ? World::Data::kWipe : World::Data::kKeep;
    if (!world_->Owns(restart.node)) {
      return Cannot(Concat(restart.node, " was never started"), restart.node);
    }
    if (!Check(world_->Restart(restart.node, data))) return;
    if (init_) Check(world_->Init(restart.node));
  }

  void Do(const CloseStdin& close) {
    if (!Directive()) return;
    if (!world_->Running(close.node)) {
      return Cannot(Concat(close.node, " is not running"), close.node);
    }
    Check(world_->CloseStdin(close.node));
  }

  void End() {
    line_ = script_.lines.size();
    if (world_ == nullptr) return;
    if (options_.real_clock && !Check(world_->Pass(kGrace))) return;
    TakeUnexpected();
  }

  // --- the world ---

  bool EnsureWorld(const std::string& node) {
    if (world_ != nullptr) return true;
    MakeWorld({node}, 1);
    return Check(world_->Start(node));
  }

  void MakeWorld(const std::vector<std::string>& names, uint64_t seed) {
    cluster::WorldOptions options;
    options.names = names;
    options.command = options_.command;
    options.seed = seed;
    options.stderr_dir = options_.dir;
    if (script_.restarts_with_data && !options_.real_clock) options.data_dir = MakeDataDir();
    if (options_.real_clock) {
      world_ = std::make_unique<cluster::RealWorld>(std::move(options));
    } else {
      world_ = std::make_unique<cluster::VirtualWorld>(std::move(options));
    }
  }

  std::string MakeDataDir() {
    std::string dir = options_.dir + "/data";
    std::error_code error;
    std::filesystem::remove_all(dir, error);  // an earlier round's
    std::filesystem::create_directory(dir, error);
    return dir;
  }

  // The oldest thing seen, and which node it comes from.
  std::pair<Came, std::string> TakeSeen() {
    NoteArrivals();
    Seen seen = std::move(world_->seen().front());
    world_->seen().pop_front();
    const size_t arrived = arrivals_.front();
    arrivals_.pop_front();
    return {{TextOf(seen), arrived}, NodeOf(seen)};
  }

  // What is seen and was not noted yet has arrived at this line.
  void NoteArrivals() {
    if (world_ != nullptr) arrivals_.resize(world_->seen().size(), line_);
  }

  void Accept(Came came) {
    Remember(false, came.text);
    blocks_.back().came.push_back(std::move(came));
  }

  // --- the book-keeping ---

  bool Directive() {
    Anchor();
    after_input_ = false;
    if (world_ == nullptr) Stop(absl::FailedPreconditionError("nothing was started yet"));
    return world_ != nullptr;
  }

  // The current line does something: what comes from now on belongs behind it. What came and is
  // still there is carried over.
  void Anchor() {
    Block& block = blocks_.back();
    if (block.expected.empty() && block.came.empty()) {
      block.anchor = line_;
    } else {
      blocks_.push_back({line_, {}, {}});
    }
  }

  void TakeUnexpected() {
    if (options_.real_clock && !Check(world_->Pass(Duration{0}))) return;
    while (!world_->seen().empty() && !stop_) {
      auto [came, node] = TakeSeen();
      Differ(Mismatch::Kind::kUnexpected, came.text, node);
      Accept(std::move(came));
    }
  }

  // A mismatch that a tolerant player goes on behind, if a transcript can expect what came.
  void Differ(Mismatch::Kind kind, const std::string& came, const std::string& node) {
    absl::StatusOr<Step> step = ParseStep(came, script_.run);
    const bool expectable = step.ok() && std::holds_alternative<Expected>(*step);
    if (options_.tolerant && expectable) return;
    stop_ = true;
    Note(kind, came, node);
  }

  void Cannot(std::string why, const std::string& node) {
    stop_ = true;
    Note(Mismatch::Kind::kCannot, std::move(why), node);
  }

  void Note(Mismatch::Kind kind, std::string came, const std::string& node) {
    mismatch_ = Mismatch{kind, line_, std::move(came), node, world_->Now(), {}};
    mismatch_->before.assign(exchanges_.begin(), exchanges_.end());
  }

  std::string NodeNamedBy(const Json& expected) const {
    const Json* src = expected.Find("src");
    return src != nullptr && src->is_string() ? src->string_value() : "";
  }

  void Remember(bool to_node, std::string text) {
    exchanges_.push_back({world_->Now(), to_node, std::move(text)});
    if (exchanges_.size() > kExchangesKept) exchanges_.pop_front();
  }

  bool Check(const absl::Status& status) {
    if (!status.ok()) Stop(status);
    return status.ok();
  }

  void Stop(const absl::Status& status) {
    stop_ = true;
    const int number = line_ < script_.lines.size() ? script_.lines[line_].number : 0;
    run_ = absl::Status(status.code(), Concat(number, ": ", MessageOf(status)));
  }

  const Script& script_;
  const PlayOptions& options_;
  std::unique_ptr<World> world_;
  bool init_ = false;         // restarted nodes are initialised as well
  bool after_input_ = false;  // the last line that did something was an input
  size_t line_ = 0;
  bool stop_ = false;
  std::deque<size_t> arrivals_;  // of what the world has seen
  std::deque<Exchange> exchanges_;
  absl::Status run_;
  std::optional<Mismatch> mismatch_;
  std::vector<Block> blocks_;
};

}  // namespace

Played Play(const Script& script, const PlayOptions& options) {
  return Player(script, options).Play();
}

std::string StderrFile(const PlayOptions& options, const std::string& node) {
  return Concat(options.dir, "/", node, ".stderr");
}

}  // namespace tidemark::transcript
