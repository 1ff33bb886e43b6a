#include "harness/transcript/rewrite.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/status/statusor.h"

namespace tidemark::transcript {
namespace {

using wire::Json;

// A block's rewriting: which text each expected line gets, and what is inserted behind lines.
class Editor {
 public:
  Editor(const Script& script, MatchMode mode) : script_(script), mode_(mode) {}

  void Edit(const Block& block) {
    at_ = last_;  // what came first may have come before the block's anchor
    size_t expected = 0, came = 0;
    for (const auto& [same_expected, same_came] : CommonLines(block)) {
      EditGap(block, expected, same_expected, came, same_came);
      at_ = block.expected[same_expected];
      expected = same_expected + 1;
      came = same_came + 1;
    }
    EditGap(block, expected, block.expected.size(), came, block.came.size());
    last_ = std::max(at_, block.expected.empty() ? block.anchor : block.expected.back());
  }

  Rewritten Finish() {
    for (size_t i = 0; i < script_.lines.size(); ++i) EmitLine(i);
    if (!script_.ends_with_newline && !out_.text.empty()) out_.text.pop_back();
    return std::move(out_);
  }

 private:
  using Pairs = std::vector<std::pair<size_t, size_t>>;

  const Json& JsonOf(size_t line) const {
    return std::get<Expected>(script_.lines[line].step).json;
  }

  // The longest common subsequence of the block's expected lines and what came.
  Pairs CommonLines(const Block& block) const {
    const size_t rows = block.expected.size(), columns = block.came.size();
    std::vector<std::vector<bool>> same(rows, std::vector<bool>(columns));
    std::vector<std::vector<int>> longest(rows + 1, std::vector<int>(columns + 1));
    for (size_t i = rows; i-- > 0;) {
      const size_t line = block.expected[i];
      for (size_t j = columns; j-- > 0;) {
        same[i][j] = Matches(script_.lines[line].text, JsonOf(line), block.came[j].text, mode_);
        longest[i][j] =
            same[i][j] ? 1 + longest[i + 1][j + 1] : std::max(longest[i + 1][j], longest[i][j + 1]);
      }
    }
    Pairs pairs;
    for (size_t i = 0, j = 0; i < rows && j < columns;) {
      if (same[i][j]) {
        pairs.emplace_back(i++, j++);
      } else {
        (longest[i + 1][j] >= longest[i][j + 1] ? i : j)++;
      }
    }
    return pairs;
  }

  // Between two lines that stay: `came` in place of `expected`.
  void EditGap(const Block& block, size_t expected, size_t expected_end, size_t came,
               size_t came_end) {
    for (; expected < expected_end; ++expected) {
      const size_t line = block.expected[expected];
      if (came < came_end) {
        replaced_[line] = Replacement(line, block.came[came++].text);
        at_ = line;
      } else {
        removed_.insert(line);
      }
    }
    for (; came < came_end; ++came) {
      at_ = std::max(at_, CauseOf(block, block.came[came].arrived));
      inserted_[at_].push_back(block.came[came].text);
    }
  }

  // The line that made something come which arrived at `line`: that line, or the block's anchor
  // where an expected line or the end of the file did the waiting.
  static size_t CauseOf(const Block& block, size_t line) { return std::min(line, block.anchor); }

  std::string Replacement(size_t line, const std::string& came) const {
    if (script_.lines[line].text.find("<any>") == std::string::npos) return came;
    absl::StatusOr<Json> json = wire::ParseJson(came);
    return json.ok() ? WithAnys(JsonOf(line), *std::move(json)).Spaced() : came;
  }

  void EmitLine(size_t i) {
    auto replacement = replaced_.find(i);
    if (replacement != replaced_.end()) {
      ++out_.removed;
      Add(replacement->second);
    } else if (removed_.contains(i)) {
      ++out_.removed;
    } else {
      out_.text += script_.lines[i].text + "\n";
    }
    auto inserted = inserted_.find(i);
    if (inserted == inserted_.end()) return;
    for (const std::string& text : inserted->second) Add(text);
  }

  void Add(const std::string& text) {
    ++out_.added;
    out_.text += text + "\n";
  }

  const Script& script_;
  const MatchMode mode_;
  size_t at_ = 0;    // behind which line something would be inserted
  size_t last_ = 0;  // the last line that the blocks so far are about
  std::map<size_t, std::string> replaced_;
  std::set<size_t> removed_;
  std::map<size_t, std::vector<std::string>> inserted_;
  Rewritten out_;
};

}  // namespace

Rewritten Rewrite(const Script& script, const std::vector<Block>& blocks, MatchMode mode) {
  Editor editor(script, mode);
  for (const Block& block : blocks) editor.Edit(block);
  return editor.Finish();
}

}  // namespace tidemark::transcript
