#include "node/storage/recovery.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "node/base/assert.h"
#include "node/base/concat.h"

namespace tidemark::storage {
namespace {

absl::Status Loss(const std::string& what) { return absl::DataLossError(what); }

std::string Name(raft::ClusterId cluster) {
  std::string text = "cluster ";
  AppendHex(cluster.value(), 8, &text);
  return text;
}

const raft::ConfigurationEntry* ConfigurationIn(const raft::EntryRef& entry) {
  return std::get_if<raft::ConfigurationEntry>(&entry->body);
}

}  // namespace

raft::LogPosition Recovery::last() const {
  return recovered_.log.empty() ? recovered_.log_base : recovered_.log.back()->at;
}

std::optional<raft::Term> Recovery::TermAt(raft::Index index) const {
  const uint64_t base = recovered_.log_base.index.value();
  if (index.value() < base || index > last().index) return std::nullopt;
  if (index.value() > base) return recovered_.log[index.value() - base - 1]->at.term;
  if (!base_term_known_) return std::nullopt;
  return recovered_.log_base.term;
}

raft::ClusterId Recovery::cluster() const {
  for (auto entry = recovered_.log.rbegin(); entry != recovered_.log.rend(); ++entry) {
    if (const auto* body = ConfigurationIn(*entry)) return body->configuration.cluster;
  }
  return base_cluster_;
}

// Where no entry up to there says it, the first one behind may: it names what it has replaced.
raft::ClusterId Recovery::ClusterAt(raft::Index index) const {
  raft::ClusterId cluster = base_cluster_;
  for (const raft::EntryRef& entry : recovered_.log) {
    const auto* body = ConfigurationIn(entry);
    if (body == nullptr) continue;
    if (entry->at.index > index) {
      return body->predecessor ? body->predecessor->cluster : body->configuration.cluster;
    }
    cluster = body->configuration.cluster;
  }
  return cluster;
}

absl::Status Recovery::BeginSegment(const raft::LogPosition& before, raft::ClusterId cluster) {
  if (!begun_) {
    begun_ = true;
    recovered_.log_base = before;
    base_cluster_ = cluster;
    return absl::OkStatus();
  }
  if (const raft::ClusterId known = this->cluster(); known && cluster && known != cluster) {
    return Loss(
        Concat("it belongs to ", Name(cluster), ", and the log before it to ", Name(known)));
  }
  if (before == last()) return absl::OkStatus();
  return Loss(Concat("it follows on entry ", before.index.value(), " of term ", before.term.value(),
                     ", and the log before it ends with entry ", last().index.value(), " of term ",
                     last().term.value()));
}

absl::Status Recovery::Add(const server::Record& record) {
  TM_ASSERT(begun_);
  return std::visit([this](const auto& r) { return AddRecord(r); }, record);
}

absl::Status Recovery::AddRecord(const raft::HardState& hard_state) {
  const raft::Term before = recovered_.hard_state.term;
  if (hard_state.term < before) {
    return Loss(
        Concat("the term goes back from ", before.value(), " to ", hard_state.term.value()));
  }
  recovered_.hard_state = hard_state;
  return absl::OkStatus();
}

absl::Status Recovery::AddRecord(const raft::EntryRef& entry) {
  TM_ASSERT(entry != nullptr);
  std::vector<raft::EntryRef>& log = recovered_.log;
  const uint64_t index = entry->at.index.value();
  if (index == 0 || index > last().index.value() + 1) {
    return Loss(Concat("entry ", index, " stands where at most entry ", last().index.value() + 1,
                       " can stand"));
  }
  if (entry->at.index <= recovered_.committed) {
    return Loss(Concat("entry ", index,
                       " stands there once more, and what stood there up to entry ",
                       recovered_.committed.value(), " was committed"));
  }
  if (const auto* body = ConfigurationIn(entry); body != nullptr && body->predecessor) {
    if (absl::Status follows = CheckPredecessor(entry->at, *body->predecessor); !follows.ok()) {
      return follows;
    }
  }
  if (index <= recovered_.log_base.index.value()) {
    recovered_.log_base = {raft::Term(), raft::Index(index - 1)};
    base_term_known_ = index == 1;
    log.clear();
  }
  const std::optional<raft::Term> before = TermAt(raft::Index(index - 1));
  if (before.has_value() && entry->at.term < *before) {
    return Loss(Concat("entry ", index, " has term ", entry->at.term.value(), ", below term ",
                       before->value(), " of the entry before it"));
  }
  log.resize(index - 1 - recovered_.log_base.index.value());
  log.push_back(entry);
  return absl::OkStatus();
}

// A forced configuration stands right behind what it was forced on.
absl::Status Recovery::CheckPredecessor(const raft::LogPosition& at,
                                        const raft::Predecessor& predecessor) const {
  const raft::ClusterId before = ClusterAt(at.index.Prev());
  const std::optional<raft::Term> term = TermAt(at.index.Prev());
  const bool same_place = predecessor.last.index == at.index.Prev() &&
                          (!term.has_value() || *term == predecessor.last.term);
  if (same_place && (!before || before == predecessor.cluster)) return absl::OkStatus();
  return Loss(Concat("entry ", at.index.value(), " takes the place of ", Name(predecessor.cluster),
                     " behind its entry ", predecessor.last.index.value(), " of term ",
                     predecessor.last.term.value(), ", which is not what stands before it"));
}

absl::Status Recovery::AddRecord(const server::WriterNumber& number) {
  const uint64_t before = recovered_.writer_number.number;
  if (number.number < before) {
    return Loss(
        Concat("the number of the node's writer goes back from ", before, " to ", number.number));
  }
  recovered_.writer_number = number;
  return absl::OkStatus();
}

absl::Status Recovery::AddRecord(const raft::LogBase& base) {
  if (base.position.index < recovered_.committed) {
    return Loss(Concat("the log is to go on behind entry ", base.position.index.value(),
                       ", and what stood there up to entry ", recovered_.committed.value(),
                       " was committed"));
  }
  if (base.cluster) base_cluster_ = base.cluster;
  recovered_.log_base = base.position;
  recovered_.log.clear();
  base_term_known_ = true;
  return absl::OkStatus();
}

absl::Status Recovery::AddRecord(const server::Quarantine& quarantine) {
  recovered_.quarantine = quarantine;
  return absl::OkStatus();
}

absl::Status Recovery::AddRecord(const server::GoneBack& gone_back) {
  recovered_.gone_back = gone_back;
  return absl::OkStatus();
}

// Each segment restates the last one.
absl::Status Recovery::AddRecord(const raft::Rebirth& rebirth) {
  if (rebirth != recovered_.rebirth) recovered_.hard_state = {};
  recovered_.rebirth = rebirth;
  return absl::OkStatus();
}

// What it speaks of was on disk before it was written.
absl::Status Recovery::AddRecord(const server::CommitHint& hint) {
  if (hint.index > last().index) {
    return Loss(Concat("the log ends with entry ", last().index.value(),
                       " here, and was committed up to entry ", hint.index.value(),
                       ": its end is lost"));
  }
  recovered_.committed = std::max(recovered_.committed, hint.index);
  return absl::OkStatus();
}

absl::Status Recovery::CheckCluster(const raft::Snapshot& snapshot) const {
  const raft::ClusterId named = ClusterAt(snapshot.last_included.index);
  const raft::ClusterId found = snapshot.configuration.cluster;
  if (!named || !found || named == found) return absl::OkStatus();
  return Loss(Concat("the log belongs to ", Name(named), " at entry ",
                     snapshot.last_included.index.value(), ", and the snapshot up to there to ",
                     Name(found), ": one of the two was put here from elsewhere"));
}

absl::StatusOr<Recovery::Result> Recovery::Finish(const std::optional<raft::Snapshot>& snapshot) {
  const raft::LogPosition included = snapshot ? snapshot->last_included : raft::LogPosition();
  if (recovered_.log_base.index > included.index) {
    return Loss(
        Concat("its log begins behind entry ", recovered_.log_base.index.value(),
               ", and what came before should be in a snapshot, but ",
               snapshot ? Concat("the one that is there ends with entry ", included.index.value())
                        : std::string("there is none")));
  }
  if (snapshot) {
    if (absl::Status same = CheckCluster(*snapshot); !same.ok()) return same;
  }
  Result result;
  result.cluster = cluster();
  if (!result.cluster && snapshot) result.cluster = snapshot->configuration.cluster;
  for (const raft::EntryRef& entry : recovered_.log) {
    const auto* body = ConfigurationIn(entry);
    if (body == nullptr || !body->predecessor) continue;
    result.predecessors.push_back(body->predecessor->cluster);
  }
  result.reset = TermAt(included.index) != included.term;
  std::vector<raft::EntryRef>& log = recovered_.log;
  if (result.reset) {
    recovered_.log_base = included;
    log.clear();
  } else if (!base_term_known_) {
    recovered_.log_base = log.front()->at;
    log.erase(log.begin());
  }
  base_term_known_ = true;
  recovered_.snapshot = snapshot;
  recovered_.committed = std::max(recovered_.committed, included.index);
  result.recovered = std::move(recovered_);
  return result;
}

}  // namespace tidemark::storage
