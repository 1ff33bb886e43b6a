#include "client_cli/shell.h"

#include <algorithm>
#include <cstdio>
#include <utility>
#include <variant>

#include "absl/strings/str_join.h"
#include "client_cli/help.h"
#include "client_cli/node_log.h"
#include "client_cli/reply.h"
#include "client_cli/request_body.h"
#include "client_cli/silence.h"
#include "harness/base/status_text.h"
#include "node/base/concat.h"
#include "node/base/overloaded.h"

namespace tidemark::client {
namespace {

using wire::Json;
using Members = std::vector<Json::Member>;

Json::Member Type(std::string_view type) { return {"type", Json::String(std::string(type))}; }
Json::Member Text(std::string name, std::string text) {
  return {std::move(name), Json::String(std::move(text))};
}

bool Changes(const Request& request) {
  return std::visit(
      Overloaded{[](const Write&) { return true; }, [](const Cas&) { return true; },
                 [](const Delete&) { return true; }, [](const Txn&) { return true; },
                 [](const Read&) { return false; }, [](const RywRead&) { return false; },
                 [](const Fate&) { return false; }},
      request);
}

// What the node may take before it even begins to ask the leader.
Duration LongestWait(const Request& request) {
  const auto* ryw = std::get_if<RywRead>(&request);
  if (ryw == nullptr || !ryw->max_wait_ms) return Duration{0};
  return Duration::Millis(static_cast<int64_t>(*ryw->max_wait_ms));
}

std::optional<uint32_t> ClusterOf(const Session& session) {
  if (!session.token()) return std::nullopt;
  return session.token()->cluster;
}

Json ToJson(const std::vector<std::vector<std::string>>& groups) {
  std::vector<Json> all;
  for (const auto& group : groups) {
    std::vector<Json> names;
    names.reserve(group.size());
    for (const std::string& name : group) names.push_back(Json::String(name));
    all.push_back(Json::Array(std::move(names)));
  }
  return Json::Array(std::move(all));
}

}  // namespace

Shell::Shell(ShellOptions options, cluster::RealWorld* world, Connection* connection)
    : options_(std::move(options)),
      world_(world),
      connection_(connection),
      delivery_(connection, &session_, this, options_.patience),
      in_use_(options_.nodes.front()) {
  connection_->set_on_slow([this](const std::string& node) { TellSlow(node); });
}

void Shell::AwaitLeader() {
  const Json question =
      Json::Object({Type("read"), {"key", Json::String("")}, {"session", Json::Object()}});
  absl::StatusOr<int64_t> id = connection_->Send(in_use_, question);
  if (!id.ok()) return;
  const Outcome outcome = connection_->Await(*id);
  const Answer* answer = std::get_if<Answer>(&outcome);
  // That there is no such key is an answer; who answers is led.
  if (answer != nullptr && (!IsError(answer->body) || CodeOf(answer->body) == 20)) return;
  const std::string why = answer != nullptr ? StringOf(answer->body, "text")
                                            : Describe(in_use_, std::get<Silence>(outcome));
  std::fprintf(options_.terminal ? stdout : stderr, "the cluster has no leader yet: %s\n",
               why.c_str());
}

bool Shell::Execute(std::string_view line) {
  PrintNews();
  line_ = line;
  ++line_number_;
  absl::StatusOr<Command> command = ParseCommand(line);
  if (!command.ok()) {
    Fail("syntax", MessageOf(command.status()));
    return true;
  }
  std::visit([this](const auto& one) { Do(one); }, *command);
  PrintNews();
  return !exit_;
}

std::string Shell::Prompt() const { return Concat(in_use_, " @", session_.index(), "> "); }

// --- Requests ---

void Shell::Do(const Request& request) {
  if (const auto* fate = std::get_if<Fate>(&request)) return AskFate(*fate);
  if (!Changes(request)) return Ask(request);
  if (!delivery_.Deliver(line_, request, NodesFrom(in_use_))) failed_ = true;
}

// Whoever does not know the tag is told nothing, so nobody is asked.
void Shell::AskFate(Fate fate) {
  if (!fate.tag) fate.tag = delivery_.TagOf(fate.of);
  if (fate.tag) return Ask(fate);
  Fail("no_tag", Concat("writer ", fate.of.writer,
                        " is not this session's: `fate WRITER SEQ TAG`, with the tag of the "
                        "write_id that was told"));
}

// What changes nothing is asked of the node in use, and of no other.
// A node answers each request within its time-out, whatever that says: better refused than cut.
bool Shell::Answerable(const Request& request) {
  const auto* ryw = std::get_if<RywRead>(&request);
  const auto most = static_cast<uint64_t>(options_.request_timeout.ToMillis());
  if (ryw == nullptr || ryw->max_wait_ms.value_or(0) <= most) return true;
  Fail("syntax", Concat("nodes here answer within ", most,
                        " ms (--request-timeout-ms), so --max-wait can be at most that, not ",
                        *ryw->max_wait_ms));
  return false;
}

void Shell::Ask(const Request& request) {
  if (!Answerable(request)) return;
  Asked asked{in_use_};
  if (const auto* ryw = std::get_if<RywRead>(&request)) asked.need = NeedOf(*ryw, session_);
  absl::StatusOr<int64_t> id = connection_->Send(in_use_, RequestBody(request, session_));
  if (!id.ok()) return Fail("not_running", Concat(in_use_, " is not running", WhatToDo(in_use_)));
  const Outcome outcome = connection_->Await(*id, LongestWait(request));
  if (const Answer* answer = std::get_if<Answer>(&outcome)) {
    Take(asked, request, *answer);
  } else {
    TakeSilence(std::get<Silence>(outcome));
  }
}

void Shell::Take(const Asked& asked, const Request& request, const Answer& answer) {
  session_.Observe(answer.body);
  if (IsError(answer.body)) {
    failed_ = true;
  } else if (const auto* fate = std::get_if<Fate>(&request)) {
    delivery_.Settle(fate->of);
  }
  Asked took = asked;
  took.took_ms = answer.took_ms;
  TellReply(took, answer);
}

void Shell::TakeSilence(const Silence& silence) {
  std::string text = Describe(in_use_, silence);
  if (silence.why == Silence::Why::kTimedOut && !MajorityWiped()) {
    const std::string remedy = Remedy();
    ConcatTo(&text, "; ", remedy.empty() ? "`status` shows who runs and who leads" : remedy);
  }
  if (silence.why == Silence::Why::kNodeEnded) text += WhatToDo(in_use_);
  TellFailure(ReasonOf(silence.why), text, std::nullopt);
}

void Shell::TellReply(const Asked& asked, const Answer& answer) {
  const bool error = IsError(answer.body);
  if (options_.json) {
    PrintLine(answer.text);
    if (!error || options_.terminal) return;
    std::fprintf(stderr, "client_cli: %s%s\n", Where().c_str(),
                 RenderReply(asked, answer.body).c_str());
    return;
  }
  Asked told = asked;
  told.remedy = Remedy();
  PrintLine(Concat(error ? Where() : "", RenderReply(told, answer.body)));
}

void Shell::TellFailure(std::string_view reason, const std::string& text,
                        const std::optional<WriteName>& open) {
  if (options_.terminal && reason == ReasonOf(Silence::Why::kInterrupted)) {
    PrintLine("");  // behind ^C
  }
  Members more;
  if (open) {
    more.emplace_back("write_id", client::ToJson(*open, delivery_.TagOf(*open).value_or(0)));
  }
  Fail(reason, MajorityWiped() ? Concat(text, "; ", Remedy()) : text, std::move(more));
}

// --- The client's own ---

void Shell::Do(const Use& use) {
  if (!Known(use.node)) return;
  if (!world_->Running(use.node)) {
    return Fail("not_running",
                Concat(use.node, " is not running: `restart ", use.node, "` brings it back"));
  }
  in_use_ = use.node;
  Print(Concat("using ", in_use_), {Type("use_ok"), Text("node", in_use_)});
}

void Shell::Do(const ShowStatus& status) {
  if (!status.node.empty() && !Known(status.node)) return;
  const std::vector<NodeStatus> rows =
      AskStatus(status.node.empty() ? options_.nodes : std::vector<std::string>{status.node});
  if (options_.json) return;
  PrintLine(RenderStatus(rows));
  if (!partition_.empty()) PrintLine(Concat("partition: ", partition_));
}

std::vector<NodeStatus> Shell::AskStatus(const std::vector<std::string>& nodes) {
  std::vector<absl::StatusOr<int64_t>> ids;  // all are asked before one is waited for
  ids.reserve(nodes.size());
  const Json question = Json::Object({Type("status")});
  for (const std::string& node : nodes) ids.push_back(connection_->Send(node, question));
  std::vector<NodeStatus> rows;
  for (size_t i = 0; i < nodes.size(); ++i) {
    NodeStatus row{nodes[i], std::nullopt, "not running"};
    std::string text;
    if (ids[i].ok()) {
      const Outcome outcome = connection_->Await(*ids[i]);
      const Answer* answer = std::get_if<Answer>(&outcome);
      if (answer == nullptr) {
        row.instead = Describe(row.node, std::get<Silence>(outcome));
        failed_ = true;
      } else {
        row.reply = answer->body;
        text = answer->text;
      }
    }
    if (options_.json) PrintStatusBody(row, text);
    rows.push_back(std::move(row));
  }
  return rows;
}

void Shell::PrintStatusBody(const NodeStatus& status, const std::string& text) {
  if (status.reply) return PrintLine(text);
  PrintLine(
      RenderOwn({Type("no_status"), Text("node", status.node), Text("text", status.instead)}));
}

void Shell::Do(const ShowSession&) { PrintSession(); }

void Shell::Do(const SetSession& session) {
  if (const auto* token = std::get_if<Token>(&session.to)) return TakeOver(*token);
  BeginAnew(std::get<uint64_t>(session.to));
  PrintSession();
}

void Shell::Do(const ResetSession&) {
  BeginAnew(0);
  PrintSession();
}

void Shell::BeginAnew(uint64_t index) {
  session_.SetIndex(index);
  delivery_.Forget();
  connection_->ForgetLate();
}

void Shell::TakeOver(const Token& token) {
  const std::optional<uint32_t> cluster = ClusterOf(session_);
  const bool taken = session_.TakeOver(token);
  if (cluster != ClusterOf(session_)) delivery_.Forget();  // it was that cluster's client
  PrintSession(taken ? "" : "as much or more was seen here; `session reset` first to go back\n",
               {{"taken", Json::Bool(taken)}});
}

void Shell::PrintSession(std::string_view first, Members more) {
  const std::optional<Token>& token = session_.token();
  const uint64_t index = session_.last_write_index();
  std::string text =
      Concat(first, RenderSession(token, index), "\nlast_write_index ", index, ", using ", in_use_);
  if (!partition_.empty()) ConcatTo(&text, ", partition ", partition_);
  Members own = {Type("session_ok"),
                 {"token", token ? Json::String(client::ToText(*token)) : Json()},
                 {"last_write_index", Json::Number(index)},
                 Text("node", in_use_)};
  own.insert(own.end(), more.begin(), more.end());
  Print(text, std::move(own));
}

void Shell::Do(const Kill& kill) {
  if (!Known(kill.node)) return;
  if (!world_->Kill(kill.node).ok()) {
    return Fail("not_running", Concat(kill.node, " is not running"));
  }
  std::string text = Concat("killed ", kill.node, MoveOn(), WithoutMajority());
  Print(text, {Type("kill_ok"), Text("node", kill.node), Text("using", in_use_)});
}

void Shell::Do(const Restart& restart) {
  if (!Known(restart.node)) return;
  const auto data = restart.wipe ? cluster::World::Data::kWipe : cluster::World::Data::kKeep;
  absl::Status status = world_->Restart(restart.node, data);
  if (status.ok()) status = world_->Init(restart.node);
  if (!status.ok()) {
    const std::string words = LastWords(options_.log_dir, restart.node);
    return Fail("cannot_start",
                Concat(MessageOf(status), words.empty() ? "" : "; it said: ", words, MoveOn()));
  }
  if (restart.wipe) wiped_.insert(restart.node);
  const std::string text =
      Concat("restarted ", restart.node, restart.wipe ? WhatWipingDid() : std::string(), MoveOn());
  Print(text, {Type("restart_ok"),
               Text("node", restart.node),
               {"wiped", Json::Bool(restart.wipe)},
               Text("using", in_use_)});
}

void Shell::Do(const Partition& partition) {
  for (const auto& group : partition.groups) {
    for (const std::string& node : group) {
      if (!Known(node)) return;
    }
  }
  world_->network().Partition(partition.groups);
  partition_ = RenderGroups(partition.groups);
  if (partition.groups.size() == 1) partition_ += " | all others";
  Print(Concat("partition: ", partition_),
        {Type("partition_ok"), {"groups", ToJson(partition.groups)}});
}

void Shell::Do(const Heal&) {
  world_->network().Heal();
  partition_.clear();
  Print("healed", {Type("heal_ok")});
}

void Shell::Do(const Help& help) {
  std::string text = HelpText(help.topic);
  text.pop_back();
  Print(text, {Type("help_ok"), Text("text", text)});
}

void Shell::Do(const Exit&) { exit_ = true; }

// --- A wait that is long ---

void Shell::TellSlow(const std::string& node) {
  const std::string text =
      Concat(Where(), node, " has not answered for a second: ", WhatItWaitsFor(node),
             options_.terminal ? "; still waiting (Ctrl-C stops that)" : "; still waiting");
  std::fprintf(options_.terminal ? stdout : stderr, "%s\n", text.c_str());
  std::fflush(stdout);
}

std::string Shell::WhatItWaitsFor(const std::string& node) {
  constexpr Duration kPatience = Duration::Millis(200);
  absl::StatusOr<int64_t> id = connection_->Send(node, Json::Object({Type("status")}));
  if (!id.ok()) return "it has ended";
  const Transport::Word word = connection_->AwaitAny({*id}, connection_->Now() + kPatience);
  if (word.id == 0) connection_->GiveUp(*id);
  const Answer* answer = std::get_if<Answer>(&word.outcome);
  if (word.id != 0 && answer == nullptr) return "it has ended";
  if (answer == nullptr) return "nor what else it is asked; it hangs, or is very busy";
  const std::string leader = StringOf(answer->body, "leader");
  std::string text = Concat("it waits for the leader, ", leader);
  if (leader.empty()) text = "it knows no leader";
  if (leader == node) text = "it leads, and waits for a majority";
  return text + WhoIsMissing();
}

// "; n2 is not running; partition n1 | n2 n3"
std::string Shell::WhoIsMissing() const {
  std::string text;
  for (const std::string& node : options_.nodes) {
    if (!world_->Running(node)) ConcatTo(&text, "; ", node, " is not running");
  }
  for (const std::string& node : wiped_) ConcatTo(&text, "; ", node, " counts in no majority");
  if (!partition_.empty()) ConcatTo(&text, "; partition ", partition_);
  return text;
}

// --- What would help ---

bool Shell::MajorityWiped() const {
  return options_.nodes.size() > 1 &&
         2 * (options_.nodes.size() - wiped_.size()) <= options_.nodes.size();
}

std::string Shell::WhatWipingDid() const {
  if (options_.nodes.size() == 1) return " with an empty memory, as a new cluster";
  return Concat(" with an empty memory: it learns, and counts in no majority any more",
                MajorityWiped()
                    ? "; with no majority left this cluster writes nothing any more: `exit` "
                      "and begin anew"
                    : "");
}

std::string Shell::WithoutMajority() const {
  bool any_runs = false;
  size_t counted = 0;
  std::string dead;
  for (const std::string& node : options_.nodes) {
    const bool runs = world_->Running(node);
    any_runs |= runs;
    if (wiped_.contains(node)) continue;
    if (runs) {
      ++counted;
    } else {
      dead = node;
    }
  }
  if (!any_runs || dead.empty() || 2 * counted > options_.nodes.size()) return "";
  return Concat("; no majority runs any more, so that nothing is written until `restart ", dead,
                "`");
}

std::string Shell::Remedy() const {
  if (MajorityWiped())
    return "a majority was wiped: nothing brings this cluster back; `exit` and begin anew";
  if (!partition_.empty()) return "`heal` ends the partition";
  for (const std::string& node : options_.nodes) {
    if (!world_->Running(node)) return Concat("`restart ", node, "` brings it back");
  }
  return "";
}

// --- Who runs ---

bool Shell::Known(const std::string& node) {
  if (std::find(nodes().begin(), nodes().end(), node) != nodes().end()) return true;
  Fail("unknown_node", Concat("there is no node ", node, ": ", absl::StrJoin(nodes(), ", ")));
  return false;
}

// All of them, in their order, with this one first.
std::vector<std::string> Shell::NodesFrom(const std::string& node) const {
  std::vector<std::string> nodes = options_.nodes;
  std::rotate(nodes.begin(), std::find(nodes.begin(), nodes.end(), node), nodes.end());
  return nodes;
}

std::optional<std::string> Shell::AnotherThatRuns(const std::string& node) const {
  for (const std::string& other : NodesFrom(node)) {
    if (other != node && world_->Running(other)) return other;
  }
  return std::nullopt;
}

std::string Shell::WhatToDo(const std::string& dead_node) const {
  const std::optional<std::string> other = AnotherThatRuns(dead_node);
  std::string text = Concat("; `restart ", dead_node, "` brings it back");
  if (other) ConcatTo(&text, ", `use ", *other, "` goes on without it");
  return text;
}

std::string Shell::MoveOn() {
  if (world_->Running(in_use_)) return "";
  const std::optional<std::string> other = AnotherThatRuns(in_use_);
  if (!other) return Concat("; no node runs any more: `restart ", in_use_, "`");
  in_use_ = *other;
  return Concat("; using ", in_use_, " now");
}

// --- Printing ---

std::vector<std::string> Shell::TakeNews() {
  std::vector<std::string> news;
  for (const Answer& answer : connection_->TakeLate()) {
    session_.Observe(answer.body);
    if (std::optional<std::string> text = delivery_.TakeLate(answer)) {
      news.push_back(*std::move(text));
    }
  }
  for (const cluster::Exit& exit : connection_->TakeExits()) {
    std::string text = Concat(exit.node, " ", exit.status.ToString());
    const std::string words = LastWords(options_.log_dir, exit.node);
    if (exit.status.signal == 0 && !words.empty()) ConcatTo(&text, ", saying: ", words);
    if (!world_->Running(exit.node)) ConcatTo(&text, "; `restart ", exit.node, "` brings it back");
    news.push_back(text + MoveOn());
  }
  return news;
}

void Shell::PrintNews() {
  for (const std::string& line : TakeNews()) {
    std::fprintf(options_.terminal ? stdout : stderr, "%s\n", line.c_str());
  }
}

void Shell::Print(std::string_view text, Members own) {
  PrintLine(options_.json ? RenderOwn(std::move(own)) : text);
}

void Shell::PrintLine(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

void Shell::Fail(std::string_view reason, const std::string& text, Members more) {
  failed_ = true;
  Members own = {Type("client_error"), Text("reason", std::string(reason))};
  if (!options_.terminal) own.emplace_back("line", Json::Number(int64_t{line_number_}));
  own.insert(own.end(), more.begin(), more.end());
  own.push_back(Text("text", text));
  Print(Where() + text, std::move(own));
}

std::string Shell::Where() const {
  if (options_.terminal || line_number_ == 0) return "";  // 0: before the first
  return Concat("line ", line_number_, ": ");
}

}  // namespace tidemark::client
