// What an answer lets its client claim to have seen, and what is said to claims that are false.
#include <algorithm>
#include <variant>

#include "absl/strings/str_cat.h"
#include "harness/simulation/clients.h"

namespace tidemark::simulation {
namespace {

using check::Function;
using check::Outcome;
using server::ErrorCode;
using server::Reason;

std::string Text(const kv::Session& session) {
  return absl::StrCat(absl::Hex(session.cluster, absl::kZeroPad8), ":", session.index, ":",
                      session.term, ":", absl::Hex(session.stamp, absl::kZeroPad8));
}

// Whether whoever is told this was let see the state.
bool SawTheState(const server::ReplyBody& body) {
  const auto* error = std::get_if<server::Error>(&body);
  if (error == nullptr || error->code == ErrorCode::kKeyMissing) return true;
  if (error->code != ErrorCode::kPreconditionFailed) return false;
  return !error->reason || error->reason == Reason::kNotAList || error->reason == Reason::kTooLarge;
}

}  // namespace

bool RefusesSession(const server::Error& error) {
  return error.reason == Reason::kTokenOtherCluster || error.reason == Reason::kTokenLostHistory ||
         error.reason == Reason::kTokenFromFuture;
}

void Clients::CheckSession(const Attempt& attempt, const server::Reply& reply) {
  const Call& call = *attempt.call;
  const std::optional<kv::Session>& told = reply.session;
  const bool due = call.in_session && SawTheState(reply.body);
  if (told.has_value() != due) {
    return Fail(call, due ? "answers carry sessions" : "refusals carry no session",
                due ? "was answered without one" : "was given one");
  }
  // What is read ahead of what is committed has its own reader to thank for it.
  if (!told || call.forged) return;
  ++counters_.tokens;
  if (!ledger_->past().Held(*told)) {
    Fail(call, "sessions are true",
         absl::StrCat("was given ", Text(*told), ", which is not in the committed log"));
  } else if (call.token && told->index < call.token->index) {
    Fail(call, "sessions do not fall",
         absl::StrCat("carried ", Text(*call.token), " and was given ", Text(*told)));
  } else if (CommitIndexIn(reply.body).value_or(0) > told->index) {
    Fail(call, "read-your-writes",
         absl::StrCat("took effect at index ", *CommitIndexIn(reply.body), " and was given ",
                      Text(*told)));
  }
}

void Clients::Raise(const Call& call, const server::Reply& reply) {
  if (!reply.session || call.forged) return;
  Session& session = MemoryOf(call);
  acknowledged_ = std::max(acknowledged_, reply.session->index);
  session.tidemark = std::max(session.tidemark, reply.session->index);
  if (session.token && session.token->index >= reply.session->index) return;
  session.token = reply.session;
  // Of a node that is behind the entry which forced another cluster: others refuse it.
  session.token_lost = reply.session->cluster != ledger_->past().cluster();
}

// A session whose history is gone is told so, and begins anew.
void Clients::LetGoOfLostToken(const Call& call, const server::Reply& reply) {
  Session& session = MemoryOf(call);
  if (!session.token_lost) return;
  const auto* error = std::get_if<server::Error>(&reply.body);
  const bool refused = error != nullptr && RefusesSession(*error);
  if (!refused && !ledger_->past().Holds(*session.token)) return;
  session.token_lost = false;
  if (refused) session.token.reset();
}

// A made-up token is refused, unless it happens to be true; or it names what some log holds and
// nobody has committed, and a read of it is its reader's own affair.
void Clients::ForgedAnswered(Call* call, const server::Reply& reply) {
  ++counters_.forged;
  LetGoOfLostToken(*call, reply);
  const auto* error = std::get_if<server::Error>(&reply.body);
  const bool open = error != nullptr && error->code == ErrorCode::kIndefinite;
  if (SawTheState(reply.body)) {
    CheckForgedServed(*call, reply);
  } else if (error != nullptr && RefusesSession(*error)) {
    CheckVerdict(*call, *error);
  }
  const std::optional<uint64_t> index = CommitIndexIn(reply.body);
  if (index) {
    // It happened, but the session does not know of it.
    if (call->function == Function::kDelete) {
      known_deletes_.insert(*index);
      call->executed_at = *index;
    }
    if (call->executed_at != *index) {
      Fail(*call, "acknowledged is committed",
           absl::StrCat("was acknowledged at index ", *index, " and took effect at ",
                        call->executed_at, " (0: nowhere)"));
    }
    return Finish(call, Outcome::kIndeterminate, *index);
  }
  call->failed = !open;
  if (call->failed && call->executed_at != 0) {
    Fail(*call, "definite errors",
         absl::StrCat("took effect at index ", call->executed_at, " and was refused"));
  }
  Finish(call, open ? Outcome::kIndeterminate : Outcome::kFailed, 0);
}

void Clients::CheckForgedServed(const Call& call, const server::Reply& reply) {
  if (!call.token) {
    return Fail(call, "made-up tokens are refused",
                absl::StrCat("needed index ", call.need, " and was answered"));
  }
  if (ledger_->past().Held(*call.token)) return;
  const bool own_affair = call.function == Function::kRywRead && laws_->EverHeld(*call.token) &&
                          reply.session == call.token;
  if (own_affair) return;
  Fail(call, "made-up tokens are refused",
       absl::StrCat("carried ", Text(*call.token), ", which is of no history, and was answered"));
}

// A verdict is for good, so it must be right from the moment on at which it is given.
void Clients::CheckVerdict(const Call& call, const server::Error& error) {
  const uint64_t index = call.token ? call.token->index : call.need;
  bool right = false;
  if (error.reason == Reason::kTokenFromFuture) {
    right = index > call.floor;
  } else if (call.token) {
    const kv::Verdict verdict = ledger_->past().Judge(*call.token, ledger_->last_index());
    right = verdict == (error.reason == Reason::kTokenOtherCluster ? kv::Verdict::kOtherCluster
                                                                   : kv::Verdict::kLostHistory);
    if (error.reason == Reason::kTokenLostHistory) {
      right = right || ledger_->past().WasLost(*call.token);
    }
  }
  if (right) return;
  Fail(call, "verdicts are right",
       absl::StrCat("carried ", call.token ? Text(*call.token) : absl::StrCat("index ", call.need),
                    " and was told: ", error.text));
}

}  // namespace tidemark::simulation
