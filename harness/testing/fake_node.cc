// A node that is none: it speaks the protocol and keeps nothing, so that the harness can be tested
// without Tidemark. Requests beside init, echo and advance:
//
//   remind {ms, echo}         remind_ok {echo, at_ms} after `ms`
//   ask {peer, echo}          goes to the peer and comes back: ask_ok {echo, answered_by, at_ms}
//   gossip {every_ms}         from now on, every so often, a message to each peer; gossip_ok
//   heard                     heard_ok {gossip}: how many of those came
//   flood {lines, bytes}      so many flood_line {padding} of so many bytes, then flood_ok
//   start                     start_ok {seed, starts, args}; `starts` is kept in the data directory
//   say {line}                prints the line as it is
//   exit {status}             exits, without an answer
//   hang                      never says anything again
//
// Everything is sent with keys in the usual order and numbered like a node's replies. What is no
// message is complained about on stderr. Without --clock=virtual timers run by the steady clock.
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/cluster/envelope.h"
#include "harness/cluster/line_buffer.h"
#include "node/wire/json.h"

namespace tidemark {
namespace {

using wire::Json;
using Members = std::vector<Json::Member>;

struct Message {
  std::string src;
  Json body;

  std::optional<int64_t> Integer(std::string_view member) const {
    const Json* value = body.Find(member);
    return value != nullptr && value->is_number() ? value->AsInt64() : std::nullopt;
  }
};

Json Text(std::string_view text) { return Json::String(std::string(text)); }

struct Flags {
  bool virtual_clock = false;
  std::string seed;
  std::string data_dir;
  std::vector<std::string> others;
};

Flags ParseFlags(int argc, char** argv) {
  Flags flags;
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    if (arg == "--clock=virtual") {
      flags.virtual_clock = true;
    } else if (arg.substr(0, 7) == "--seed=") {
      flags.seed = arg.substr(7);
    } else if (arg == "--data-dir" && i + 1 < argc) {
      flags.data_dir = argv[++i];
    } else {
      flags.others.emplace_back(arg);
    }
  }
  return flags;
}

class FakeNode {
 public:
  explicit FakeNode(Flags flags) : flags_(std::move(flags)) {}

  int Run() {
    while (true) {
      while (std::optional<std::string_view> line = lines_.Next(ended_)) Handle(*line);
      if (!flags_.virtual_clock) AdvanceTo(RealMs());
      Flush();
      if (ended_) return 0;
      Wait();
    }
  }

 private:
  using Handler = void (FakeNode::*)(const Message&);

  // --- in and out ---

  void Wait() {
    pollfd input = {STDIN_FILENO, POLLIN, 0};
    const int64_t left = flags_.virtual_clock || timers_.empty()
                             ? -1
                             : std::max<int64_t>(0, timers_.begin()->first - RealMs());
    if (poll(&input, 1, static_cast<int>(left)) > 0) Read();
  }

  void Read() {
    constexpr size_t kBytes = 1 << 16;
    ssize_t got = read(STDIN_FILENO, lines_.Room(kBytes), kBytes);
    if (got > 0) lines_.AddedBytes(static_cast<size_t>(got));
    ended_ = got == 0;
  }

  void Flush() {
    std::fwrite(out_.data(), 1, out_.size(), stdout);
    std::fflush(stdout);
    out_.clear();
  }

  void Send(std::string_view to, Members body) {
    Json::Object({{"src", Text(id_)}, {"dest", Text(to)}, {"body", Json::Object(std::move(body))}})
        .AppendSpaced(&out_);
    out_ += '\n';
  }

  void Reply(std::string_view to, int64_t msg_id, std::string_view type, Members more = {}) {
    Members body = {{"type", Text(type)},
                    {"in_reply_to", Json::Number(msg_id)},
                    {"msg_id", Json::Number(next_msg_id_++)}};
    for (Json::Member& member : more) body.push_back(std::move(member));
    Send(to, std::move(body));
  }
  void Reply(const Message& to, std::string_view type, Members more = {}) {
    Reply(to.src, to.Integer("msg_id").value_or(0), type, std::move(more));
  }

  static Json Member(const Message& request, std::string_view key) {
    const Json* value = request.body.Find(key);
    return value == nullptr ? Json() : *value;
  }
  static std::string String(const Message& request, std::string_view key) {
    const Json value = Member(request, key);
    return value.is_string() ? value.string_value() : "";
  }

  // --- time ---

  int64_t RealMs() const {
    auto passed = std::chrono::steady_clock::now() - started_;
    return std::chrono::duration_cast<std::chrono::milliseconds>(passed).count();
  }

  void AdvanceTo(int64_t ms) {
    while (!timers_.empty() && timers_.begin()->first <= ms) {
      auto timer = timers_.extract(timers_.begin());
      now_ms_ = std::max(now_ms_, timer.key());
      timer.mapped()();
    }
    now_ms_ = ms;
  }

  void After(int64_t ms, std::function<void()> what) {
    timers_.emplace(now_ms_ + ms, std::move(what));
  }

  // --- requests ---

  void Handle(std::string_view line) {
    static const auto& handlers = *new std::map<std::string_view, Handler>{
        {"init", &FakeNode::Init},       {"echo", &FakeNode::Echo},
        {"advance", &FakeNode::Advance}, {"remind", &FakeNode::Remind},
        {"ask", &FakeNode::Ask},         {"question", &FakeNode::Question},
        {"answer", &FakeNode::Answer},   {"gossip", &FakeNode::Gossip},
        {"rumour", &FakeNode::Rumour},   {"heard", &FakeNode::Heard},
        {"flood", &FakeNode::Flood},     {"start", &FakeNode::Start},
        {"say", &FakeNode::Say},         {"exit", &FakeNode::Exit},
        {"hang", &FakeNode::Hang},
    };
    std::optional<cluster::Envelope> envelope = cluster::ParseEnvelope(line);
    auto handler = envelope ? handlers.find(envelope->type()) : handlers.end();
    if (handler == handlers.end()) {
      const std::string excerpt(line.substr(0, 80));
      std::fprintf(stderr, "%s: not understood: %s\n", id_.c_str(), excerpt.c_str());
      return;
    }
    absl::StatusOr<Json> body = wire::ParseJson(envelope->body);
    if (body.ok()) (this->*handler->second)({std::string(envelope->src), *std::move(body)});
  }

  void Init(const Message& request) {
    id_ = String(request, "node_id");
    const Json ids = Member(request, "node_ids");
    for (const Json& id : ids.items()) {
      if (id.string_value() != id_) peers_.push_back(id.string_value());
    }
    starts_ = CountStart();
    Reply(request, "init_ok");
  }

  int64_t CountStart() const {
    if (flags_.data_dir.empty()) return 1;
    const std::filesystem::path file = std::filesystem::path(flags_.data_dir) / id_ / "starts";
    std::filesystem::create_directories(file.parent_path());
    int64_t starts = 0;
    std::ifstream(file) >> starts;
    std::ofstream(file) << ++starts;
    return starts;
  }

  void Echo(const Message& request) {
    Reply(request, "echo_ok", {{"echo", Member(request, "echo")}});
  }

  void Advance(const Message& request) {
    AdvanceTo(now_ms_ + request.Integer("ms").value_or(0));
    Members body = {{"type", Text("advance_ok")},
                    {"in_reply_to", Member(request, "msg_id")},
                    {"now_ms", Json::Number(now_ms_)}};
    if (!timers_.empty()) body.emplace_back("next_ms", Json::Number(timers_.begin()->first));
    Send(request.src, std::move(body));
  }

  void Remind(const Message& request) {
    After(request.Integer("ms").value_or(0), [this, request] {
      Reply(request, "remind_ok",
            {{"echo", Member(request, "echo")}, {"at_ms", Json::Number(now_ms_)}});
    });
  }

  void Ask(const Message& request) {
    Send(String(request, "peer"), {{"type", Text("question")},
                                   {"echo", Member(request, "echo")},
                                   {"client", Text(request.src)},
                                   {"client_msg_id", Member(request, "msg_id")}});
  }

  void Question(const Message& question) {
    Send(question.src, {{"type", Text("answer")},
                        {"echo", Member(question, "echo")},
                        {"client", Member(question, "client")},
                        {"client_msg_id", Member(question, "client_msg_id")}});
  }

  void Answer(const Message& answer) {
    Reply(String(answer, "client"), answer.Integer("client_msg_id").value_or(0), "ask_ok",
          {{"echo", Member(answer, "echo")},
           {"answered_by", Text(answer.src)},
           {"at_ms", Json::Number(now_ms_)}});
  }

  void Gossip(const Message& request) {
    GossipEvery(std::max<int64_t>(1, request.Integer("every_ms").value_or(1)));
    Reply(request, "gossip_ok");
  }

  void GossipEvery(int64_t ms) {
    After(ms, [this, ms] {
      for (const std::string& peer : peers_) Send(peer, {{"type", Text("rumour")}});
      GossipEvery(ms);
    });
  }

  void Rumour(const Message& /*message*/) { ++heard_; }

  void Heard(const Message& request) {
    Reply(request, "heard_ok", {{"gossip", Json::Number(heard_)}});
  }

  void Flood(const Message& request) {
    const std::string padding(static_cast<size_t>(request.Integer("bytes").value_or(0)), 'x');
    for (int64_t i = request.Integer("lines").value_or(0); i > 0; --i) {
      Send(request.src, {{"type", Text("flood_line")}, {"padding", Text(padding)}});
      Flush();
    }
    Reply(request, "flood_ok");
  }

  void Start(const Message& request) {
    std::vector<Json> args;
    for (const std::string& arg : flags_.others) args.push_back(Text(arg));
    Reply(request, "start_ok",
          {{"seed", Text(flags_.seed)},
           {"starts", Json::Number(starts_)},
           {"args", Json::Array(std::move(args))}});
  }

  void Say(const Message& request) { out_ += String(request, "line") + "\n"; }

  void Exit(const Message& request) {
    Flush();
    std::exit(static_cast<int>(request.Integer("status").value_or(0)));
  }

  void Hang(const Message& /*request*/) {
    while (true) pause();
  }

  const Flags flags_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  cluster::LineBuffer lines_;
  bool ended_ = false;
  std::string out_;
  std::string id_ = "?";
  std::vector<std::string> peers_;
  int64_t starts_ = 0;
  int64_t next_msg_id_ = 0;
  int64_t now_ms_ = 0;
  int64_t heard_ = 0;
  std::multimap<int64_t, std::function<void()>> timers_;
};

}  // namespace
}  // namespace tidemark

int main(int argc, char** argv) {
  return tidemark::FakeNode(tidemark::ParseFlags(argc, argv)).Run();
}
