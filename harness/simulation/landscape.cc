#include "harness/simulation/landscape.h"

#include <fstream>

#include "absl/strings/str_format.h"
#include "harness/simulation/landmarks.h"
#include "node/base/concat.h"

namespace tidemark::simulation {
namespace {

constexpr uint64_t kLately = 1'000;  // seeds
// What a campaign of so many seeds, ten seconds each, reaches with a wide margin.
constexpr uint64_t kSeedsForAll = 20'000;
constexpr int64_t kSecondsForAll = 10;

std::string Describe(const StepPlace& place) {
  return Concat("a ", NameOf(place.role), ", by a ", NameOf(place.kind), " ",
                NameOf(place.relation), ", ", NameOf(place.outcome));
}

std::vector<std::string> MissingSteps(const Reached& reached) {
  std::vector<std::string> missing;
  for (size_t i = 0; i < kStepPlaces; ++i) {
    const StepPlace place = StepPlaceAt(i);
    if (!reached.steps[i] && IsExpected(place)) missing.push_back(Describe(place));
  }
  return missing;
}

std::vector<std::string> MissingTold(const Reached& reached) {
  std::vector<std::string> missing;
  for (size_t i = 0; i < kTold; ++i) {
    if (!reached.told[i] && !IsToldByFrontEnd(i)) missing.push_back(ToldAt(i));
  }
  return missing;
}

void AppendList(const std::string& title, const std::vector<std::string>& list, std::string* text) {
  if (list.empty()) return;
  ConcatTo(text, title, "\n");
  for (const std::string& item : list) ConcatTo(text, "  ", item, "\n");
}

std::string JsonList(const std::vector<std::string>& list) {
  std::string text = "[";
  for (const std::string& item : list) {
    ConcatTo(&text, text.size() == 1 ? "" : ", ", "\"", item, "\"");
  }
  return text + "]";
}

}  // namespace

void Landscape::Take(const Reached& reached, bool is_future) {
  ++(is_future ? futures_ : seeds_);
  reached_.Add(reached);
  for (size_t i = 0; i < Landmarks().size(); ++i) {
    if (!reached.landmarks[i]) continue;
    if (counts_[i].runs++ == 0) counts_[i].first_seed = seeds_ + (is_future ? 1 : 0);
  }
}

std::vector<std::string> Landscape::MissingLandmarks() const {
  std::vector<std::string> missing;
  for (size_t i = 0; i < Landmarks().size(); ++i) {
    if (counts_[i].runs == 0) missing.emplace_back(Landmarks()[i].name);
  }
  return missing;
}

std::string Landscape::DescribeLandmarks() const {
  std::vector<std::string> once;
  std::vector<std::string> each;
  size_t lately = 0;
  for (size_t i = 0; i < Landmarks().size(); ++i) {
    const Count& count = counts_[i];
    if (count.runs == 0) continue;
    if (count.runs == 1) once.emplace_back(Landmarks()[i].name);
    if (seeds_ > kLately && count.first_seed + kLately > seeds_) ++lately;
    each.push_back(
        absl::StrFormat("%8d %8d  %s", count.runs, count.first_seed, Landmarks()[i].name));
  }
  std::string text = absl::StrFormat(
      "%d of %d landmarks reached, %d of them for the first time in the last 1,000 seeds\n",
      each.size(), Landmarks().size(), lately);
  AppendList("    runs  first in the n-th seed", each, &text);
  AppendList("reached in one run only:", once, &text);
  AppendList("landmarks that no run reached:", MissingLandmarks(), &text);
  return text;
}

std::string Landscape::DescribeRest(bool each) const {
  const std::vector<std::string> missing = MissingSteps(reached_);
  std::string text = absl::StrFormat(
      "steps (role, message, term, outcome): %d reached; %d that are expected were not\n",
      reached_.steps.count(), missing.size());
  if (each) AppendList("steps that no run made:", missing, &text);
  AppendList("never told to a client:", MissingTold(reached_), &text);
  return text;
}

std::string Landscape::Json() const {
  std::string text =
      Concat("{\"seeds\": ", seeds_, ", \"futures\": ", futures_, ", \"landmarks\": [");
  for (size_t i = 0; i < Landmarks().size(); ++i) {
    ConcatTo(&text, i == 0 ? "" : ", ", "{\"name\": \"", Landmarks()[i].name,
             "\", \"runs\": ", counts_[i].runs, ", \"first_seed\": ", counts_[i].first_seed, "}");
  }
  ConcatTo(&text, "], \"steps_missing\": ", JsonList(MissingSteps(reached_)),
           ", \"never_told\": ", JsonList(MissingTold(reached_)), "}");
  return text;
}

absl::Status Landscape::WriteJson(const std::string& path) const {
  std::ofstream file(path);
  file << Json() << "\n";
  file.close();
  if (!file) return absl::InternalError(Concat("cannot write ", path));
  return absl::OkStatus();
}

bool MustReachAll(const Settings& settings, uint64_t seeds) {
  const Settings usual;
  return seeds >= kSeedsForAll && settings.sim_seconds >= kSecondsForAll &&
         settings.faults == kAllFaults && settings.nodes == usual.nodes &&
         settings.sessions == usual.sessions && settings.operations == usual.operations &&
         settings.operations_per_second == usual.operations_per_second && settings.liveness &&
         !settings.storm && settings.without_faults.empty() &&
         settings.without_operations.empty() && settings.reseeds.empty();
}

}  // namespace tidemark::simulation
