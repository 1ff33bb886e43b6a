#include "docs/page.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

namespace tidemark::docs {
namespace {

constexpr std::string_view kFence = "```";
constexpr std::string_view kOfFile = "```jsonl ";

// The line at the head of `text`, which loses it and its newline.
std::string_view TakeLine(std::string_view* text) {
  const size_t end = std::min(text->find('\n'), text->size());
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(std::min(end + 1, text->size()));
  return line;
}

std::string TakeBlock(std::string_view* text) {
  std::string block;
  while (!text->empty()) {
    const std::string_view line = TakeLine(text);
    if (line == kFence) break;
    block.append(line).append("\n");
  }
  return block;
}

bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

Page::Page(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = TakeLine(&text);
    if (line.substr(0, kFence.size()) != kFence) {
      prose_.append(line).append("\n");
      continue;
    }
    std::string block = TakeBlock(&text);
    if (line.substr(0, kOfFile.size()) != kOfFile) continue;
    examples_.push_back({std::string(line.substr(kOfFile.size())), std::move(block)});
  }
}

std::vector<std::string> Page::Differences(const Files& files) const {
  std::vector<std::string> differences;
  std::set<std::string> shown;
  for (const Example& example : examples_) {
    shown.insert(example.file);
    const auto file = files.find(example.file);
    if (file == files.end()) {
      differences.push_back(example.file + ": there is no such file");
    } else if (file->second != example.text) {
      differences.push_back(example.file + ": the page and the file differ; the file is\n" +
                            file->second);
    }
  }
  for (const auto& [name, text] : files) {
    if (shown.count(name) == 0) differences.push_back(name + ": the page does not show it");
  }
  return differences;
}

std::vector<std::string> Page::Unnamed(const std::vector<std::string>& words) const {
  std::vector<std::string> unnamed;
  for (const std::string& word : words) {
    if (!Has(prose_, "`" + word + "`") && !Has(prose_, "`" + word + " {")) unnamed.push_back(word);
  }
  return unnamed;
}

std::vector<std::string> Page::Unshown(std::string_view key,
                                       const std::vector<std::string>& words) const {
  std::vector<std::string> unshown;
  for (const std::string& word : words) {
    const std::string shown = "\"" + std::string(key) + "\": \"" + word + "\"";
    const bool is_shown =
        std::any_of(examples_.begin(), examples_.end(),
                    [&](const Example& example) { return Has(example.text, shown); });
    if (!is_shown) unshown.push_back(word);
  }
  return unshown;
}

}  // namespace tidemark::docs
