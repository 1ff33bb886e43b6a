// One client in one session, with lists that nobody else appends to, so that it knows what must be
// in them: what was acknowledged, in order; perhaps what was not answered; nothing twice.
#ifndef TIDEMARK_HARNESS_CRASH_SESSION_CLIENT_H_
#define TIDEMARK_HARNESS_CRASH_SESSION_CLIENT_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "node/base/random.h"
#include "node/wire/json.h"

namespace tidemark::crash {

class SessionClient {
 public:
  SessionClient(int number, uint64_t seed);

  const std::string& name() const { return name_; }
  // A request is under way, at `asked()`.
  bool waiting() const { return !asked_.empty(); }
  const std::string& asked() const { return asked_; }
  uint64_t acknowledged() const { return acknowledged_; }  // writes

  // The next request, a message for `node`. It must not be waiting.
  std::string Ask(const std::string& node);
  // A read of each list in turn, for the end: one for each call, linearizable. Empty: that was all.
  std::string AskForNextList(const std::string& node);
  // The answer's body. DataLoss: what was acknowledged is missing or changed, or the session went
  // back.
  absl::Status Take(const wire::Json& body);
  // The node that was asked is dead.
  void Lost();

 private:
  struct List {
    std::vector<uint64_t> acknowledged;  // rising
    std::set<uint64_t> open;             // may be in it or not, now or later
  };
  enum class Kind { kAppend, kRywRead, kRead, kDelete };

  std::string Append(const std::string& node);
  std::string Read(Kind kind, uint64_t list, const std::string& node);
  std::string Delete(const std::string& node);
  std::string KeyOf(uint64_t list) const;
  std::string Request(Kind kind, uint64_t list, const std::string& node,
                      std::vector<wire::Json::Member> body);
  absl::Status TakeError(const wire::Json& body);
  absl::Status TakeSession(const wire::Json& body);
  absl::Status CheckList(const wire::Json& value) const;
  absl::Status Violation(const std::string& what, const wire::Json& seen) const;

  const std::string name_;
  Random random_;
  wire::Json session_ = wire::Json::Object();
  int64_t session_index_ = 0;
  std::map<uint64_t, List> lists_;  // by number; the last one grows
  uint64_t last_list_ = 1;
  uint64_t last_value_ = 0;
  uint64_t next_checked_ = 0;
  uint64_t acknowledged_ = 0;

  // What is under way.
  std::string asked_;
  Kind kind_ = Kind::kAppend;
  uint64_t list_ = 0;
  int64_t msg_id_ = 0;
};

}  // namespace tidemark::crash

#endif  // TIDEMARK_HARNESS_CRASH_SESSION_CLIENT_H_
