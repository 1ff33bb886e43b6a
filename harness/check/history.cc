#include "harness/check/history.h"

#include <utility>

#include "absl/strings/string_view.h"

namespace tidemark::check {

History::History() { Clear(); }

TextId History::Intern(std::string_view text) {
  const absl::string_view looked_for(text.data(), text.size());
  auto found = ids_.find(looked_for);
  if (found != ids_.end()) return found->second;
  const TextId id = static_cast<TextId>(texts_.size());
  texts_.emplace_back(text);
  ids_.emplace(texts_.back(), id);
  return id;
}

uint32_t History::AddTxn(Transaction transaction) {
  transactions_.push_back(std::move(transaction));
  return static_cast<uint32_t>(transactions_.size());
}

void History::Clear() {
  ids_.clear();
  texts_.assign(1, "");
  operations_.clear();
  transactions_.clear();
  left_out_.clear();
}

}  // namespace tidemark::check
