#include "harness/transcript/rewrite.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "harness/transcript/common.h"

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
  const Json& JsonOf(size_t line) const {
    return std::get<Expected>(script_.lines[line].step).json;
  }

  // Expected lines that match what came.
  Pairs CommonLines(const Block& block) const {
    return LongestCommon(block.expected.size(), block.came.size(), [&](size_t i, size_t j) {
      const size_t line = block.expected[i];
      return Matches(script_.lines[line].text, JsonOf(line), block.came[j].text, mode_);
    });
  }

  // Between two lines that stay: `came` in place of `expected`. A line gives its place, and its
  // "<any>"s, only to another answer to the same request.
  void EditGap(const Block& block, size_t expected, size_t expected_end, size_t came,
               size_t came_end) {
    std::vector<std::optional<Json>> jsons;
    for (size_t i = came; i < came_end; ++i) {
      absl::StatusOr<Json> json = wire::ParseJson(block.came[i].text);
      jsons.push_back(json.ok() ? std::optional(*std::move(json)) : std::nullopt);
    }
    const Pairs pairs =
        LongestCommon(expected_end - expected, jsons.size(), [&](size_t i, size_t j) {
          return jsons[j] && SameOccasion(JsonOf(block.expected[expected + i]), *jsons[j]);
        });
    size_t from_expected = expected, from_came = came;
    for (const auto& [same_expected, same_came] : pairs) {
      RemoveAndInsert(block, from_expected, expected + same_expected, from_came, came + same_came);
      const size_t line = block.expected[expected + same_expected];
      replaced_[line] = Replacement(line, block.came[came + same_came].text);
      at_ = line;
      from_expected = expected + same_expected + 1;
      from_came = came + same_came + 1;
    }
    RemoveAndInsert(block, from_expected, expected_end, from_came, came_end);
  }

  void RemoveAndInsert(const Block& block, size_t expected, size_t expected_end, size_t came,
                       size_t came_end) {
    for (; expected < expected_end; ++expected) removed_.insert(block.expected[expected]);
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
