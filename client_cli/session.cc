#include "client_cli/session.h"

#include <algorithm>
#include <utility>

#include "client_cli/reply.h"

namespace tidemark::client {
namespace {

// False: the one that is held is as new.
bool Raise(const Token& token, std::optional<Token>* held) {
  if (*held && (*held)->index >= token.index) return false;
  *held = token;
  return true;
}

}  // namespace

uint64_t Session::index() const {
  return std::max(now().last_write_index, now().token ? now().token->index : 0);
}

wire::Json Session::ToJson() const {
  return token() ? client::ToJson(*token()) : wire::Json::Object();
}

void Session::BelongTo(uint32_t cluster) {
  if (!cluster_) seen_[cluster] = std::exchange(seen_[std::nullopt], {});
  cluster_ = cluster;
}

void Session::Observe(const wire::Json& body) {
  if (!HasSeenTheState(body)) return;
  const std::optional<Token> token = TokenOf(body);
  if (token && !cluster_) BelongTo(token->cluster);
  Seen& seen = seen_[token ? token->cluster : cluster_];
  if (token) Raise(*token, &seen.token);
  const uint64_t committed = UintOf(body, "commit_index").value_or(0);
  seen.last_write_index = std::max(seen.last_write_index, committed);
}

bool Session::TakeOver(const Token& token) {
  BelongTo(token.cluster);
  return Raise(token, &seen_[cluster_].token);
}

void Session::SetIndex(uint64_t index) {
  cluster_ = std::nullopt;
  seen_ = {{cluster_, {std::nullopt, index}}};
}

}  // namespace tidemark::client
