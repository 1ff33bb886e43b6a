#include "harness/cluster/network.h"

#include <algorithm>
#include <limits>

namespace tidemark::cluster {

void Network::SetDelay(Duration delay) {
  delay_ = delay;
  link_delays_.clear();
}

void Network::SetDelay(const std::string& from, const std::string& to, Duration delay) {
  link_delays_[{from, to}] = delay;
}

void Network::Partition(const std::vector<std::vector<std::string>>& groups) {
  groups_.clear();
  for (size_t i = 0; i < groups.size(); ++i) {
    for (const std::string& name : groups[i]) groups_[name] = i;
  }
}

void Network::Drop(const std::string& from, const std::string& to) { dropped_.insert({from, to}); }

void Network::Heal() {
  groups_.clear();
  dropped_.clear();
}

void Network::Send(std::string_view from, std::string_view to, std::string_view line, Time now) {
  Link link{from, to};
  if (IsCut(link)) return;
  Time& last_arrival = last_arrival_.try_emplace(link, now).first->second;
  last_arrival = std::max(last_arrival, now + DelayOf(link));
  in_flight_.try_emplace(
      {last_arrival, sent_++},
      Delivery{std::move(link.first), std::move(link.second), std::string(line)});
}

Time Network::NextDelivery() const {
  return in_flight_.empty() ? Time::Never() : in_flight_.begin()->first.first;
}

std::optional<Network::Delivery> Network::TakeDue(Time now) {
  while (!in_flight_.empty() && in_flight_.begin()->first.first <= now) {
    Delivery delivery = std::move(in_flight_.extract(in_flight_.begin()).mapped());
    if (!IsCut({delivery.from, delivery.to})) return delivery;
  }
  return std::nullopt;
}

bool Network::IsCut(const Link& link) const {
  if (!groups_.empty() && GroupOf(link.first) != GroupOf(link.second)) return true;
  return dropped_.contains(link);
}

size_t Network::GroupOf(const std::string& name) const {
  auto group = groups_.find(name);
  return group == groups_.end() ? std::numeric_limits<size_t>::max() : group->second;
}

Duration Network::DelayOf(const Link& link) const {
  auto own = link_delays_.find(link);
  return own == link_delays_.end() ? delay_ : own->second;
}

}  // namespace tidemark::cluster
