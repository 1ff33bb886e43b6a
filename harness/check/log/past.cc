#include "harness/check/log/past.h"

#include <variant>

#include "node/base/overloaded.h"

namespace tidemark::check {

std::optional<raft::Stamp> StampIn(const raft::Entry& entry) {
  using Stamp = std::optional<raft::Stamp>;
  return std::visit(Overloaded{[](const raft::TermStart& one) { return Stamp(one.stamp); },
                               [](const raft::ConfigurationEntry& one) { return Stamp(one.stamp); },
                               [](const raft::CommandRef&) { return Stamp(); }},
                    entry.body);
}

void Past::Add(const raft::Entry& entry) {
  Place place{entry.at.term.value(), 0};
  const bool begins = places_.empty() || places_.back().term != place.term;
  if (!begins) {
    place.stamp = places_.back().stamp;
  } else if (const auto stamp = StampIn(entry)) {
    place.stamp = stamp->value();
  }
  places_.push_back(place);
  if (const auto* configuration = std::get_if<raft::ConfigurationEntry>(&entry.body)) {
    cluster_ = configuration->configuration.cluster.value();
    clusters_.emplace_back(places_.size(), cluster_);
  }
}

kv::Session Past::At(uint64_t index) const {
  const Place& place = places_[index - 1];
  return {cluster_, index, place.term, place.stamp};
}

bool Past::WasInForce(uint32_t cluster, uint64_t index) const {
  for (size_t i = 0; i < clusters_.size(); ++i) {
    const bool over = i + 1 < clusters_.size() && clusters_[i + 1].first <= index;
    if (!over && clusters_[i].second == cluster) return true;
  }
  return false;
}

bool Past::Held(const kv::Session& session) const {
  kv::Session now = session;
  now.cluster = cluster_;
  return WasInForce(session.cluster, session.index) && Holds(now);
}

bool Past::WasLost(const kv::Session& session) const {
  kv::Session now = session;
  now.cluster = cluster_;
  return WasInForce(session.cluster, session.index) &&
         Judge(now, last_index()) == kv::Verdict::kLostHistory;
}

kv::Verdict Past::Judge(const kv::Session& session, uint64_t last) const {
  if (session.cluster != cluster_) return kv::Verdict::kOtherCluster;
  if (session.index > last) return kv::Verdict::kFromFuture;
  const bool stands = session.index != 0 && At(session.index) == session;
  return stands ? kv::Verdict::kHolds : kv::Verdict::kLostHistory;
}

}  // namespace tidemark::check
