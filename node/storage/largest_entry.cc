#include "node/storage/largest_entry.h"

#include <variant>

#include "node/base/concat.h"

namespace tidemark::storage {

absl::Status HoldsEntriesOf(const Limits& limits, const Options& options) {
  if (options.segment_bytes >= LeastSegmentBytes(limits)) return absl::OkStatus();
  return absl::FailedPreconditionError(Concat(
      "its cluster takes messages of up to ", limits.line, " bytes (", NameOf(Limit::kLine),
      "), and an entry with one may not fit into the segments of ", options.segment_bytes,
      " bytes that its log is made of. Start it with --segment-bytes ", LeastSegmentBytes(limits)));
}

const raft::Configuration* LatestConfiguration(const server::Recovered& recovered) {
  for (auto entry = recovered.log.rbegin(); entry != recovered.log.rend(); ++entry) {
    const auto* body = std::get_if<raft::ConfigurationEntry>(&(*entry)->body);
    if (body != nullptr) return &body->configuration;
  }
  return recovered.snapshot ? &recovered.snapshot->configuration : nullptr;
}

}  // namespace tidemark::storage
