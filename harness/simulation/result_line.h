// A run's result as one line of text, for a pipe.
#ifndef TIDEMARK_HARNESS_SIMULATION_RESULT_LINE_H_
#define TIDEMARK_HARNESS_SIMULATION_RESULT_LINE_H_

#include <string>

#include "harness/simulation/simulation.h"

namespace tidemark::simulation {

std::string FormatResultLine(const Result& result);
// False: that is no such line.
bool ParseResultLine(const std::string& line, Result* result);

// The sums of what two runs did and reached; violation, hash and end are `to`'s.
void AddCounts(const Result& from, Result* to);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_RESULT_LINE_H_
