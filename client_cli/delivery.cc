#include "client_cli/delivery.h"

#include <algorithm>
#include <utility>

#include "client_cli/render.h"
#include "client_cli/reply.h"
#include "client_cli/request_body.h"
#include "client_cli/silence.h"
#include "node/base/concat.h"

namespace tidemark::client {
namespace {

using wire::Json;

bool IsDecided(const Json& answer, bool /*alone*/) {
  return CertaintyOf(answer) == Certainty::kDecided;
}

// That one node did nothing with it says nothing of the others.
bool EndsSending(const Json& answer, bool alone) {
  return alone || CertaintyOf(answer) != Certainty::kNotHandedIn;
}

// Who was asked last may be the one who cannot know: the next one begins.
std::vector<std::string> NodesAfter(const Told& told, std::vector<std::string> nodes) {
  const std::string& last = told.enough ? told.node : told.unanswered.back().node;
  auto at = std::find(nodes.begin(), nodes.end(), last);
  if (at != nodes.end()) std::rotate(nodes.begin(), at + 1, nodes.end());
  return nodes;
}

std::string FateCommand(const WriteName& name) {
  return Concat("`fate ", name.writer, " ", name.seq, "`");
}

}  // namespace

Delivery::Delivery(Transport* transport, Session* session, Teller* teller, Duration patience)
    : transport_(transport), session_(session), teller_(teller), patience_(patience) {}

bool Delivery::Deliver(const std::string& line, const Request& write,
                       const std::vector<std::string>& nodes) {
  since_ = transport_->Now();
  const Time deadline = since_ + patience_;
  bool opened_anew = false;
  while (true) {
    if (!writer_.is_open() && !OpenClient(nodes, deadline)) return false;
    const WriteName name = writer_.Begin();
    const Told told = Send(write, name, nodes, deadline);
    // What was sent once and is not known was never done: the client id is what is forgotten.
    const bool client_forgotten = told.asked == 1 && told.answer && IsForgotten(told.answer->body);
    if (!client_forgotten || opened_anew) return Conclude(line, name, told, nodes);
    writer_.Close();
    opened_anew = true;
  }
}

bool Delivery::OpenClient(const std::vector<std::string>& nodes, Time deadline) {
  const Told told = AskInTurn(transport_, {OpenBody(), nodes, deadline, IsDecided});
  if (told.answer && StringOf(told.answer->body, "type") == "open_ok") {
    const uint64_t client = UintOf(told.answer->body, "client").value_or(0);
    const std::optional<uint64_t> key = ParseHex16(StringOf(told.answer->body, "key"));
    if (client != 0 && key) {
      writer_.Open(client, *key);
      return true;
    }
  }
  if (told.answer) {
    TellAnswer(told, /*opening=*/true);
  } else if (told.asked == 0) {
    TellNobodyRuns(nodes.front());
  } else {
    teller_->TellFailure(
        ReasonFor(told),
        Concat(NoAnswer(told), "; nothing is written: it was asked for a client id first"),
        std::nullopt);
  }
  return false;
}

Told Delivery::Send(const Request& write, const WriteName& name,
                    const std::vector<std::string>& nodes, Time deadline) {
  const Json once = writer_.Once(name);
  return AskInTurn(transport_,
                   {RequestBody(write, *session_, &once), nodes, deadline, EndsSending});
}

bool Delivery::Conclude(const std::string& line, const WriteName& name, const Told& told,
                        const std::vector<std::string>& nodes) {
  if (told.asked == 0) {
    Settle(name);
    TellNobodyRuns(nodes.front());
    return false;
  }
  if (told.enough && CertaintyOf(told.answer->body) != Certainty::kOpen) {
    Settle(name);
    session_->Observe(told.answer->body);
    TellAnswer(told);
    return !IsError(told.answer->body);
  }
  LeaveOpen(line, name, told);
  TellOpen(name, told);
  return !told.interrupted && AskFate(name, NodesAfter(told, nodes));
}

void Delivery::TellOpen(const WriteName& name, const Told& told) {
  if (told.enough) return TellAnswer(told);
  const std::string next =
      told.interrupted ? Concat("; whether it happens is unknown: ", FateCommand(name), " tells")
                       : "; asking what came of it";
  teller_->TellFailure(ReasonFor(told), NoAnswer(told) + next, name);
}

bool Delivery::AskFate(const WriteName& name, const std::vector<std::string>& nodes) {
  const Time deadline = transport_->Now() + patience_;
  const Told told = AskInTurn(transport_, {RequestBody(Fate{name, writer_.TagOf(name)}, *session_),
                                           nodes, deadline, IsDecided});
  if (told.enough) {
    const Json& body = told.answer->body;
    session_->Observe(body);
    if (!IsError(body)) Settle(name);
    TellAnswer(told);
    return StringOf(body, "outcome") == "committed";
  }
  TellFateNotKnown(name, told);
  return false;
}

void Delivery::TellFateNotKnown(const WriteName& name, const Told& told) {
  if (told.asked == 0) {
    return teller_->TellFailure(
        "not_running",
        Concat("no node runs that could tell what came of it: `restart` one, then ",
               FateCommand(name)),
        name);
  }
  const std::string why = told.answer ? StringOf(told.answer->body, "text") : NoAnswer(told);
  teller_->TellFailure(
      told.interrupted ? ReasonFor(told) : "fate_not_known",
      Concat("what came of it is not known yet: ", why, "; ", FateCommand(name), " asks again"),
      name);
}

void Delivery::TellAnswer(const Told& told, bool opening) {
  teller_->TellReply({told.node, 0, TookMs(), WhoKeptSilent(told), opening}, *told.answer);
}

void Delivery::TellNobodyRuns(const std::string& node) {
  teller_->TellFailure("not_running",
                       Concat(node, " is not running; `restart ", node, "` brings it back"),
                       std::nullopt);
}

void Delivery::LeaveOpen(const std::string& line, const WriteName& name, const Told& told) {
  for (const Unanswered& one : told.unanswered) {
    if (!one.ended) open_[one.id] = {line, one.node, name};
  }
}

std::optional<std::string> Delivery::TakeLate(const Answer& late) {
  auto found = open_.extract(late.id);
  if (found.empty()) return std::nullopt;
  const Open& open = found.mapped();
  if (CertaintyOf(late.body) == Certainty::kDecided) {
    Settle(open.name);
  } else if (std::any_of(open_.begin(), open_.end(),
                         [&](const auto& other) { return other.second.name == open.name; })) {
    return std::nullopt;  // others may still say more
  }
  return Concat("answered after all: ", open.line, ": ",
                RenderReply({open.node, 0, late.took_ms}, late.body));
}

void Delivery::Settle(const WriteName& name) {
  writer_.Settle(name);
  std::erase_if(open_, [&](const auto& open) { return open.second.name == name; });
}

void Delivery::Forget() {
  writer_ = Writer();
  open_.clear();
}

int64_t Delivery::TookMs() const { return (transport_->Now() - since_).ToMillis(); }

}  // namespace tidemark::client
