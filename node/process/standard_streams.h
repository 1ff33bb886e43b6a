// What each of our programs does with stdin, stdout and stderr before and after everything else.
#ifndef TIDEMARK_NODE_PROCESS_STANDARD_STREAMS_H_
#define TIDEMARK_NODE_PROCESS_STANDARD_STREAMS_H_

#include <string_view>

namespace tidemark {

// The first call in main. Where descriptor 0, 1 or 2 is closed, puts something there that cannot be
// read (0) or written (1, 2). Otherwise the next file that is opened gets that number: a log
// segment becomes descriptor 2, and what is logged overwrites it. Ends the process with status 1
// where even that cannot be opened.
void OccupyStandardDescriptors();

// The last call in main. Writes out what stdout still holds. Returns `status`, the program's exit
// status so far; or, where something could not be written at any time, says so on stderr, for
// `program`, and returns a failure: `status` if that is one already, else 1.
int FinishStdout(std::string_view program, int status);

}  // namespace tidemark

#endif  // TIDEMARK_NODE_PROCESS_STANDARD_STREAMS_H_
