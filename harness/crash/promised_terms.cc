#include "harness/crash/promised_terms.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "harness/cluster/envelope.h"

namespace tidemark::crash {
namespace {

// A pre-vote promises nothing, and asks for a term that nobody has yet.
bool Promises(const cluster::Envelope& message) {
  const std::string_view type = message.type();
  if (type == "append_reply") return true;
  return (type == "request_vote" || type == "vote") &&
         message.body.find("\"pre_vote\"") == std::string_view::npos;
}

}  // namespace

absl::Status PromisedTerms::See(const cluster::Line& message) {
  const std::optional<cluster::Envelope> envelope = cluster::ParseEnvelope(message.text);
  if (!envelope || !Promises(*envelope)) return absl::OkStatus();
  const int64_t term = envelope->Integer("term").value_or(0);
  int64_t& promised = promised_[message.node];
  if (term < promised) {
    return absl::DataLossError(absl::StrCat(message.node, " has promised term ", promised,
                                            " and now speaks of ", term, ": ", message.text));
  }
  promised = std::max(promised, term);
  return absl::OkStatus();
}

}  // namespace tidemark::crash
