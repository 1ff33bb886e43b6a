#include "harness/explore/disk.h"

#include "node/base/assert.h"
#include "node/base/overloaded.h"

namespace tidemark::explore {
namespace {

using raft::Member;
using raft::Term;

bool Keeps(const Disk& disk, Term term, const Member& vote) {
  const raft::HardState& kept = disk.hard_state;
  return kept.term > term || (kept.term == term && kept.voted_for == vote);
}

std::optional<std::string> BrokenVote(const Disk& disk, Term term, const Member& vote) {
  if (Keeps(disk, term, vote)) return std::nullopt;
  return "a vote leaves before it is on disk";
}

std::optional<std::string> BrokenAppend(const Disk& disk, const raft::AppendReply& reply) {
  const auto* appended = std::get_if<raft::Appended>(&reply.result);
  if (appended == nullptr || appended->match_index <= raft::Index(disk.log.size())) {
    return std::nullopt;
  }
  return "entries are acknowledged before they are on disk";
}

}  // namespace

void Disk::Write(const Record& record) {
  std::visit(Overloaded{[this](const raft::HardState& hard) { hard_state = hard; },
                        [this](const raft::Rebirth& begun) {
                          rebirth = begun;
                          hard_state = {};
                        },
                        [this](const raft::EntryRef& entry) {
                          TM_ASSERT(entry->at.index <= raft::Index(log.size() + 1));
                          log.resize(entry->at.index.value() - 1);
                          log.push_back(entry);
                        },
                        [](const raft::LogBase&) { TM_ASSERT(false && "no snapshots here"); }},
             record);
}

void Disk::Crash(DiskKind kind) {
  if (kind == DiskKind::kForgetsEntry && log.size() > 1) log.pop_back();
  if (kind == DiskKind::kForgetsVote) hard_state.voted_for = {};
}

std::optional<std::string> BrokenPromise(const raft::Message& message, const Disk& disk) {
  if (const auto* vote = std::get_if<raft::Vote>(&message.body)) {
    if (!vote->granted || vote->ballot == raft::Ballot::kPreVote) return std::nullopt;
    return BrokenVote(disk, vote->term, message.header.to);
  }
  if (const auto* request = std::get_if<raft::RequestVote>(&message.body)) {
    if (request->ballot == raft::Ballot::kPreVote) return std::nullopt;
    return BrokenVote(disk, request->term, message.header.from);
  }
  if (const auto* reply = std::get_if<raft::AppendReply>(&message.body)) {
    return BrokenAppend(disk, *reply);
  }
  return std::nullopt;
}

}  // namespace tidemark::explore
