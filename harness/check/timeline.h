// The invocations and returns of operations as a list in the order of time, from which operations
// are taken and to which they come back.
#ifndef TIDEMARK_HARNESS_CHECK_TIMELINE_H_
#define TIDEMARK_HARNESS_CHECK_TIMELINE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/check/history.h"

namespace tidemark::check {

class Timeline {
 public:
  struct Entry {
    uint32_t operation;  // its place among those that the constructor got
    bool call;           // else it is the return
    uint32_t match = 0;  // a call's return; 0: an indeterminate operation has none
    uint32_t before = 0;
    uint32_t after = 0;
  };

  // What returns at the moment at which another is invoked was concurrent with it.
  Timeline(const History& history, const std::vector<uint32_t>& operations);

  uint32_t first() const { return entries_[0].after; }
  const Entry& entry(uint32_t number) const { return entries_[number]; }
  // How many returns are left. Where there is one, a walk from first() ends at one.
  size_t returns() const { return returns_; }

  // Takes a call and its return out; and puts those back that were taken last.
  void Take(uint32_t call);
  void PutBack(uint32_t call);

 private:
  void Append(uint32_t operation, bool call);
  void Unlink(uint32_t number);
  void Relink(uint32_t number);

  std::vector<Entry> entries_;  // entry 0 is before the first and behind the last
  size_t returns_ = 0;
};

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_TIMELINE_H_
