// The frame of each of our programs: what holds before main does anything, and how it ends where
// the system refuses something that nobody can go on without.
#ifndef TIDEMARK_NODE_PROCESS_PROGRAM_H_
#define TIDEMARK_NODE_PROCESS_PROGRAM_H_

namespace tidemark {

// The status of every program that ends so: no memory, no thread, no descriptor. (Whoever frees
// some may start it again.)
inline constexpr int kNoResources = 8;

// The first call in main. `program`: what the messages on stderr begin with; it must live on.
//
// Occupies the standard descriptors (standard_streams.h). A file that may not grow (ulimit -f) is
// told by the write that fails, not by a signal. Where there is no memory, or the system's refusal
// (std::system_error) is caught by nobody, a sentence says so, and the process ends with
// kNoResources on the spot: nothing is unwound, so nothing is acknowledged that was under way. Any
// other exception that nobody catches is a bug of ours: a sentence, and an abort.
void BeginProgram(const char* program);

}  // namespace tidemark

#endif  // TIDEMARK_NODE_PROCESS_PROGRAM_H_
