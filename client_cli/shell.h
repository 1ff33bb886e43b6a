// The session: carries out commands and prints what comes of them.
#ifndef TIDEMARK_CLIENT_CLI_SHELL_H_
#define TIDEMARK_CLIENT_CLI_SHELL_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "client_cli/commands.h"
#include "client_cli/connection.h"
#include "client_cli/delivery.h"
#include "client_cli/input.h"
#include "client_cli/render.h"
#include "client_cli/session.h"
#include "harness/cluster/real_world.h"

namespace tidemark::client {

struct ShellOptions {
  std::vector<std::string> nodes;  // the first is in use at the beginning
  bool json = false;               // JSON lines instead of text
  bool terminal = false;           // a person is there to read the news
  std::string log_dir;             // of the nodes' stderr
  Duration patience;               // with a write, and with its fate
  Duration request_timeout;        // of the nodes: they answer nothing later
};

class Shell final : public Host, private Teller {
 public:
  Shell(ShellOptions options, cluster::RealWorld* world, Connection* connection);

  // Carries out a line of the prompt and prints its result. False: that was `exit`.
  bool Execute(std::string_view line);
  // Waits until the cluster has a leader, which a read of any key finds, or makes it find itself.
  // Where none comes, that is told, and the session begins all the same.
  void AwaitLeader();

  // Some command did not do what it was told to.
  bool failed() const { return failed_; }

  std::string Prompt() const override;
  std::vector<std::string> TakeNews() override;
  const std::vector<std::string>& nodes() const override { return options_.nodes; }

 private:
  void Do(const Nothing&) {}
  void Do(const Request& request);
  void Do(const Use& use);
  void Do(const ShowStatus& status);
  void Do(const ShowSession& session);
  void Do(const SetSession& session);
  void Do(const ResetSession& reset);
  void Do(const Kill& kill);
  void Do(const Restart& restart);
  void Do(const Partition& partition);
  void Do(const Heal& heal);
  void Do(const Help& help);
  void Do(const Exit& exit);

  void AskFate(Fate fate);
  bool Answerable(const Request& request);
  void Ask(const Request& request);
  void Take(const Asked& asked, const Request& request, const Answer& answer);
  void TakeSilence(const Silence& silence);
  void TellReply(const Asked& asked, const Answer& answer) override;
  void TellFailure(std::string_view reason, const std::string& text,
                   const std::optional<WriteName>& open) override;

  void BeginAnew(uint64_t index);
  void TakeOver(const Token& token);
  void PrintSession(std::string_view first = "", std::vector<wire::Json::Member> more = {});

  void TellSlow(const std::string& node);
  std::string WhatItWaitsFor(const std::string& node);
  std::string WhoIsMissing() const;
  // What would bring back a leader; empty: nothing that the client knows of.
  std::string Remedy() const;
  bool MajorityWiped() const;
  // Behind a kill: "; no majority runs any more …"; empty: one does, or nobody.
  std::string WithoutMajority() const;
  std::string WhatWipingDid() const;
  // Of the script, for errors: "line 3: "; empty at a terminal.
  std::string Where() const;

  std::vector<NodeStatus> AskStatus(const std::vector<std::string>& nodes);
  void PrintStatusBody(const NodeStatus& status, const std::string& text);

  bool Known(const std::string& node);
  std::vector<std::string> NodesFrom(const std::string& node) const;
  std::optional<std::string> AnotherThatRuns(const std::string& node) const;
  std::string WhatToDo(const std::string& dead_node) const;
  // The node in use is dead: uses another, if one runs. What to say of it; empty: nothing.
  std::string MoveOn();

  // One result: as text, or as JSON.
  void Print(std::string_view text, std::vector<wire::Json::Member> own);
  void PrintLine(std::string_view line);
  void Fail(std::string_view reason, const std::string& text,
            std::vector<wire::Json::Member> more = {});
  void PrintNews();

  const ShellOptions options_;
  cluster::RealWorld* const world_;
  Connection* const connection_;
  Session session_;
  Delivery delivery_;
  std::string in_use_;
  std::string partition_;  // "n1 | n2 n3"; empty: none
  std::set<std::string> wiped_;
  bool failed_ = false;
  bool exit_ = false;
  std::string line_;  // that is carried out
  int line_number_ = 0;
};

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_SHELL_H_
