#include "client_cli/render.h"

#include <algorithm>
#include <map>
#include <utility>

#include "client_cli/advice.h"
#include "client_cli/explanation.h"
#include "client_cli/reply.h"
#include "node/base/concat.h"
#include "node/base/one_line.h"

namespace tidemark::client {
namespace {

using wire::Json;

// Members of a reply. A node that leaves one out, or spells it otherwise, gets a "?", not a crash.
std::string Text(const Json& body, std::string_view member) {
  const Json* value = body.Find(member);
  if (value == nullptr) return "?";
  return OneLine(value->is_string() ? value->string_value() : value->Spaced());
}

int64_t IntegerOr(const Json& body, std::string_view member, int64_t otherwise) {
  const Json* value = body.Find(member);
  if (value == nullptr || !value->is_number()) return otherwise;
  return value->AsInt64().value_or(otherwise);
}

bool Has(const Json& body, std::string_view member) { return body.Find(member) != nullptr; }

std::string Took(const Asked& asked) { return Concat(asked.took_ms, " ms"); }

// "(n2, 3 ms; n1 ended)"
std::string By(const Asked& asked) {
  return Concat("(", asked.node, ", ", Took(asked), asked.others.empty() ? "" : "; ", asked.others,
                ")");
}

// --- Reads ---

std::string ServedByProof(const Json& body) {
  return Concat("served by ", Text(body, "served_by"), ", proved by the session's token at ",
                Text(body, "proved_index"),
                "; applied there: ", Text(body, "follower_applied_index"));
}

std::string ServedByFollower(const Asked& asked, const Json& body) {
  if (Has(body, "proved_index")) return ServedByProof(body);
  std::string text =
      Concat("served by ", Text(body, "served_by"), " at index ",
             Text(body, "follower_applied_index"), ", waited ", Text(body, "waited_ms"), " ms");
  if (IntegerOr(body, "waited_ms", 0) > 0) {
    ConcatTo(&text, " until it had index ", asked.need);
  }
  if (Has(body, "reason")) ConcatTo(&text, " (", Text(body, "reason"), ")");
  return text;
}

// Why the leader and not the node that was asked.
std::string LeadersReason(const Asked& asked, const Json& body) {
  const std::string reason = StringOf(body, "reason");
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
  if (asked.need > 0) {
    ConcatTo(&text, " at index ", asked.need, " or later");
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
  return Concat("ok at index ", Text(body, "commit_index"), " ", By(asked));
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

// --- What came of a write ---

// A refusal as its client was told, or would have been.
std::string Refusal(const Json& body) {
  const std::string reason = StringOf(body, "reason");
  const std::string error = Concat("error ", Text(body, "code"));
  if (!reason.empty()) return Concat(error, ", ", reason);
  return Concat(error, Text(body, "code") == "20" ? ", the key did not exist"
                                                  : ", the value was another one");
}

std::string Fared(const Json& body) {
  const std::string outcome = StringOf(body, "outcome");
  if (outcome == "committed") return "it was committed at index " + Text(body, "commit_index");
  if (outcome == "refused") return Concat("it was refused: ", Refusal(body));
  if (outcome == "cancelled") {
    return "it did not happen and will not (cancelled): safe to do again";
  }
  if (outcome == "unknown") {
    return "not known any more: it may have happened; `read` shows what is there";
  }
  return body.Spaced();
}

std::string RenderFateOk(const Asked& asked, const Json& body) {
  return Concat(Fared(body), " ", By(asked));
}

// --- Errors ---

std::string RenderError(const Asked& asked, const Json& body) {
  std::string text = Concat("error ", Text(body, "code"), ": ", Text(body, "text"));
  const std::string advice = Advice(body, asked.remedy);
  if (asked.opening) {
    text += "; nothing is written: it was asked for a client id first";
  } else if (!advice.empty()) {
    ConcatTo(&text, "; ", advice);
  }
  if (Has(body, "served_by")) return Behind(text, Served(asked, body));
  return Concat(text, " ", By(asked));
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
    const bool gone_back = peer.Find("gone_back") != nullptr;
    ConcatTo(&text, text.empty() ? "peers " : ", ", Text(peer, "node_id"), " at ",
             Text(peer, "match_index"),
             gone_back ? " (its disk has gone back)"
             : learner ? " (learner)"
                       : "");
  }
  return text;
}

std::string Follows(const Json& reply) {
  if (Text(reply, "role") == "leader") return Peers(reply);
  const std::string leader = StringOf(reply, "leader");
  return leader.empty() ? "knows no leader" : Concat("leader ", OneLine(leader));
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
      {"error", RenderError},  {"fate_ok", RenderFateOk},
  };
  auto renderer = renderers.find(Text(body, "type"));
  if (renderer == renderers.end()) return body.Spaced();
  const std::string text = renderer->second(asked, body);
  const Json* explain = body.Find("explain");
  return explain == nullptr ? text : Concat(text, "\n", RenderExplanation(*explain));
}

std::string RenderSession(const std::optional<Token>& token, uint64_t index) {
  if (token) {
    return Behind(ToText(*token), Concat("cluster ", ClusterText(token->cluster), " up to index ",
                                         token->index, ", term ", token->term));
  }
  if (index == 0) return "no token yet: the first answer brings one";
  return "no token, only an index: reads wait for it, but it names no history and proves nothing";
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
