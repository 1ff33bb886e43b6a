#include "client_cli/silence.h"

#include <vector>

#include "node/base/concat.h"

namespace tidemark::client {
namespace {

std::vector<std::string> Names(const Told& told, bool ended) {
  std::vector<std::string> names;
  for (const Unanswered& one : told.unanswered) {
    if (one.ended == ended) names.push_back(one.node);
  }
  return names;
}

// "n1, n2 and n3"
std::string List(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    ConcatTo(&text, i == 0 ? "" : i + 1 == names.size() ? " and " : ", ", names[i]);
  }
  return text;
}

std::string Ended(const std::vector<std::string>& names) {
  return Concat(List(names),
                names.size() == 1 ? " ended before it answered" : " ended before they answered");
}

std::string Silent(const std::vector<std::string>& names, bool interrupted, int64_t took_ms) {
  if (interrupted) return Concat("stopped waiting for ", List(names), " after ", took_ms, " ms");
  return Concat(List(names), names.size() == 1 ? " has" : " have", " not answered within ", took_ms,
                " ms");
}

}  // namespace

std::string_view ReasonOf(Silence::Why why) {
  switch (why) {
    case Silence::Why::kTimedOut:
      return "no_answer";
    case Silence::Why::kNodeEnded:
      return "node_ended";
    case Silence::Why::kInterrupted:
      return "interrupted";
  }
  return "";
}

std::string_view ReasonFor(const Told& told) {
  if (told.interrupted) return ReasonOf(Silence::Why::kInterrupted);
  const bool all_ended = Names(told, /*ended=*/false).empty();
  return ReasonOf(all_ended ? Silence::Why::kNodeEnded : Silence::Why::kTimedOut);
}

std::string Describe(const std::string& node, const Silence& silence) {
  if (silence.why == Silence::Why::kNodeEnded) return Ended({node});
  return Silent({node}, silence.why == Silence::Why::kInterrupted, silence.took_ms);
}

std::string NoAnswer(const Told& told) {
  const std::vector<std::string> silent = Names(told, /*ended=*/false);
  const std::vector<std::string> ended = Names(told, /*ended=*/true);
  std::string text = silent.empty() ? "" : Silent(silent, told.interrupted, told.took_ms);
  if (!ended.empty()) ConcatTo(&text, silent.empty() ? "" : ", ", Ended(ended));
  return text;
}

std::string WhoKeptSilent(const Told& told) {
  const std::vector<std::string> silent = Names(told, /*ended=*/false);
  const std::vector<std::string> ended = Names(told, /*ended=*/true);
  std::string text = ended.empty() ? "" : Concat(List(ended), " ended");
  if (!silent.empty()) {
    ConcatTo(&text, ended.empty() ? "" : ", ", List(silent), " did not answer");
  }
  return text;
}

}  // namespace tidemark::client
