// A page of documentation whose examples are files, and what is wrong with it.
#ifndef TIDEMARK_DOCS_PAGE_H_
#define TIDEMARK_DOCS_PAGE_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tidemark::docs {

// By name: each file's text.
using Files = std::map<std::string, std::string>;

// A fenced block whose info string is "jsonl FILE".
struct Example {
  std::string file;
  std::string text;  // with the last line's newline
};

class Page {
 public:
  // `text`: markdown.
  explicit Page(std::string_view text);

  const std::vector<Example>& examples() const { return examples_; }

  // Sentences, one for each example that is not its file, and for each file without an example.
  std::vector<std::string> Differences(const Files& files) const;
  // Those of `words` that the prose does not name: as `word`, or at the head of `word {fields}`.
  std::vector<std::string> Unnamed(const std::vector<std::string>& words) const;
  // Those of `words` that no example has as the value of `key`.
  std::vector<std::string> Unshown(std::string_view key,
                                   const std::vector<std::string>& words) const;

 private:
  std::string prose_;  // all that stands outside of fenced blocks
  std::vector<Example> examples_;
};

}  // namespace tidemark::docs

#endif  // TIDEMARK_DOCS_PAGE_H_
