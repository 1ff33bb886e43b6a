// The state machine once more, as dumb as can be: it keeps what happened as it happened, has no
// sums, no hashes and no forks, and looks everything through. What the real one answers must be
// what this one answers.
#ifndef TIDEMARK_NODE_KV_TWIN_H_
#define TIDEMARK_NODE_KV_TWIN_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "node/base/limits.h"
#include "node/kv/command.h"
#include "node/kv/writers.h"

namespace tidemark::kv {

class Twin {
 public:
  explicit Twin(const WriterLimits& limits) : limits_(limits) {}

  Applied Apply(LogIndex index, const Command& command);
  void BeginTerm(LogIndex index, uint64_t term, uint32_t stamp);
  void Configure(LogIndex index, uint32_t cluster, const Limits& limits);

  const std::map<std::string, std::string>& data() const { return data_; }

 private:
  struct Kept {
    std::optional<Operation> operation;  // nullopt: any
    Outcome outcome;
  };
  struct TwinWriter {
    LogIndex index = 0;
    bool is_client = false;
    OpenWriter opened_as;
    bool closed = false;
    std::map<uint64_t, Kept> kept;
    std::vector<uint64_t> claims;  // every first_unanswered there was
    std::vector<uint64_t> dropped;

    bool Gone(uint64_t seq) const;
    void DropLowest();
  };
  struct Place {  // of every index there was
    uint64_t term = 0;
    uint32_t stamp = 0;
  };

  void Reach(LogIndex index);
  Verdict Judge(const Session& session, LogIndex end) const;
  Outcome Answer(LogIndex index, const Command& command, Verdict verdict);
  Result Open(LogIndex index, const OpenWriter& opening);
  void Add(LogIndex index, bool is_client, const OpenWriter& opened_as);
  // Why `command` is not to be executed, if it is not.
  std::optional<Outcome> Known(LogIndex index, const Command& command);
  Result Execute(LogIndex index, const Command& command);
  Fated Decide(LogIndex index, const WriteName& own, const ToldName& told);
  void Keep(const WriteName& name, const Kept& kept);
  void MakeRoom(const WriteName& name);
  TwinWriter* Find(LogIndex index);
  TwinWriter* Oldest(bool is_client);
  size_t Count(bool is_client) const;
  size_t Bytes(bool is_client) const;
  void Forget(LogIndex index);

  WriterLimits limits_;
  std::map<std::string, std::string> data_;
  std::vector<TwinWriter> writers_;  // of both kinds, in the order of their openings
  std::vector<Place> places_;        // by index
  uint32_t cluster_ = 0;
  Limits cluster_limits_;
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_TWIN_H_
