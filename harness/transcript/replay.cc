#include "harness/transcript/replay.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "harness/base/status_text.h"
#include "harness/transcript/files.h"
#include "harness/transcript/line_diff.h"
#include "harness/transcript/report.h"
#include "harness/transcript/rewrite.h"
#include "harness/transcript/script.h"
#include "node/base/concat.h"
#include "node/base/one_line.h"

namespace tidemark::transcript {
namespace {

constexpr int kStderrLines = 10;

// The text of one transcript, played and, for an update, rewritten until it fits.
class Replay {
 public:
  Replay(const std::string& path, const ReplayOptions& options) : path_(path), options_(options) {}

  Replayed Run() {
    absl::StatusOr<std::string> text = ReadFile(path_);
    if (!text.ok()) return {Verdict::kUnreadable, Concat(MessageOf(text.status()), "\n")};
    if (!options_.update) return PlayText(*text);
    return Update(*std::move(text));
  }

 private:
  Replayed PlayText(const std::string& text) {
    absl::StatusOr<Script> script = ParseScript(text);
    if (!script.ok()) return Unreadable(script.status());
    return Judge(*script, Play(*script, options_.play));
  }

  // Waiting in vain for a line changes when everything behind it happens, so the transcript is
  // played again until nothing changes any more. Each round but one takes a line away.
  Replayed Update(std::string text) {
    PlayOptions play = options_.play;
    play.tolerant = true;
    const std::string before = text;
    int rounds = static_cast<int>(std::count(text.begin(), text.end(), '\n')) + 3;
    while (true) {
      absl::StatusOr<Script> script = ParseScript(text);
      if (!script.ok()) return Unreadable(script.status());
      Played played = transcript::Play(*script, play);
      if (!played.run.ok() || (played.mismatch && !IsWrittenDown(*played.mismatch))) {
        return Judge(*script, played);
      }
      if (--rounds < 0)
        return {Verdict::kMismatch, Concat(path_, ": each run says another thing\n")};
      Rewritten rewritten = Rewrite(*script, played.blocks, play.match);
      if (rewritten.added + rewritten.removed == 0) return Write(before, text, *script, played);
      text = std::move(rewritten.text);
    }
  }

  // Whether an update goes on from there: what comes instead is written down, or nothing is.
  static bool IsWrittenDown(const Mismatch& mismatch) {
    return mismatch.kind == Mismatch::Kind::kNothing ||
           mismatch.kind == Mismatch::Kind::kUnanswered;
  }

  // The last words on an update: what it has changed, and what is wrong all the same.
  Replayed Write(const std::string& before, const std::string& text, const Script& script,
                 const Played& played) const {
    Replayed replayed = Judge(script, played);
    if (text == before) return replayed;
    if (absl::Status status = WriteFileAtomically(path_, text); !status.ok()) {
      return {Verdict::kCannotRun, Concat(MessageOf(status), "\n")};
    }
    replayed.text = Concat("updated ", path_, ". Each line is a claim that you now make:\n",
                           DiffLines(before, text, options_.colour), replayed.text);
    return replayed;
  }

  Replayed Judge(const Script& script, const Played& played) const {
    if (!played.run.ok()) {
      return {Verdict::kCannotRun, Concat(path_, ":", OneLine(MessageOf(played.run)), "\n",
                                          Stderrs(script), OtherClock(played))};
    }
    if (!played.mismatch) return AssertsSomething(script);
    const Mismatch& mismatch = *played.mismatch;
    const std::string tail = mismatch.node.empty() ? "" : StderrOf(mismatch.node);
    return {Verdict::kMismatch,
            Concat(Report(script, mismatch, tail,
                          {path_, Concat(options_.update_command, " ", path_), options_.colour}),
                   OtherClock(played))};
  }

  Replayed AssertsSomething(const Script& script) const {
    if (script.expects) return {};
    return {Verdict::kMismatch,
            Concat(path_,
                   ": nothing is expected in it, so it says nothing of any node. Write down the ",
                   "messages to the nodes; `", options_.update_command, " ", path_,
                   "` adds what they answer.\n")};
  }

  // A node of another make knows nothing of the virtual clock, and fails in a way of its own.
  std::string OtherClock(const Played& played) const {
    if (options_.play.real_clock || played.follows_clock) return "";
    return "\nNo node has followed the virtual clock (--clock=virtual, --seed=S, and messages of "
           "type "
           "advance). One that does\nnot know it is played with --clock real.\n";
  }

  Replayed Unreadable(const absl::Status& status) const {
    return {Verdict::kUnreadable, Concat(path_, ":", OneLine(MessageOf(status)), "\n")};
  }

  std::string StderrOf(const std::string& node) const {
    return TailOf(StderrFile(options_.play, node), kStderrLines);
  }

  std::string Stderrs(const Script& script) const {
    std::string all;
    for (const std::string& node : script.run) {
      std::string tail = StderrOf(node);
      if (!tail.empty()) ConcatTo(&all, "The last of ", OneLine(node), "'s stderr:\n", tail, "\n");
    }
    return all;
  }

  const std::string& path_;
  const ReplayOptions& options_;
};

}  // namespace

Replayed ReplayFile(const std::string& path, const ReplayOptions& options) {
  return Replay(path, options).Run();
}

}  // namespace tidemark::transcript
