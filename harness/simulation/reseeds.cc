#include "harness/simulation/reseeds.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "node/base/concat.h"

namespace tidemark::simulation {

absl::StatusOr<std::vector<Reseed>> ParseReseeds(std::string_view text) {
  std::vector<Reseed> reseeds;
  if (text.empty()) return reseeds;
  for (const std::string& word : std::vector<std::string>(absl::StrSplit(std::string(text), ','))) {
    const std::vector<std::string> parts = absl::StrSplit(word, ':');
    Reseed reseed;
    const bool good = parts.size() == 2 && absl::SimpleAtoi(parts[0], &reseed.at_us) &&
                      absl::SimpleAtoi(parts[1], &reseed.number) && reseed.at_us >= 0;
    if (!good) return absl::InvalidArgumentError(Concat("\"", word, "\" is not MOMENT:NUMBER"));
    if (!reseeds.empty() && reseed.at_us < reseeds.back().at_us) {
      return absl::InvalidArgumentError(Concat("\"", word, "\" is before the one before it"));
    }
    reseeds.push_back(reseed);
  }
  return reseeds;
}

std::string FormatReseeds(const std::vector<Reseed>& reseeds) {
  std::string text;
  for (const Reseed& reseed : reseeds) {
    ConcatTo(&text, text.empty() ? "" : ",", reseed.at_us, ":", reseed.number);
  }
  return text;
}

}  // namespace tidemark::simulation
