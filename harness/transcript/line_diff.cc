#include "harness/transcript/line_diff.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "harness/transcript/common.h"
#include "node/base/concat.h"

namespace tidemark::transcript {
namespace {

constexpr size_t kLongestLine = 300;
// Beyond so many pairs to compare, lines are not matched any more: all old ones, then all new ones.
constexpr size_t kMostPairs = 4'000'000;

using Lines = std::vector<std::string_view>;

Lines Split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

class Writer {
 public:
  explicit Writer(bool colour) : colour_(colour) {}

  void Write(char sign, size_t number, std::string_view line) {
    const std::string_view colour = !colour_ ? "" : sign == '-' ? "\033[31m" : "\033[32m";
    ConcatTo(&text_, "  ", colour, std::string(1, sign), number, "  ",
             line.substr(0, kLongestLine));
    if (line.size() > kLongestLine) ConcatTo(&text_, "… (", line.size(), " bytes)");
    ConcatTo(&text_, colour_ ? "\033[0m\n" : "\n");
  }
  std::string Finish() { return std::move(text_); }

 private:
  const bool colour_;
  std::string text_;
};

}  // namespace

std::string DiffLines(std::string_view before, std::string_view after, bool colour) {
  const Lines old_lines = Split(before), new_lines = Split(after);
  const size_t shorter = std::min(old_lines.size(), new_lines.size());
  size_t begin = 0, end = 0;
  while (begin < shorter && old_lines[begin] == new_lines[begin]) ++begin;
  while (end < shorter - begin && *(old_lines.rbegin() + static_cast<ptrdiff_t>(end)) ==
                                      *(new_lines.rbegin() + static_cast<ptrdiff_t>(end))) {
    ++end;
  }
  const size_t olds = old_lines.size() - begin - end, news = new_lines.size() - begin - end;
  Pairs pairs;
  if (news == 0 || olds <= kMostPairs / news) {
    pairs = LongestCommon(olds, news, [&](size_t i, size_t j) {
      return old_lines[begin + i] == new_lines[begin + j];
    });
  }
  pairs.emplace_back(olds, news);
  Writer writer(colour);
  size_t i = 0, j = 0;
  for (const auto& [same_old, same_new] : pairs) {
    for (; i < same_old; ++i) writer.Write('-', begin + i + 1, old_lines[begin + i]);
    for (; j < same_new; ++j) writer.Write('+', begin + j + 1, new_lines[begin + j]);
    i = same_old + 1;
    j = same_new + 1;
  }
  return writer.Finish();
}

}  // namespace tidemark::transcript
