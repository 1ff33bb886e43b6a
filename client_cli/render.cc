#include "client_cli/render.h"

#include <algorithm>
#include <map>
#include <utility>

#include "node/base/concat.h"

namespace tidemark::client {
namespace {

using wire::Json;

// Members of a reply. A node that leaves one out, or spells it otherwise, gets a "?", not a crash.
std::string Text(const Json& body, std::string_view member) {
  const Json* value = body.Find(member);
  if (value == nullptr) return "?";
  return value->is_string() ? value->string_value() : value->Spaced();
}

std::string StringOr(const Json& body, std::string_view member, std::string_view otherwise) {
  const Json* value = body.Find(member);
  return value != nullptr && value->is_string() ? value->string_value() : std::string(otherwise);
}

int64_t IntegerOr(const Json& body, std::string_view member, int64_t otherwise) {
  const Json* value = body.Find(member);
  if (value == nullptr || !value->is_number()) return otherwise;
  return value->AsInt64().value_or(otherwise);
}

bool Has(const Json& body, std::string_view member) { return body.Find(member) != nullptr; }

std::string Took(const Asked& asked) { return Concat(asked.took_ms, " ms"); }

// --- Reads ---

std::string ServedByFollower(const Asked& asked, const Json& body) {
  std::string text =
      Concat("served by ", Text(body, "served_by"), " at index ",
             Text(body, "follower_applied_index"), ", waited ", Text(body, "waited_ms"), " ms");
  if (IntegerOr(body, "waited_ms", 0) > 0) {
    ConcatTo(&text, " until it had index ", asked.last_write_index);
  }
  if (Has(body, "reason")) ConcatTo(&text, " (", Text(body, "reason"), ")");
  return text;
}

// Why the leader and not the node that was asked.
std::string LeadersReason(const Asked& asked, const Json& body) {
  const std::string reason = StringOr(body, "reason", "");
  if (reason == "served_by_leader") return "";
  if (reason == "follower_behind_redirected_to_leader") {
    return Concat(": ", asked.node, " was behind and handed the read on");
  }
  if (reason == "leader_preferred") {
    return Concat(": ", asked.node, " was told to leave it to the leader");
  }
  return reason.empty() ? "" : Concat(": ", reason);
}

std::string ServedByLeader(const Asked& asked, const Json& body) {
  std::string text = Concat("served by ", Text(body, "served_by"), " (the leader)");
  if (asked.last_write_index > 0) {
    ConcatTo(&text, " at index ", asked.last_write_index, " or later");
  }
  return Concat(text, LeadersReason(asked, body), ", ", Took(asked));
}

std::string Served(const Asked& asked, const Json& body) {
  return Has(body, "follower_applied_index") ? ServedByFollower(asked, body)
                                             : ServedByLeader(asked, body);
}

// The value, and where it is from.
std::string Behind(std::string_view value, std::string_view from) {
  return Concat(value, "   ", from);
}

std::string Value(const Json& body) {
  const Json* value = body.Find("value");
  return value == nullptr ? "?" : value->Spaced();
}

std::string RenderReadOk(const Asked& asked, const Json& body) {
  return Behind(Value(body), Concat("linearizable, asked ", asked.node, ", ", Took(asked)));
}

std::string RenderRywReadOk(const Asked& asked, const Json& body) {
  return Behind(Value(body), Served(asked, body));
}

// --- Writes ---

std::string OkAtIndex(const Asked& asked, const Json& body) {
  return Concat("ok at index ", Text(body, "commit_index"), " (", asked.node, ", ", Took(asked),
                ")");
}

std::string RenderOperation(const Json& operation) {
  if (!operation.is_array() || operation.items().size() != 3) return operation.Spaced();
  const std::vector<Json>& parts = operation.items();
  const std::string f = parts[0].is_string() ? parts[0].string_value() : parts[0].Spaced();
  const std::string_view is = f == "r" ? " = " : " ";
  return Concat(f, " ", parts[1].Spaced(), is, parts[2].Spaced());
}

std::string RenderTxnOk(const Asked& asked, const Json& body) {
  std::string text;
  const Json* operations = body.Find("txn");
  if (operations != nullptr && operations->is_array()) {
    for (const Json& operation : operations->items()) {
      ConcatTo(&text, text.empty() ? "" : ", ", RenderOperation(operation));
    }
  }
  return Behind(text, OkAtIndex(asked, body));
}

// --- Errors ---

// What a person can do; empty where the node's text says it all.
std::string_view Advice(const Json& error) {
  const std::string reason = StringOr(error, "reason", "");
  if (reason == "token_from_future") return "`session reset` begins anew";
  switch (IntegerOr(error, "code", -1)) {
    case 11:
      return "`status` shows who runs and who leads; `restart` and `heal` bring back a majority";
    case 13:
      return "`read` shows whether it has happened";
    default:
      return "";
  }
}

std::string RenderError(const Asked& asked, const Json& body) {
  std::string text = Concat("error ", Text(body, "code"), ": ", Text(body, "text"));
  const std::string_view advice = Advice(body);
  if (!advice.empty()) ConcatTo(&text, "; ", advice);
  if (Has(body, "served_by")) return Behind(text, Served(asked, body));
  return Concat(text, " (", asked.node, ", ", Took(asked), ")");
}

using Renderer = std::string (*)(const Asked& asked, const Json& body);

// --- Status ---

std::string Peers(const Json& reply) {
  std::string text;
  const Json* peers = reply.Find("peers");
  if (peers == nullptr || !peers->is_array()) return text;
  for (const Json& peer : peers->items()) {
    const Json* counts = peer.Find("counts");
    const bool learner = counts != nullptr && counts->is_bool() && !counts->bool_value();
    ConcatTo(&text, text.empty() ? "peers " : ", ", Text(peer, "node_id"), " at ",
             Text(peer, "match_index"), learner ? " (learner)" : "");
  }
  return text;
}

std::string Follows(const Json& reply) {
  if (Text(reply, "role") == "leader") return Peers(reply);
  const std::string leader = StringOr(reply, "leader", "");
  return leader.empty() ? "knows no leader" : Concat("leader ", leader);
}

std::string RoleOf(const Json& reply) {
  const Json* learner = reply.Find("learner");
  const bool learns = learner != nullptr && learner->is_bool() && learner->bool_value();
  return learns ? "learner" : Text(reply, "role");
}

std::string UpSince(const Json& reply) {
  const int64_t ms = IntegerOr(reply, "uptime_ms", 0);
  return Concat("up ", ms / 1000, ".", ms / 100 % 10, " s");
}

using Row = std::vector<std::string>;

Row ToRow(const NodeStatus& status) {
  if (!status.reply) return {status.node, status.instead};
  const Json& reply = *status.reply;
  if (Text(reply, "type") != "status_ok") return {status.node, RenderError({status.node}, reply)};
  return {status.node,
          RoleOf(reply),
          Concat("term ", Text(reply, "term")),
          Concat("last ", Text(reply, "last_index")),
          Concat("commit ", Text(reply, "commit_index")),
          Concat("applied ", Text(reply, "applied_index")),
          UpSince(reply),
          Follows(reply)};
}

// A row's last cell may be as long as it likes.
std::vector<size_t> Widths(const std::vector<Row>& rows) {
  std::vector<size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i + 1 < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  return widths;
}

std::string InColumns(const Row& row, const std::vector<size_t>& widths) {
  std::string line;
  for (size_t i = 0; i < row.size(); ++i) {
    line += row[i];
    if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + 2, ' ');
  }
  return line;
}

}  // namespace

std::string RenderReply(const Asked& asked, const Json& body) {
  static const auto& renderers = *new std::map<std::string, Renderer>{
      {"write_ok", OkAtIndex}, {"cas_ok", OkAtIndex},     {"delete_ok", OkAtIndex},
      {"txn_ok", RenderTxnOk}, {"read_ok", RenderReadOk}, {"ryw_read_ok", RenderRywReadOk},
      {"error", RenderError},
  };
  auto renderer = renderers.find(Text(body, "type"));
  return renderer == renderers.end() ? body.Spaced() : renderer->second(asked, body);
}

std::string RenderStatus(const std::vector<NodeStatus>& rows) {
  std::vector<Row> cells;
  cells.reserve(rows.size());
  for (const NodeStatus& row : rows) cells.push_back(ToRow(row));
  const std::vector<size_t> widths = Widths(cells);
  std::string text;
  for (const Row& row : cells) ConcatTo(&text, text.empty() ? "" : "\n", InColumns(row, widths));
  return text;
}

std::string RenderGroups(const std::vector<std::vector<std::string>>& groups) {
  std::string text;
  for (const auto& group : groups) {
    if (!text.empty()) text += " |";
    for (const std::string& node : group) ConcatTo(&text, text.empty() ? "" : " ", node);
  }
  return text;
}

std::string RenderOwn(std::vector<Json::Member> members) {
  return Json::Object(std::move(members)).Spaced();
}

}  // namespace tidemark::client
