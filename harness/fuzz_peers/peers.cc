// What the peers do by themselves.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "harness/fuzz_peers/fuzzer.h"
#include "node/base/assert.h"
#include "node/wire/gateway.h"
#include "node/wire/random_messages.h"

namespace tidemark::fuzz {
namespace {

// A body's own term, if it has one.
void SetTerm(raft::Term term, raft::Body* body) {
  std::visit(
      [term](auto& one) {
        if constexpr (requires { one.term; }) one.term = term;
      },
      *body);
}

}  // namespace

void Fuzzer::Post(size_t peer, server::PeerBody body) {
  raft::Member to = self_;
  if (Chance(10)) to.incarnation = {};
  // Who has no log belongs to no cluster.
  const bool bootstraps =
      std::holds_alternative<raft::Body>(body) &&
      std::holds_alternative<raft::RequestBootstrap>(std::get<raft::Body>(body));
  Send(peer, std::move(body), std::move(to), bootstraps ? raft::ClusterId() : cluster_);
}

// By way of the gateway, as all that a node is told: what it refuses was not well formed.
void Fuzzer::Send(size_t peer, server::PeerBody body, raft::Member to, raft::ClusterId cluster) {
  const server::PeerMessage message{{peers_[peer], std::move(to), cluster}, std::move(body)};
  std::string line;
  wire::AppendPeerMessage(message, &line);
  const int64_t copies = Chance(5) ? 2 : Chance(5) ? 0 : 1;
  for (int64_t i = 0; i < copies; ++i) {
    wire::Incoming incoming =
        wire::Decode(line, /*truncated=*/false, {.max_line_bytes = 64u << 20});
    auto* decoded = std::get_if<server::PeerMessage>(&incoming.message);
    if (decoded == nullptr) {
      ++counts_.refused;
      return;
    }
    const int64_t late_us = Chance(5) ? Below(2'000'000) : Below(20'000);
    post_.emplace(now_ + Duration{late_us}, std::move(*decoded));
  }
}

// One that no cluster comes to by itself.
raft::Term Fuzzer::FarTerm() {
  constexpr uint64_t kEnd = uint64_t{1} << 53;
  constexpr uint64_t kJump = uint64_t{1} << 32;
  const auto away = static_cast<uint64_t>(Below(3));
  switch (Below(3)) {
    case 0:
      return raft::Term(kEnd - 1 - away);
    case 1:
      return raft::Term(kEnd - kJump - 1 + away);
    default:
      return node_->raft().term().Plus(kJump + away);
  }
}

raft::Term Fuzzer::NearTerm() {
  const uint64_t term = std::max(term_.value(), node_->raft().term().value());
  const auto away = static_cast<uint64_t>(Below(4));
  return Chance(50) ? raft::Term(term + away / 2) : raft::Term(term - std::min(term, away));
}

// The peers bootstrap a cluster of all three by themselves: the node's vote is on its way, or a
// lie.
void Fuzzer::FoundByPeer() {
  if (cluster_ == raft::ClusterId()) cluster_ = raft::ClusterId(random_.NextIdentity32());
  raft::Configuration configuration{cluster_, {self_, peers_[0], peers_[1]}};
  std::sort(configuration.members.begin(), configuration.members.end());
  raft::ConfigurationEntry entry{std::move(configuration), raft::Stamp(random_.NextIdentity32())};
  log_->Append(std::make_shared<const raft::Entry>(
      raft::Entry{{lead_term_, raft::Index(1)}, std::move(entry)}));
  writer_ = 0;
}

void Fuzzer::BecomeLeader() {
  term_ = std::max(term_, node_->raft().term()).Next();
  lead_term_ = term_;
  leader_ = AnyPeer();
  round_ = 0;
  transfer_.reset();
  askers_.clear();
  if (log_->empty()) {
    FoundByPeer();
  } else {
    log_->Append(std::make_shared<const raft::Entry>(
        raft::Entry{{lead_term_, log_->last().index.Next()},
                    raft::TermStart{raft::Stamp(random_.NextIdentity32())}}));
  }
  next_ = Chance(70) ? log_->last().index : log_->base().index.Next();
  match_ = {};
}

raft::CommandRef Fuzzer::PeersCommand() {
  if (writer_ == 0 || Chance(1)) {
    writer_ = log_->last().index.value() + 1;
    next_seq_ = 1;
    writer_key_ = random_.Next();
    const raft::Member& owner = Chance(95) ? peers_[leader_] : self_;
    return std::make_shared<const server::LogCommand>(kv::Command{
        {},
        kv::OpenWriter{owner.id, owner.incarnation.value(), random_.Next() >> 16, writer_key_}});
  }
  const uint64_t seq = Chance(95) ? next_seq_++ : std::max<uint64_t>(1, next_seq_ - 1);
  const uint64_t first = seq - std::min<uint64_t>(seq, static_cast<uint64_t>(Below(10)));
  return std::make_shared<const server::LogCommand>(
      kv::Command{{writer_, seq, first, writer_key_}, requests_.Update()});
}

void Fuzzer::Propose() {
  log_->Append(std::make_shared<const raft::Entry>(
      raft::Entry{{lead_term_, log_->last().index.Next()}, PeersCommand()}));
}

void Fuzzer::Commit(raft::Index index) {
  for (const PeersLog::Done& done : log_->Commit(index)) {
    auto it = askers_.find(done.index);
    if (it == askers_.end()) continue;
    const auto [peer, question] = it->second;
    askers_.erase(it);
    if (done.applied && Chance(90)) {
      Post(peer, server::Answer{question.life, question.number, *done.applied});
    }
  }
  if (Chance(2)) log_->Trim(static_cast<size_t>(Below(200)));
  if (log_->committed().value() - log_->base().index.value() > 2'000) log_->Trim(1'000);
}

void Fuzzer::LeadOn() {
  // Overtaken, it goes on for a while, and then comes to lead again.
  const bool overtaken = std::max(term_, node_->raft().term()) > lead_term_;
  if (lead_term_ == raft::Term() || (overtaken && Chance(20))) BecomeLeader();
  const bool far = log_->last().index.value() > log_->committed().value() + 500;
  if (proposes_ && !far && Chance(30)) {
    for (int64_t i = Below(6); i > 0; --i) Propose();
  }
  // The peers alone are a majority.
  if (Chance(60)) Commit(log_->last().index);
  if (Chance(5)) {
    const uint64_t hash = words_ == Words::kHonest ? log_->Hash() : random_.Next();
    Post(leader_, server::StateHash{log_->committed(), hash});
    if (words_ == Words::kAccuse) Post(1 - leader_, server::StateHash{log_->committed(), hash});
  }
  if (next_ <= log_->base().index || transfer_) return SendPiece();
  if (Chance(20)) SendNotice();
  SendEntries();
}

// What the others have not been sent yet may be committed; the node cannot know.
void Fuzzer::SendNotice() {
  raft::Index committed = log_->committed();
  if (Chance(5)) {
    const auto end = static_cast<int64_t>(log_->last().index.value());
    committed = raft::Index(static_cast<uint64_t>(Below(end + 2)));
  }
  raft::LogPosition at{log_->TermAt(committed), committed};
  if (at.index && !at.term) at.term = raft::Term(1);
  if (!at.index) at.term = raft::Term();
  Post(leader_, raft::Body(raft::CommitNotice{lead_term_, at}));
}

void Fuzzer::SendEntries() {
  raft::Index prev = std::min(next_.Prev(), log_->last().index);
  if (Chance(3)) {
    const uint64_t span = log_->last().index.value() - log_->base().index.value() + 1;
    prev = raft::Index(log_->base().index.value() +
                       static_cast<uint64_t>(Below(static_cast<int64_t>(span))));
  }
  prev = std::max(prev, log_->base().index);
  raft::AppendEntries append;
  append.term = lead_term_;
  append.prev = {log_->TermAt(prev), prev};
  append.entries = log_->Behind(prev, Chance(20) ? 0 : static_cast<size_t>(Below(20)));
  append.commit_index = log_->committed();
  if (Chance(1)) append.commit_index = append.commit_index.Plus(static_cast<uint64_t>(Below(5)));
  append.round = ++round_;
  if (Chance(2)) append.round = static_cast<uint64_t>(Below(5));
  append.life = raft::Life(life_[leader_]);
  if (!append.entries.empty()) next_ = append.entries.back()->at.index.Next();
  Post(leader_, raft::Body(std::move(append)));
}

void Fuzzer::SendPiece() {
  if (!transfer_) {
    if (log_->committed() == raft::Index()) return;
    transfer_ = Transfer{log_->Snapshot(), 0};
  }
  const PeersLog::File& file = transfer_->file;
  const uint64_t offset =
      Chance(3) ? static_cast<uint64_t>(Below(static_cast<int64_t>(file.bytes.size())))
                : transfer_->offset;
  const uint64_t size = Chance(10) ? 0 : static_cast<uint64_t>(random_.Between(100, 60'000));
  raft::InstallSnapshot install;
  install.term = lead_term_;
  install.round = ++round_;
  install.life = raft::Life(life_[leader_]);
  install.piece = {file.snapshot, std::min<uint64_t>(offset, file.bytes.size()), {}};
  install.piece.bytes = file.bytes.substr(install.piece.offset, size);
  if (Chance(1) && !install.piece.bytes.empty()) install.piece.bytes[0] ^= 1;
  if (offset == transfer_->offset) transfer_->offset = install.piece.end();
  Post(leader_, raft::Body(std::move(install)));
}

void Fuzzer::Stand() {
  raft::RequestVote ask;
  ask.ballot = Chance(50) ? raft::Ballot::kPreVote : raft::Ballot::kElection;
  ask.term = NearTerm().Next();
  ask.last = log_->last();
  if (Chance(10)) ask.last.term = NearTerm();
  if (ask.last.term >= ask.term) ask.last.term = ask.term.Prev();
  if (cluster_ == raft::ClusterId()) {
    if (self_.id == "n1" || Chance(90)) return;  // it bootstraps itself
    term_ = std::max(term_, ask.term);
    return Post(0, raft::Body(raft::RequestBootstrap{ask.term, {"n1", "n2", "n3"}}));
  }
  term_ = std::max(term_, ask.term);
  Post(AnyPeer(), raft::Body(ask));
}

void Fuzzer::Ask() {
  const size_t peer = AnyPeer();
  server::Question question{life_[peer], next_number_++, server::ConfirmRead{}};
  if (Chance(10)) question.number -= std::min<uint64_t>(question.number - 1, 5);
  const uint64_t applied = node_->applied().value();
  switch (Below(4)) {
    case 0:
    case 1:
      question.ask = server::HandIn{PeersCommand()};
      break;
    case 2:
      question.ask = server::ServeRead{
          std::to_string(Below(20)), raft::Index(applied + static_cast<uint64_t>(Below(6))), {}};
      break;
    default:
      if (Chance(50))
        question.ask = server::Pull{raft::Index(applied + static_cast<uint64_t>(Below(6)))};
  }
  Post(peer, std::move(question));
}

// Anything that is well formed, in a term that is not far away.
void Fuzzer::Lie() {
  ++counts_.lies;
  server::PeerMessage lie = wire::RandomPeerMessage(&random_);
  if (auto* body = std::get_if<raft::Body>(&lie.body))
    SetTerm(Chance(1) ? FarTerm() : NearTerm(), body);
  if (auto* question = std::get_if<server::Question>(&lie.body)) question->life = life_[0];
  raft::Member to = self_;
  if (Chance(10)) to.incarnation = raft::Incarnation(random_.NextIdentity());
  Send(AnyPeer(), std::move(lie.body), std::move(to), Chance(90) ? cluster_ : lie.header.cluster);
}

}  // namespace tidemark::fuzz
