// What the peers do about what the node says.
#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "harness/fuzz_peers/fuzzer.h"
#include "node/base/assert.h"

namespace tidemark::fuzz {

void Fuzzer::Hear(const server::PeerMessage& message) {
  for (size_t peer = 0; peer < 2; ++peer) {
    if (message.header.to.id != peers_[peer].id) continue;
    if (message.header.cluster != raft::ClusterId()) cluster_ = message.header.cluster;
    std::visit([&](const auto& body) { Hear(peer, body); }, message.body);
  }
}

void Fuzzer::Hear(size_t peer, const raft::Body& body) {
  std::visit([&](const auto& one) { Hear(peer, one); }, body);
}

void Fuzzer::Hear(size_t peer, const raft::RequestVote& ask) {
  term_ = std::max(term_, ask.term);
  const bool behind = ask.last < log_->last();
  const bool granted = phase_ == Phase::kFollow ? Chance(behind ? 3 : 95) : Chance(3);
  if (phase_ == Phase::kDeaf || Chance(5)) return;
  const raft::Term own = ask.ballot == raft::Ballot::kPreVote || Chance(5) ? NearTerm() : ask.term;
  Post(peer, raft::Body(raft::Vote{own, ask.ballot, ask.term, granted}));
}

void Fuzzer::Hear(size_t peer, const raft::RequestBootstrap& ask) {
  term_ = std::max(term_, ask.term);
  if (phase_ == Phase::kDeaf) return;
  Post(peer, raft::Body(raft::Vote{ask.term, raft::Ballot::kBootstrap, ask.term,
                                   log_->empty() ? Chance(95) : Chance(3)}));
}

void Fuzzer::Hear(size_t /*peer*/, const raft::Vote& vote) {
  term_ = std::max(term_, vote.term);
  const bool elected = vote.granted && vote.ballot != raft::Ballot::kPreVote && Chance(30);
  if (elected && phase_ == Phase::kLead && lead_term_ == raft::Term()) BecomeLeader();
}

raft::RoundEcho Fuzzer::Echo(raft::RoundEcho echo) {
  if (Chance(2)) echo.life = raft::Life(life_[0]);
  if (Chance(2)) echo.term = NearTerm();
  if (Chance(3)) echo.round = static_cast<uint64_t>(Below(10));
  return echo;
}

// The node leads: its log becomes the peers', unless it contradicts what they know to be committed.
void Fuzzer::Adopt(const raft::AppendEntries& append) {
  for (const raft::EntryRef& entry : append.entries) {
    if (!log_->Append(entry)) return;
  }
  const raft::Index end = append.prev.index.Plus(append.entries.size());
  if (log_->TermAt(end) != raft::Term()) Commit(std::min(append.commit_index, end));
}

void Fuzzer::Hear(size_t peer, const raft::AppendEntries& append) {
  term_ = std::max(term_, append.term);
  // The second hears of it all, and answers for itself.
  if (peer == 0 || Chance(50)) Adopt(append);
  if (phase_ == Phase::kDeaf || (phase_ != Phase::kFollow && Chance(60))) return;
  if (term_ > append.term && Chance(50)) return Post(peer, raft::Body(raft::NewerTerm{term_}));
  raft::AppendReply reply;
  reply.term = Chance(97) ? append.term : NearTerm();
  reply.echo = Echo(raft::EchoOf(append));
  raft::Index match = append.prev.index.Plus(append.entries.size());
  if (Chance(2)) match = match.Plus(static_cast<uint64_t>(Below(3)));
  reply.result = raft::Appended{match};
  if (Chance(4) && append.prev.index != raft::Index()) {
    const auto back = static_cast<uint64_t>(Below(Chance(40) ? 1'000'000 : 10));
    const raft::Index first(append.prev.index.value() -
                            std::min(append.prev.index.value() - 1, back));
    reply.result =
        raft::Conflict{append.prev.index, Chance(50) ? raft::Term() : append.prev.term, first};
  }
  if (peer == 1 && lacks_ && append.prev.index != raft::Index()) {
    reply.result = raft::Conflict{append.prev.index, {}, raft::Index(1)};
  }
  Post(peer, raft::Body(reply));
}

void Fuzzer::Hear(size_t peer, const raft::AppendReply& reply) {
  term_ = std::max(term_, reply.term);
  if (reply.term > lead_term_ && lead_term_ != raft::Term() && Chance(10)) {
    Post(peer, raft::Body(raft::Unnamed{lead_term_}));
  }
  if (!PeersLead() || peer != leader_ || reply.term != lead_term_) return;
  if (const auto* appended = std::get_if<raft::Appended>(&reply.result)) {
    match_ = std::max(match_, appended->match_index);
    next_ = std::max(next_, std::min(match_, log_->last().index).Next());
    if (transfer_ && match_ >= transfer_->file.snapshot.last_included.index) transfer_.reset();
    return;
  }
  const auto& conflict = std::get<raft::Conflict>(reply.result);
  next_ = std::min(std::max(conflict.first_index, raft::Index(1)), log_->last().index.Next());
}

void Fuzzer::Hear(size_t /*peer*/, const raft::CommitNotice& notice) {
  term_ = std::max(term_, notice.term);
  const bool known = notice.committed.index <= log_->last().index &&
                     log_->TermAt(notice.committed.index) == notice.committed.term;
  if (known) Commit(notice.committed.index);
}

void Fuzzer::Hear(size_t /*peer*/, const raft::NewerTerm& newer) {
  term_ = std::max(term_, newer.term);
}

void Fuzzer::Hear(size_t /*peer*/, const raft::Unnamed& /*unnamed*/) {}
void Fuzzer::Hear(size_t /*peer*/, const raft::WentBack& /*word*/) {}

void Fuzzer::Hear(size_t peer, const raft::BootstrapWanted& /*wanted*/) {
  if (phase_ == Phase::kDeaf || !log_->empty()) return;
  term_ = std::max(term_, node_->raft().term()).Next();
  Post(peer, raft::Body(raft::RequestBootstrap{term_, {"n1", "n2", "n3"}}));
}

void Fuzzer::Hear(size_t /*peer*/, const raft::WrongIncarnation& /*wrong*/) {}
void Fuzzer::Hear(size_t /*peer*/, const raft::WrongCluster& /*wrong*/) {}

void Fuzzer::Hear(size_t peer, const raft::InstallSnapshot& install) {
  term_ = std::max(term_, install.term);
  if (phase_ == Phase::kDeaf) return;
  const raft::SnapshotPiece& piece = install.piece;
  uint64_t& written = written_[peer];
  if (piece.offset == 0) written = 0;
  if (piece.offset == written && Chance(95)) written = piece.end();
  written = std::min(written, piece.snapshot.bytes);
  if (written == piece.snapshot.bytes) {
    ++counts_.sent;
    lacks_ = false;
    return Post(peer,
                raft::Body(raft::AppendReply{install.term, Echo(raft::EchoOf(install)),
                                             raft::Appended{piece.snapshot.last_included.index}}));
  }
  raft::InstallReply reply;
  reply.term = install.term;
  reply.echo = Echo(raft::EchoOf(install));
  reply.last_included = piece.snapshot.last_included;
  reply.bytes = piece.snapshot.bytes;
  reply.checksum = piece.snapshot.checksum + (Chance(1) ? 1 : 0);
  reply.offset = written;
  reply.written =
      Chance(95) ? written : static_cast<uint64_t>(Below(static_cast<int64_t>(written) + 1));
  Post(peer, raft::Body(reply));
}

void Fuzzer::Hear(size_t peer, const raft::InstallReply& reply) {
  term_ = std::max(term_, reply.term);
  if (!transfer_ || peer != leader_ || reply.term != lead_term_) return;
  if (reply.last_included != transfer_->file.snapshot.last_included) return;
  transfer_->offset = std::min<uint64_t>(reply.offset, transfer_->file.bytes.size());
}

void Fuzzer::Hear(size_t peer, const server::Question& question) {
  if (Chance(5) || phase_ == Phase::kDeaf) return;
  server::Answer answer{question.life, question.number, server::NotLeader{peers_[leader_].id}};
  if (Chance(1)) ++answer.number;
  if (!PeersLead() || Chance(5)) return Post(peer, std::move(answer));
  const raft::Index committed = log_->committed();
  if (const auto* ask = std::get_if<server::HandIn>(&question.ask)) {
    if (Chance(3)) {
      answer.result =
          server::NoRoom{Chance(50) ? server::Shortage::kDisk : server::Shortage::kTail};
      return Post(peer, std::move(answer));
    }
    const raft::LogPosition at{lead_term_, log_->last().index.Next()};
    log_->Append(std::make_shared<const raft::Entry>(raft::Entry{at, ask->command}));
    askers_[at.index] = {peer, question};
    return;
  }
  if (std::holds_alternative<server::ConfirmRead>(question.ask)) {
    answer.result = server::ReadConfirmed{committed};
  } else if (const auto* pull = std::get_if<server::Pull>(&question.ask)) {
    answer.result = server::News{committed, cluster_, pull->need > committed || Chance(10)};
  } else if (Chance(20)) {
    answer.result = server::ReadRefused{kv::Verdict::kFromFuture, committed};
  } else {
    answer.result = server::ReadServed{"1", {}};
  }
  Post(peer, std::move(answer));
}

void Fuzzer::Hear(size_t /*peer*/, const server::Answer& /*answer*/) {}

void Fuzzer::Hear(size_t peer, const server::StateHash& told) {
  if (phase_ == Phase::kDeaf || Chance(10)) return;
  server::StateHash word = told;
  switch (words_) {
    case Words::kHonest:
      break;
    case Words::kOneDiffers:
      if (peer == 1) ++word.hash;
      break;
    case Words::kAllDiffer:
      word.hash += 1 + peer;
      break;
    case Words::kAccuse:
      ++word.hash;
      break;
  }
  Post(peer, word);
}

}  // namespace tidemark::fuzz
