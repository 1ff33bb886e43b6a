#include "node/wire/random_messages.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "node/base/random.h"
#include "node/kv/command.h"
#include "node/raft/messages.h"
#include "node/raft/types.h"
#include "node/server/io.h"
#include "node/server/peer_messages.h"

namespace tidemark::wire {
namespace {

using raft::Index;
using raft::Term;

// Each of these is drawn below: whoever adds one adds it there.
static_assert(std::variant_size_v<kv::Operation> == 7);
static_assert(std::variant_size_v<kv::Result> == 14);
static_assert(std::variant_size_v<raft::Body> == 14);
static_assert(std::variant_size_v<decltype(server::Question::ask)> == 4);
static_assert(std::variant_size_v<decltype(server::Answer::result)> == 7);

size_t Below(Random* random, size_t n) {
  return static_cast<size_t>(random->Between(0, static_cast<int64_t>(n) - 1));
}
bool Coin(Random* random) { return Below(random, 2) == 0; }

// Small ones and, now and then, the largest that a node takes.
uint64_t Count(Random* random) {
  return Below(random, 8) == 0 ? (uint64_t{1} << 63) - 2 - Below(random, 20000)
                               : Below(random, 1000);
}

std::string Value(Random* random) {
  static const auto* const kValues = new std::vector<std::string>{
      "null",
      "true",
      "-0",
      "1e999",
      "123456789012345678901234567890",
      R"("")",
      R"("1")",
      R"("a: \"b\", \\ \u0000\n")",
      R"("Größe 😀")",
      "[]",
      "{}",
      R"({"a":[1,{"b":null}],"c":"d,e:f"})",
      "\"" + std::string(300, 'x') + "\"",
  };
  size_t which = Below(random, kValues->size() * 2);
  return which < kValues->size() ? (*kValues)[which] : std::to_string(Below(random, 100));
}

std::string Name(Random* random) {
  return (Coin(random) ? "n" : "knoten-\"ö\"-") + std::to_string(Below(random, 5));
}

std::vector<std::string> Names(Random* random) {
  std::vector<std::string> names{"n1"};
  for (size_t i = Below(random, 4); i > 0; --i) names.push_back("n1" + std::string(i, 'x'));
  std::sort(names.begin(), names.end());
  return names;
}

kv::Txn SomeTxn(Random* random, bool with_results) {
  kv::Txn txn;
  for (size_t i = Below(random, 4); i > 0; --i) {
    auto kind = static_cast<kv::TxnOp::Kind>(Below(random, 3));
    bool has_value = with_results || kind != kv::TxnOp::Kind::kRead;
    std::string key = Value(random);
    txn.ops.push_back({kind, std::move(key), has_value ? Value(random) : ""});
  }
  return txn;
}

kv::Session SomeSession(Random* random) {
  return {random->NextIdentity32(), Count(random) + 1, Count(random) + 1,
          static_cast<uint32_t>(random->Next() >> 32)};
}
std::optional<kv::Session> PerhapsASession(Random* random) {
  return Coin(random) ? std::optional(SomeSession(random)) : std::nullopt;
}
kv::Verdict SomeVerdict(Random* random) {
  return static_cast<kv::Verdict>(1 + Below(random, 3));  // all but kHolds
}

// What a client asks for once.
kv::Operation SomeChange(Random* random) {
  switch (Below(random, 4)) {
    case 0:
      return kv::Write{Value(random), Value(random)};
    case 1:
      return kv::Cas{Value(random), Value(random), Value(random), Coin(random)};
    case 2:
      return kv::Delete{Value(random)};
    default:
      return SomeTxn(random, false);
  }
}

kv::WriteId SomeId(Random* random) {
  return {Count(random) + 1, random->Next(), random->Next(), random->Next()};
}

kv::Command CommandOfAnyKind(Random* random) {
  switch (Below(random, 8)) {
    case 0:
      return {{},
              kv::OpenWriter{Name(random), random->NextIdentity(), random->Next(), random->Next()}};
    case 1:
      return {SomeId(random), kv::OpenClient{random->Next()}};
    case 2:
      return {SomeId(random), kv::Fate{SomeId(random).Told()}, false, PerhapsASession(random)};
    default:
      return {SomeId(random), SomeChange(random), Coin(random), PerhapsASession(random)};
  }
}

raft::CommandRef SomeCommand(Random* random) {
  return std::make_shared<const server::LogCommand>(CommandOfAnyKind(random));
}

raft::Configuration SomeConfiguration(Random* random) {
  raft::Configuration configuration{raft::ClusterId(random->NextIdentity32()), {}};
  for (std::string& name : Names(random)) {
    configuration.members.push_back({std::move(name), raft::Incarnation(random->NextIdentity())});
  }
  configuration.limits.line += Below(random, 1000);
  configuration.limits.key -= Below(random, 1000);
  configuration.limits.value += Below(random, 1000);
  configuration.limits.answer -= Below(random, 1000);
  return configuration;
}

raft::ConfigurationEntry SomeConfigurationEntry(Random* random) {
  raft::ConfigurationEntry entry{
      SomeConfiguration(random), raft::Stamp(random->NextIdentity32()), {}};
  if (Coin(random)) {
    entry.predecessor = {raft::ClusterId(random->NextIdentity32()),
                         {Term(Count(random) + 1), Index(Count(random) + 1)}};
  }
  return entry;
}

raft::EntryRef SomeEntry(Random* random, raft::LogPosition at) {
  auto entry = std::make_shared<raft::Entry>();
  entry->at = at;
  switch (Below(random, 3)) {
    case 0:
      entry->body = raft::TermStart{raft::Stamp(random->NextIdentity32())};
      break;
    case 1:
      entry->body = SomeConfigurationEntry(random);
      break;
    default:
      entry->body = SomeCommand(random);
  }
  return entry;
}

raft::LogPosition SomeEntrysPosition(Random* random) {
  return {Term(Below(random, 100) + 1), Index(Count(random) + 1)};
}
raft::LogPosition SomePosition(Random* random) {
  if (Below(random, 4) == 0) return {};
  return SomeEntrysPosition(random);
}

raft::AppendEntries SomeAppendEntries(Random* random) {
  raft::AppendEntries append;
  append.prev = SomePosition(random);
  raft::LogPosition at = append.prev;
  for (size_t i = Below(random, 5); i > 0; --i) {
    Term lowest = std::max(at.term, Term(1));
    at = {lowest.Plus(Below(random, 2)), at.index.Next()};
    append.entries.push_back(SomeEntry(random, at));
  }
  append.term = std::max(at.term, Term(1)).Plus(Below(random, 3));
  append.commit_index = Index(Count(random));
  append.round = Count(random);
  append.life = raft::Life(random->Next());
  return append;
}

raft::RequestVote SomeRequestVote(Random* random) {
  raft::LogPosition last = SomePosition(random);
  return {Coin(random) ? raft::Ballot::kPreVote : raft::Ballot::kElection,
          last.term.Plus(Below(random, 3)), last};
}

raft::CommitNotice SomeCommitNotice(Random* random) {
  const raft::LogPosition committed = SomePosition(random);
  return {committed.term.Plus(Below(random, 3)), committed};
}

raft::RoundEcho SomeEcho(Random* random) {
  return {raft::Life(random->Next()), Term(Count(random)), Count(random)};
}

raft::AppendReply SomeAppendReply(Random* random) {
  raft::AppendReply reply{Term(Count(random)), SomeEcho(random),
                          raft::Appended{Index(Count(random))}};
  if (Coin(random)) {
    reply.result = raft::Conflict{Index(Count(random)), Term(Count(random)), Index(Count(random))};
  }
  return reply;
}

raft::InstallSnapshot SomeInstallSnapshot(Random* random) {
  raft::InstallSnapshot install;
  raft::SnapshotPiece& piece = install.piece;
  for (size_t i = Below(random, 8); i > 0; --i) {
    piece.bytes.push_back(static_cast<char>(Below(random, 256)));
  }
  piece.snapshot.last_included = SomeEntrysPosition(random);
  piece.snapshot.configuration = SomeConfiguration(random);
  piece.offset = Count(random);
  piece.snapshot.bytes = piece.end() + Below(random, 3);
  if (piece.snapshot.bytes == 0) piece.snapshot.bytes = 1;
  piece.snapshot.checksum = random->Next();
  install.term = piece.snapshot.last_included.term.Plus(Below(random, 3));
  install.round = Count(random);
  install.life = raft::Life(random->Next());
  return install;
}

raft::InstallReply SomeInstallReply(Random* random) {
  raft::InstallReply reply;
  reply.term = Term(Count(random));
  reply.echo = SomeEcho(random);
  reply.last_included = SomeEntrysPosition(random);
  reply.written = Below(random, 1000);
  reply.offset = reply.written + Below(random, 1000);
  reply.bytes = reply.offset + 1 + Below(random, 1000);
  reply.checksum = random->Next();
  return reply;
}

kv::Fated SomeFate(Random* random) {
  switch (Below(random, 4)) {
    case 0:
      return {kv::Fated::Kind::kCommitted, Count(random) + 1};
    case 1:  // for anything but kNone
      return {kv::Fated::Kind::kRefused, 0, static_cast<kv::Fated::Refusal>(1 + Below(random, 7))};
    case 2:
      return {kv::Fated::Kind::kCancelled};
    default:
      return {kv::Fated::Kind::kUnknown};
  }
}

kv::Result SomeResult(Random* random) {
  switch (Below(random, 14)) {
    case 0:
      return kv::Done{};
    case 1:
      return kv::TxnDone{SomeTxn(random, true).ops};
    case 2:
      return kv::KeyMissing{};
    case 3:
      return kv::CasMismatch{Value(random)};
    case 4:
      return kv::NotAList{Value(random)};
    case 5:
      return kv::Opened{};
    case 6:
      return kv::OpeningVoid{};
    case 7:
      return kv::WriterClosed{};
    case 8:
      return kv::OutcomeForgotten{};
    case 9:
      return kv::SeqReused{};
    case 10:
      return kv::Cancelled{};
    case 11:
      return kv::SessionRefused{SomeVerdict(random)};
    case 12:
      return kv::TooLarge{static_cast<Limit>(Below(random, 4)), Below(random, 1000)};
    default:
      return SomeFate(random);
  }
}

raft::WentBack SomeWord(Random* random) {
  const raft::LogPosition lost = SomeEntrysPosition(random);
  return {lost.term.Plus(Below(random, 3)), Count(random), lost, raft::Life(random->Next())};
}

raft::Body SomeConsensus(Random* random) {
  switch (Below(random, 14)) {
    case 0:
      return SomeRequestVote(random);
    case 1:
      return raft::RequestBootstrap{Term(Count(random)), Names(random)};
    case 2:
      return raft::Vote{Term(Count(random)), static_cast<raft::Ballot>(Below(random, 3)),
                        Term(Count(random)), Coin(random)};
    case 3:
      return SomeAppendEntries(random);
    case 4:
      return SomeAppendReply(random);
    case 5:
      return raft::BootstrapWanted{Names(random)};
    case 6:
      return raft::WrongIncarnation{};
    case 7:
      return SomeInstallSnapshot(random);
    case 8:
      return SomeInstallReply(random);
    case 9:
      return raft::NewerTerm{Term(Count(random))};
    case 10:
      return raft::Unnamed{Term(Count(random))};
    case 11:
      return SomeCommitNotice(random);
    case 12:
      return SomeWord(random);
    default:
      return raft::WrongCluster{};
  }
}

server::Question SomeQuestion(Random* random) {
  server::Question question{random->Next(), random->Next(), server::ConfirmRead{}};
  switch (Below(random, 4)) {
    case 0:
      question.ask = server::HandIn{SomeCommand(random)};
      break;
    case 1:
      question.ask =
          server::ServeRead{Value(random), Index(Count(random)), PerhapsASession(random)};
      break;
    case 2:
      question.ask = server::Pull{Index(Count(random))};
      break;
    default:
      break;
  }
  return question;
}

server::News SomeNews(Random* random) {
  return {Index(Count(random)), raft::ClusterId(Coin(random) ? random->NextIdentity32() : 0),
          Coin(random)};
}

server::Answer SomeAnswer(Random* random) {
  server::Answer answer{random->Next(), random->Next(), server::NotLeader{}};
  switch (Below(random, 8)) {
    case 0:
      answer.result = kv::Applied{{Count(random), SomeResult(random)}, PerhapsASession(random)};
      break;
    case 1:
      answer.result = server::ReadServed{Value(random), SomeSession(random)};
      break;
    case 2:
      answer.result = server::ReadConfirmed{Index(Count(random))};
      break;
    case 3:
      answer.result = server::ReadRefused{SomeVerdict(random), Index(Count(random))};
      break;
    case 4:
      answer.result = SomeNews(random);
      break;
    case 5:
      answer.result = server::ReadServed{std::nullopt, SomeSession(random)};
      break;
    case 6:
      answer.result =
          server::NoRoom{Coin(random) ? server::Shortage::kDisk : server::Shortage::kTail};
      break;
    default:
      answer.result = server::NotLeader{Coin(random) ? Name(random) : ""};
      break;
  }
  return answer;
}

bool SameCommand(const raft::CommandRef& a, const raft::CommandRef& b) {
  return server::LogCommand::Of(a) == server::LogCommand::Of(b);
}

bool SamePart(const raft::AppendEntries& a, const raft::AppendEntries& b) {
  return a.term == b.term && a.prev == b.prev && a.commit_index == b.commit_index &&
         a.round == b.round && a.life == b.life &&
         std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
                    [](const raft::EntryRef& x, const raft::EntryRef& y) { return Same(*x, *y); });
}
bool SamePart(const server::HandIn& a, const server::HandIn& b) {
  return SameCommand(a.command, b.command);
}
bool SamePart(const raft::CommandRef& a, const raft::CommandRef& b) { return SameCommand(a, b); }
bool SamePart(const raft::EntryRef& a, const raft::EntryRef& b) { return Same(*a, *b); }

template <typename T>
bool SamePart(const T& a, const T& b) {
  return a == b;
}

template <typename... Alternatives>
bool SameVariant(const std::variant<Alternatives...>& a, const std::variant<Alternatives...>& b) {
  return a.index() == b.index() &&
         std::visit(
             [&](const auto& part) {
               return SamePart(part, std::get<std::decay_t<decltype(part)>>(b));
             },
             a);
}

bool SameBody(const server::PeerBody& a, const server::PeerBody& b) {
  if (a.index() != b.index()) return false;
  if (const auto* consensus = std::get_if<raft::Body>(&a)) {
    return SameVariant(*consensus, std::get<raft::Body>(b));
  }
  if (const auto* question = std::get_if<server::Question>(&a)) {
    const auto& other = std::get<server::Question>(b);
    return question->life == other.life && question->number == other.number &&
           SameVariant(question->ask, other.ask);
  }
  if (const auto* answer = std::get_if<server::Answer>(&a)) {
    return *answer == std::get<server::Answer>(b);
  }
  return std::get<server::StateHash>(a) == std::get<server::StateHash>(b);
}

}  // namespace

server::PeerMessage RandomPeerMessage(Random* random) {
  raft::Header header;
  header.from = {Name(random), raft::Incarnation(random->NextIdentity())};
  header.to = {Name(random), raft::Incarnation(Coin(random) ? random->NextIdentity() : 0)};
  header.cluster = raft::ClusterId(Coin(random) ? random->NextIdentity32() : 0);
  switch (Below(random, 4)) {
    case 0:
      return {std::move(header), SomeConsensus(random)};
    case 1:
      return {std::move(header), SomeQuestion(random)};
    case 2:
      return {std::move(header), server::StateHash{Index(Count(random)), random->Next()}};
    default:
      return {std::move(header), SomeAnswer(random)};
  }
}

server::Record RandomRecord(Random* random) {
  switch (Below(random, 9)) {
    case 0:
      return raft::HardState{Term(random->Next()), {Name(random), raft::Incarnation(1)}};
    case 1:
      return server::WriterNumber{random->Next(), random->Next()};
    case 2:
      return server::Quarantine{Index(random->Next())};
    case 3:
      return raft::LogBase{{Term(random->Next()), Index(random->Next())},
                           raft::ClusterId(random->NextIdentity32())};
    case 4:
      return raft::Rebirth{raft::Incarnation(random->NextIdentity())};
    case 5:
      return server::CommitHint{Index(random->Next())};
    case 6:
      return server::GoneBack{SomeEntrysPosition(random)};
    default:
      return SomeEntry(random, {Term(Count(random) + 1), Index(Count(random) + 1)});
  }
}

bool Same(const raft::Entry& a, const raft::Entry& b) {
  return a.at == b.at && SameVariant(a.body, b.body);
}
bool Same(const server::PeerMessage& a, const server::PeerMessage& b) {
  return a.header == b.header && SameBody(a.body, b.body);
}
bool Same(const server::Record& a, const server::Record& b) { return SameVariant(a, b); }

}  // namespace tidemark::wire
