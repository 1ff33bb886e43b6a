#include "node/log/repetitions.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "node/base/assert.h"
#include "node/base/concat.h"

namespace tidemark::log {
namespace {

// Ids are spelled with so many hexadecimal digits and more; shorter runs of them may be words.
constexpr size_t kIdDigits = 8;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); }
bool IsOfWord(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

bool IsNumber(std::string_view word) {
  if (std::all_of(word.begin(), word.end(), IsDigit)) return true;
  return word.size() >= kIdDigits && std::all_of(word.begin(), word.end(), IsHexDigit);
}

// The level and the text, with # for each number. The number in a name (n1) is none.
std::string KindOf(const raft::Notice& notice) {
  std::string kind = Concat(static_cast<int>(notice.level), " ");
  std::string_view rest = notice.text;
  while (!rest.empty()) {
    const auto* const end = std::find_if_not(rest.begin(), rest.end(), IsOfWord);
    const auto length = static_cast<size_t>(std::distance(rest.begin(), end));
    const std::string_view word = rest.substr(0, std::max<size_t>(length, 1));
    kind.append(length > 0 && IsNumber(word) ? "#" : word);
    rest.remove_prefix(word.size());
  }
  return kind;
}

}  // namespace

void Repetitions::Take(Time now, raft::Notice notice, std::string_view kind,
                       std::vector<Told>* told) {
  if (now >= next_end_) PassDeadline(now, told);
  Kind& of = KindFor(now, notice, kind);
  const size_t text = std::hash<std::string>()(notice.text);
  const bool known = std::find(of.texts.begin(), of.texts.end(), text) != of.texts.end();
  if (!known && !of.flooded && of.texts.size() < kMostTexts) {
    of.texts.push_back(text);
    told->push_back({std::move(notice), 0, {}});
    return;
  }
  ++of.held_back;
  of.last = std::move(notice);
  deadline_ = std::min(deadline_, of.since + kSpan);
}

Repetitions::Kind& Repetitions::KindFor(Time now, const raft::Notice& notice,
                                        std::string_view kind) {
  std::string key = kind.empty() ? KindOf(notice) : std::string(kind);
  auto at = kinds_.find(key);
  if (at == kinds_.end() && kinds_.size() >= kMostKinds) {
    key = "others";
    at = kinds_.find(key);
  }
  if (at != kinds_.end()) return at->second;
  next_end_ = std::min(next_end_, now + kSpan);
  return kinds_.emplace(std::move(key), Kind{now, {}, false, 0, {}}).first->second;
}

void Repetitions::PassDeadline(Time now, std::vector<Told>* told) {
  next_end_ = deadline_ = Time::Never();
  for (auto it = kinds_.begin(); it != kinds_.end();) {
    Kind& kind = it->second;
    const bool over = kind.since + kSpan <= now;
    if (over && kind.held_back == 0) {
      it = kinds_.erase(it);
      continue;
    }
    if (over) TellHeldBack(now, &kind, told);
    next_end_ = std::min(next_end_, kind.since + kSpan);
    if (kind.held_back > 0) deadline_ = std::min(deadline_, kind.since + kSpan);
    ++it;
  }
  TM_ASSERT(deadline_ >= next_end_);
}

void Repetitions::Finish(Time now, std::vector<Told>* told) {
  for (auto& [key, kind] : kinds_) {
    if (kind.held_back > 0) TellHeldBack(now, &kind, told);
  }
  kinds_.clear();
  next_end_ = deadline_ = Time::Never();
}

void Repetitions::TellHeldBack(Time now, Kind* kind, std::vector<Told>* told) {
  TM_ASSERT(kind->held_back > 0);
  told->push_back({std::move(kind->last), kind->held_back, now - kind->since});
  *kind = Kind{now, {}, true, 0, {}};
}

}  // namespace tidemark::log
