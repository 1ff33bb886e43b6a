// The longest common subsequence of two sequences.
#ifndef TIDEMARK_HARNESS_TRANSCRIPT_COMMON_H_
#define TIDEMARK_HARNESS_TRANSCRIPT_COMMON_H_

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace tidemark::transcript {

using Pairs = std::vector<std::pair<size_t, size_t>>;

// Of sequences of these sizes, of which same(i, j) says whether the first's i and the second's j
// are the same: their places, in order. Asks once for each pair, and keeps an answer to each.
template <typename Same>
Pairs LongestCommon(size_t rows, size_t columns, const Same& same_at) {
  std::vector<std::vector<bool>> same(rows, std::vector<bool>(columns));
  std::vector<std::vector<int>> longest(rows + 1, std::vector<int>(columns + 1));
  for (size_t i = rows; i-- > 0;) {
    for (size_t j = columns; j-- > 0;) {
      same[i][j] = same_at(i, j);
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

}  // namespace tidemark::transcript

#endif  // TIDEMARK_HARNESS_TRANSCRIPT_COMMON_H_
