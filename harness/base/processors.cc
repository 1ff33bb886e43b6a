#include "harness/base/processors.h"

#include <sched.h>

namespace tidemark {
namespace {

// An empty set where the system does not say.
cpu_set_t Usable() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) CPU_ZERO(&set);
  return set;
}

}  // namespace

size_t UsableProcessors() {
  const cpu_set_t set = Usable();
  const int count = CPU_COUNT(&set);
  return count > 0 ? static_cast<size_t>(count) : 1;
}

void StayOnOneProcessor(size_t which) {
  const cpu_set_t usable = Usable();
  which %= UsableProcessors();
  for (size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &usable) || which-- > 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
    return;
  }
}

}  // namespace tidemark
