// JSON lists as their canonical texts, without parsing what is inside.
#ifndef TIDEMARK_HARNESS_CHECK_LIST_TEXT_H_
#define TIDEMARK_HARNESS_CHECK_LIST_TEXT_H_

#include <cstddef>
#include <string_view>
#include <vector>

namespace tidemark::check {

// Whether a canonical JSON text is a list.
inline bool IsList(std::string_view text) { return !text.empty() && text.front() == '['; }

// A list without its closing bracket: "[3,17". What an append makes longer.
inline std::string_view OpenList(std::string_view list) { return list.substr(0, list.size() - 1); }

// Whether list `start` is the beginning of `list` (or all of it).
bool IsStartOf(std::string_view start, std::string_view list);

struct ListElement {
  std::string_view text;
  size_t end = 0;  // where it ends in the list's text: lists with it are longer than that
};
// The elements of a canonical list.
std::vector<ListElement> Elements(std::string_view list);

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_LIST_TEXT_H_
