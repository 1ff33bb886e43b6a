#include "harness/transcript/player.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "harness/base/status_text.h"
#include "harness/cluster/envelope.h"
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

Time AtOf(const Seen& seen) {
  return std::visit([](const auto& one) { return one.at; }, seen);
}

// What came, taken off the world's pile.
struct Taken {
  Came came;
  std::string node;
  Time at;
  size_t number = 0;  // among all that was said
};

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
    const bool follows = world_ != nullptr && world_->follows_clock();
    return {std::move(run_), std::move(mismatch_), std::move(blocks_), follows};
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
      return Note(
          {Mismatch::Kind::kNothing, line_, "", NodeNamedBy(expected.json), world_->Now(), {}},
          said_so_far());
    }
    Taken taken = TakeSeen();
    if (!Matches(script_.lines[line_].text, expected.json, taken.came.text, options_.match)) {
      Differ(Mismatch::Kind::kDiffers, taken);
    }
    Accept(std::move(taken.came));
  }

  void Do(const Input& input) {
    if (!EnsureWorld(input.node)) return;
    if (!after_input_) TakeUnexpected();
    if (stop_) return;
    Anchor();
    after_input_ = true;
    if (!world_->Running(input.node))
      return Cannot(Concat(input.node, " is not running"), input.node);
    Remember(world_->Now(), true, input.bytes);
    if (input.request) {
      open_.push_back({line_, *input.request});
      clients_.insert(input.request->src);
    }
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
    LoseRequests(kill.node);
    Check(world_->Kill(kill.node));
  }

  void Do(const Restart& restart) {
    if (!Directive()) return;
    const auto data = restart.wipe ? World::Data::kWipe : World::Data::kKeep;
    if (!world_->Owns(restart.node)) {
      return Cannot(Concat(restart.node, " was never started"), restart.node);
    }
    LoseRequests(restart.node);
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

  void Do(const Unanswered&) {}  // judged at the end

  void End() {
    line_ = script_.lines.size();
    if (world_ == nullptr) return;
    if (options_.tolerant) RunOn();
    if (stop_) return;
    if (options_.real_clock && !Check(world_->Pass(kGrace))) return;
    TakeUnexpected();
    if (!stop_) CheckAnswers();
  }

  // --- requests and their answers ---

  // Time passes until there is an answer to each request that is said to have one.
  void RunOn() {
    const Time limit = world_->Now() + options_.wait;
    TakeUnexpected();
    while (!stop_ && !peer_spoken_to_ && AnswersMayCome() && world_->Now() < limit) {
      if (!Check(world_->Poll(limit - world_->Now()))) return;
      TakeUnexpected();
    }
  }

  // To requests that the script does not say to be unanswered.
  bool AnswersMayCome() const {
    std::vector<Request> open = open_;
    for (const ScriptLine& line : script_.lines) {
      const auto* unanswered = std::get_if<Unanswered>(&line.step);
      if (unanswered == nullptr) continue;
      for (const RequestName& name : unanswered->requests) RemoveRequest(name, &open);
    }
    return std::any_of(open.begin(), open.end(), [](const Request& one) { return !one.lost; });
  }

  // The node ends, with what it was asked.
  void LoseRequests(const std::string& node) {
    for (Request& request : open_) request.lost |= request.name.dest == node;
  }

  // The first of that name; false: there is none.
  static bool RemoveRequest(const RequestName& name, std::vector<Request>* requests) {
    auto found = std::find_if(requests->begin(), requests->end(),
                              [&](const Request& request) { return request.name == name; });
    if (found == requests->end()) return false;
    requests->erase(found);
    return true;
  }

  void CheckAnswers() {
    std::vector<Request> open = open_;
    for (size_t i = 0; i < script_.lines.size(); ++i) {
      const auto* unanswered = std::get_if<Unanswered>(&script_.lines[i].step);
      if (unanswered == nullptr) continue;
      for (const RequestName& name : unanswered->requests) {
        if (RemoveRequest(name, &open)) continue;
        line_ = i;
        return Cannot(Concat("there is no unanswered request ", name.msg_id, " of ", name.src,
                             " to ", name.dest),
                      name.dest);
      }
    }
    if (open.empty()) return;
    line_ = open.front().line;
    const std::string node = open.front().name.dest;
    Note({Mismatch::Kind::kUnanswered, line_, "", node, world_->Now(), {}, std::move(open)},
         said_so_far());
  }

  // What was seen may answer a request; a message to somebody who asks nothing is to a peer.
  void NoteAnswer(const Seen& seen) {
    const auto* line = std::get_if<cluster::Line>(&seen);
    if (line == nullptr) return LoseRequests(NodeOf(seen));
    if (line->to.empty()) return;
    if (!clients_.contains(line->to)) peer_spoken_to_ |= !world_->Owns(line->to);
    const std::optional<cluster::Envelope> envelope = cluster::ParseEnvelope(line->text);
    if (!envelope) return;
    if (const std::optional<int64_t> id = envelope->Integer("in_reply_to")) {
      RemoveRequest({line->to, line->node, *id}, &open_);
    }
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

  // The oldest thing seen.
  Taken TakeSeen() {
    NoteArrivals();
    Seen seen = std::move(world_->seen().front());
    world_->seen().pop_front();
    const Arrival arrival = arrivals_.front();
    arrivals_.pop_front();
    return {{TextOf(seen), arrival.line}, NodeOf(seen), AtOf(seen), arrival.number};
  }

  // What is seen and was not noted yet has arrived at this line.
  void NoteArrivals() {
    if (world_ == nullptr) return;
    for (size_t i = arrivals_.size(); i < world_->seen().size(); ++i) {
      const Seen& seen = world_->seen()[i];
      arrivals_.push_back({line_, Remember(AtOf(seen), false, TextOf(seen))});
      NoteAnswer(seen);
    }
  }

  void Accept(Came came) { blocks_.back().came.push_back(std::move(came)); }

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
      Taken taken = TakeSeen();
      Differ(Mismatch::Kind::kUnexpected, taken);
      Accept(std::move(taken.came));
    }
  }

  // A mismatch that a tolerant player goes on behind, if a transcript can expect what came.
  void Differ(Mismatch::Kind kind, const Taken& taken) {
    absl::StatusOr<Step> step = ParseStep(taken.came.text, script_.run);
    const bool expectable = step.ok() && std::holds_alternative<Expected>(*step);
    if (options_.tolerant && expectable) return;
    Note({kind, line_, taken.came.text, taken.node, taken.at, {}}, taken.number);
  }

  void Cannot(std::string why, const std::string& node) {
    Note({Mismatch::Kind::kCannot, line_, std::move(why), node, world_->Now(), {}}, said_so_far());
  }

  // `number`: of what was said, the first that does not belong to what was before.
  void Note(Mismatch mismatch, size_t number) {
    stop_ = true;
    mismatch_ = std::move(mismatch);
    for (size_t i = number - std::min(number, kExchangesKept); i < number; ++i) {
      if (i >= forgotten_) mismatch_->before.push_back(exchanges_[i - forgotten_]);
    }
  }

  std::string NodeNamedBy(const Json& expected) const {
    const Json* src = expected.Find("src");
    return src != nullptr && src->is_string() ? src->string_value() : "";
  }

  size_t said_so_far() const { return forgotten_ + exchanges_.size(); }

  // Returns its number. Kept is what a report may have to tell: all behind the fifth before the
  // oldest that waits to be compared.
  size_t Remember(Time at, bool to_node, std::string text) {
    exchanges_.push_back({at, to_node, std::move(text)});
    const size_t number = said_so_far() - 1;
    const size_t oldest = arrivals_.empty() ? number : arrivals_.front().number;
    while (forgotten_ + kExchangesKept < oldest) {
      exchanges_.pop_front();
      ++forgotten_;
    }
    return number;
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

  struct Arrival {
    size_t line = 0;    // at which of the script's
    size_t number = 0;  // among all that was said
  };

  const Script& script_;
  const PlayOptions& options_;
  std::unique_ptr<World> world_;
  bool init_ = false;         // restarted nodes are initialised as well
  bool after_input_ = false;  // the last line that did something was an input
  size_t line_ = 0;
  bool stop_ = false;
  std::deque<Arrival> arrivals_;  // of what the world has seen
  std::deque<Exchange> exchanges_;
  size_t forgotten_ = 0;           // exchanges before these
  std::vector<Request> open_;      // requests, in their order, that have not been answered
  std::set<std::string> clients_;  // who has asked something
  bool peer_spoken_to_ = false;
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
