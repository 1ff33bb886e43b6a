// A run in the notation of transcripts (docs/transcripts.md), to be read: what clients asked and
// were told, what nodes said to each other and to their operator, what happened to them.
//
// It is no transcript to replay: there, no message is lost by chance and no clock is wrong. What
// repeats a run is its settings.
#ifndef TIDEMARK_HARNESS_SIMULATION_TRANSCRIPT_H_
#define TIDEMARK_HARNESS_SIMULATION_TRANSCRIPT_H_

#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "harness/simulation/recorder.h"
#include "harness/simulation/settings.h"

namespace tidemark::simulation {

class TranscriptRecorder final : public Recorder {
 public:
  // JSON Lines go to `out`, which stays open.
  explicit TranscriptRecorder(std::FILE* out) : out_(out) {}

  void Note(const std::string& text);
  void Started(int nodes);
  void Requested(int64_t now_us, int node, const server::ClientRequest& request) override;
  void Replied(int64_t now_us, int node, const server::Reply& reply) override;
  void Delivered(int64_t now_us, const server::PeerMessage& message) override;
  void Noticed(int64_t now_us, int node, const raft::Notice& notice) override;
  void Happened(int64_t now_us, const std::string& text, const std::string& directive) override;

 private:
  void Advance(int64_t now_us);
  void Print(const std::string& line);

  std::FILE* const out_;
  int64_t now_ms_ = 0;
};

// Runs `settings` in a process of its own and writes down what happens, behind `title` as a note. A
// run that ends its process leaves what it had until then. Errors: what opening the file gave.
absl::Status WriteTranscript(const Settings& settings, const std::string& title,
                             const std::string& path);

// Runs `settings` and writes what its clients did and saw (docs/histories.md). Errors: as above.
absl::Status WriteHistory(const Settings& settings, const std::string& path);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_TRANSCRIPT_H_
