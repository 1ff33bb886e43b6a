// One pass over a text that takes what is certainly JSON as Tidemark means it (json.h) and words
// no errors. Of what it does not take, ParseInWords (json_parse.h) says what is wrong.
#ifndef TIDEMARK_NODE_WIRE_JSON_SCAN_H_
#define TIDEMARK_NODE_WIRE_JSON_SCAN_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "node/wire/json_view.h"

namespace tidemark::wire {

struct JsonScan {
  // Of the text that was scanned, which must outlive this.
  const JsonView& root() const { return views.root(); }

  JsonViews views;
  std::unique_ptr<char[]> unescaped;  // the strings that had escapes
  int depth = 0;                      // of arrays and objects in each other
};

// Nothing, if the text is not certain. `number_end`, which may be null, becomes where the last
// number ended that was read; npos: there was none.
std::optional<JsonScan> ScanJson(std::string_view text, int max_depth,
                                 size_t* number_end = nullptr);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_JSON_SCAN_H_
