#include "harness/check/files.h"

#include <string_view>

#include "absl/status/status.h"
#include "harness/base/status_text.h"
#include "harness/check/edn.h"
#include "harness/check/jsonl.h"
#include "harness/transcript/files.h"
#include "node/base/concat.h"

namespace tidemark::check {

absl::StatusOr<History> ReadHistory(const std::string& path) {
  const absl::StatusOr<std::string> text = transcript::ReadFile(path);
  if (!text.ok()) return text.status();
  const bool edn = path.size() > 4 && path.substr(path.size() - 4) == ".edn";
  absl::StatusOr<History> history = edn ? ParseEdn(*text) : ParseJsonl(*text);
  if (history.ok() && history->operations().empty()) {
    return absl::InvalidArgumentError(Concat(path, ": there is no operation in it"));
  }
  if (history.ok()) return history;
  return absl::InvalidArgumentError(Concat(path, ": ", MessageOf(history.status())));
}

}  // namespace tidemark::check
