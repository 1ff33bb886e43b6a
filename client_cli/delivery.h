// How a write comes to an outcome, whoever of the nodes dies or keeps silent: it is sent under one
// name to node after node, and if nobody tells what came of it, its fate is asked for.
#ifndef TIDEMARK_CLIENT_CLI_DELIVERY_H_
#define TIDEMARK_CLIENT_CLI_DELIVERY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client_cli/asked.h"
#include "client_cli/asking.h"
#include "client_cli/commands.h"
#include "client_cli/session.h"
#include "client_cli/transport.h"
#include "client_cli/writer.h"
#include "node/base/time.h"

namespace tidemark::client {

// Who tells the person, each as soon as it is known.
class Teller {
 public:
  virtual ~Teller() = default;
  virtual void TellReply(const Asked& asked, const Answer& answer) = 0;
  // `reason` is for programs. `open`: a write of which it is not known whether it happens.
  virtual void TellFailure(std::string_view reason, const std::string& text,
                           const std::optional<WriteName>& open) = 0;
};

class Delivery {
 public:
  // `patience`: how long a person waits for a write, and then again for its fate.
  Delivery(Transport* transport, Session* session, Teller* teller, Duration patience);

  // `line` is what was typed. Nodes are asked in this order. True: it is done, and was told so.
  // REQUIRES: `write` changes something.
  bool Deliver(const std::string& line, const Request& write,
               const std::vector<std::string>& nodes);

  // An answer that nobody waited for any more: what to say of it, if it settles a write that was
  // left open.
  std::optional<std::string> TakeLate(const Answer& late);
  // As Writer::TagOf.
  std::optional<uint64_t> TagOf(const WriteName& name) const { return writer_.TagOf(name); }
  // The fate of a write was told.
  void Settle(const WriteName& name);
  // The session begins anew: its client id and the writes that it left open are no more.
  void Forget();

 private:
  struct Open {  // somebody was asked, and may answer yet
    std::string line;
    std::string node;
    WriteName name;
  };

  bool OpenClient(const std::vector<std::string>& nodes, Time deadline);
  Told Send(const Request& write, const WriteName& name, const std::vector<std::string>& nodes,
            Time deadline);
  bool Conclude(const std::string& line, const WriteName& name, const Told& told,
                const std::vector<std::string>& nodes);
  void TellOpen(const WriteName& name, const Told& told);
  bool AskFate(const WriteName& name, const std::vector<std::string>& nodes);
  void TellFateNotKnown(const WriteName& name, const Told& told);
  void TellAnswer(const Told& told, bool opening = false);
  void TellNobodyRuns(const std::string& node);
  void LeaveOpen(const std::string& line, const WriteName& name, const Told& told);
  int64_t TookMs() const;

  Transport* const transport_;
  Session* const session_;
  Teller* const teller_;
  const Duration patience_;
  Writer writer_;
  Time since_;                    // when the write that is under way was typed
  std::map<int64_t, Open> open_;  // by the request's number
};

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_DELIVERY_H_
