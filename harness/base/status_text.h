// An absl::Status as std's own strings: Debian 12's absl::string_view is not std::string_view.
#ifndef TIDEMARK_HARNESS_BASE_STATUS_TEXT_H_
#define TIDEMARK_HARNESS_BASE_STATUS_TEXT_H_

#include <string>

#include "absl/status/status.h"

namespace tidemark {

inline std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

}  // namespace tidemark

#endif  // TIDEMARK_HARNESS_BASE_STATUS_TEXT_H_
