#include "harness/explore/past.h"

#include <algorithm>
#include <string>

#include "node/base/concat.h"
#include "node/raft/digest.h"

namespace tidemark::explore {
namespace {

using Broken = std::optional<check::Violation>;

Broken CheckElection(Standings nodes, size_t stepped, Past* past) {
  const KnownNode& node = *nodes[stepped];
  if (!node.leads) return std::nullopt;
  for (const auto& [term, leader] : past->leaders) {
    if (term != node.term) continue;
    if (leader == stepped) return std::nullopt;
    return check::Violation{"Election Safety", Concat(NameOf(leader), " and ", NameOf(stepped),
                                                      " both led in term ", term.value())};
  }
  past->leaders.emplace_back(node.term, stepped);
  std::sort(past->leaders.begin(), past->leaders.end());
  return std::nullopt;
}

// A node that takes more for committed than its log has is stopped by the core itself.
Broken CheckCommitted(Standings nodes, size_t stepped, Past* past) {
  const KnownNode& node = *nodes[stepped];
  for (size_t i = 0; i < node.commit; ++i) {
    if (i == past->committed.size()) past->committed.push_back({node.log[i].chain, node.term});
    if (past->committed[i].chain == node.log[i].chain) continue;
    return check::Violation{"State Machine Safety",
                            Concat(NameOf(stepped), " applies at index ", i + 1,
                                   " another entry than was applied there before")};
  }
  return std::nullopt;
}

bool Has(const Marks& log, size_t i, uint64_t chain) {
  return i < log.size() && log[i].chain == chain;
}

Broken CheckCompleteness(Standings nodes, const Past& past) {
  for (size_t n = 0; n < nodes.size(); ++n) {
    if (!nodes[n]->leads) continue;
    for (size_t i = 0; i < past.committed.size(); ++i) {
      const auto& [chain, term] = past.committed[i];
      if (term >= nodes[n]->term || Has(nodes[n]->log, i, chain)) continue;
      return check::Violation{
          "Leader Completeness",
          Concat(NameOf(n), " leads in term ", nodes[n]->term.value(), " without index ", i + 1,
                 ", which was committed in term ", term.value())};
    }
  }
  return std::nullopt;
}

Broken CheckMatching(Standings nodes, size_t stepped) {
  const Marks& log = nodes[stepped]->log;
  for (size_t n = 0; n < nodes.size(); ++n) {
    const Marks& other = nodes[n]->log;
    for (size_t i = 0; i < std::min(log.size(), other.size()); ++i) {
      if (log[i].term != other[i].term || log[i].chain == other[i].chain) continue;
      return check::Violation{
          "Log Matching", Concat(NameOf(stepped), " and ", NameOf(n), " both have index ", i + 1,
                                 " of term ", log[i].term.value(), ", and differ up to there")};
    }
  }
  return std::nullopt;
}

Broken CheckDurable(Standings nodes, const Past& past) {
  if (past.committed.empty()) return std::nullopt;
  const size_t last = past.committed.size() - 1;
  const auto keeps = [&](const KnownNode* node) {
    return Has(node->disk, last, past.committed[last].chain);
  };
  const auto disks = static_cast<size_t>(std::count_if(nodes.begin(), nodes.end(), keeps));
  if (disks > nodes.size() / 2) return std::nullopt;
  return check::Violation{"Committed is durable",
                          Concat("index ", last + 1, " is committed, and ", disks, " of ",
                                 nodes.size(), " disks have it")};
}

Broken CheckReads(const Step& step, const Past& past) {
  for (const uint64_t index : step.confirmed_reads) {
    if (index >= past.asked_at) continue;
    return check::Violation{
        "Read index", Concat("a read is confirmed at index ", index, ", but index ", past.asked_at,
                             " was committed when it was asked for")};
  }
  return std::nullopt;
}

}  // namespace

uint64_t Past::Fingerprint() const {
  raft::Digest digest(DigestOf);
  digest.Add(uint64_t{asked_at}).Add(uint64_t{committed.size()});
  for (const auto& [chain, term] : committed) digest.Add(chain).Add(term);
  for (const auto& [term, leader] : leaders) digest.Add(term).Add(uint64_t{leader});
  return digest.value();
}

bool Matters(const KnownNode& before, const KnownNode& after, const Step& step) {
  return before.leads != after.leads || before.term != after.term ||
         before.commit != after.commit || before.log != after.log || before.disk != after.disk ||
         !step.confirmed_reads.empty();
}

Broken Settle(const WorldOptions& options, Standings nodes, size_t stepped, const Step& step,
              Past* past) {
  // Each is evaluated even where a former one is broken: the first two also settle things.
  Broken all[] = {
      CheckElection(nodes, stepped, past), CheckCommitted(nodes, stepped, past),
      CheckCompleteness(nodes, *past),     CheckMatching(nodes, stepped),
      CheckDurable(nodes, *past),          CheckReads(step, *past),
  };
  for (Broken& broken : all) {
    if (broken && options.Checks(broken->check)) return std::move(broken);
  }
  return std::nullopt;
}

}  // namespace tidemark::explore
