#include "node/wire/vocabulary.h"

#include <cstddef>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "node/kv/command.h"
#include "node/raft/messages.h"
#include "node/server/peer_messages.h"
#include "node/server/requests.h"
#include "node/wire/gateway.h"

namespace tidemark::wire {
namespace {

// Of a message whose values may be empty, and so no JSON: only what it is called is asked for here.
std::string TypeIn(const std::string& line) {
  constexpr std::string_view kType = "\"type\": \"";
  const size_t begin = line.find(kType) + kType.size();
  return line.substr(begin, line.find('"', begin) - begin);
}

template <typename Variant, typename Visit, size_t... kIndex>
void ForEachAlternative(const Visit& visit, std::index_sequence<kIndex...>) {
  (visit(std::variant_alternative_t<kIndex, Variant>{}), ...);
}

template <typename Variant, typename Visit>
void ForEachAlternative(const Visit& visit) {
  ForEachAlternative<Variant>(visit, std::make_index_sequence<std::variant_size_v<Variant>>());
}

template <typename Ask>
Ask Any(Ask ask) {
  return ask;
}
server::HandIn Any(server::HandIn /*without a command*/) {
  return {std::make_shared<server::LogCommand>(kv::Command{})};
}

}  // namespace

// As it says itself to whoever asks for something else.
std::vector<std::string> Requests() {
  const Incoming incoming =
      Decode(R"({"src": "c", "dest": "n", "body": {"type": "?", "msg_id": 1}})", false, {});
  const std::string text = std::get<Refused>(incoming.message).error.text;
  std::istringstream names(text.substr(text.find("known: ") + 7));
  std::vector<std::string> requests;
  for (std::string name; names >> name;) {
    if (name.back() == ',') name.pop_back();
    requests.push_back(name);
  }
  return requests;
}

std::vector<std::string> Replies() {
  std::vector<std::string> types;
  ForEachAlternative<server::ReplyBody>([&](auto body) {
    std::string line;
    AppendReply("n1", {{"c1", 1}, 1, std::move(body), {}, {}}, false, &line);
    types.push_back(TypeIn(line));
  });
  return types;
}

std::vector<std::string> PeerMessages() {
  std::vector<std::string> types;
  const auto add = [&](server::PeerBody body) {
    std::string line;
    AppendPeerMessage({{}, std::move(body)}, &line);
    types.push_back(TypeIn(line));
  };
  ForEachAlternative<raft::Body>([&](auto body) { add(raft::Body(std::move(body))); });
  ForEachAlternative<decltype(server::Question::ask)>([&](auto ask) {
    add(server::Question{1, 1, Any(std::move(ask))});
  });
  ForEachAlternative<decltype(server::Answer::result)>([&](auto result) {
    add(server::Answer{1, 1, std::move(result)});
  });
  add(server::StateHash{});
  return types;
}

// All that are spelled: nothing is behind the last one.
std::vector<std::string> Reasons() {
  std::vector<std::string> reasons;
  for (int i = 0;; ++i) {
    const std::string reason(Spelled(static_cast<server::Reason>(i)));
    if (reason.empty()) return reasons;
    reasons.push_back(reason);
  }
}

}  // namespace tidemark::wire
