// Keeps a log from being flooded by what happens over and over: the first is told, what comes of it
// within the next minute is counted.
#ifndef TIDEMARK_NODE_LOG_REPETITIONS_H_
#define TIDEMARK_NODE_LOG_REPETITIONS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "node/base/time.h"
#include "node/raft/notice.h"

namespace tidemark::log {

// What is to be logged.
struct Told {
  raft::Notice notice;
  uint64_t again = 0;  // so many of its kind were held back, this one among them; 0: it is new
  Duration within;     // in so long
};

// Notices are of one kind if they are the same but for their numbers, or are said to be. In a
// minute from the first on, each text of a kind is told once, and at most kMostTexts of them. At
// its end the last one that was held back is told with their count, and that is all of the next
// minute's, and so on; a minute in which none came ends it.
class Repetitions {
 public:
  static constexpr Duration kSpan = Duration::Millis(60'000);
  static constexpr size_t kMostTexts = 10;
  // Beyond these, all others are one kind: what somebody else makes up does not take memory, or
  // the log, without a bound.
  static constexpr size_t kMostKinds = 128;

  // What is to be told is appended to `told`. `kind`: of a notice whose text others determine;
  // empty: by the text. `now` never falls from call to call.
  void Take(Time now, raft::Notice notice, std::string_view kind, std::vector<Told>* told);
  void PassDeadline(Time now, std::vector<Told>* told);
  // The end: what is still held back.
  void Finish(Time now, std::vector<Told>* told);

  // When PassDeadline has something to tell; Never: nothing is held back.
  Time deadline() const { return deadline_; }

 private:
  struct Kind {
    Time since;
    std::vector<size_t> texts;  // hashes of those told
    bool flooded = false;       // nothing more before the end of this minute
    uint64_t held_back = 0;
    raft::Notice last;  // of these
  };

  Kind& KindFor(Time now, const raft::Notice& notice, std::string_view kind);
  static void TellHeldBack(Time now, Kind* kind, std::vector<Told>* told);

  std::map<std::string, Kind, std::less<>> kinds_;
  Time next_end_ = Time::Never();  // of some kind's minute
  Time deadline_ = Time::Never();
};

}  // namespace tidemark::log

#endif  // TIDEMARK_NODE_LOG_REPETITIONS_H_
