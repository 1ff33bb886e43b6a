#include "harness/transcript/replay.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "harness/base/status_text.h"
#include "harness/transcript/files.h"
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
    int added = 0, removed = 0;
    for (bool settled = false; !settled;) {
      absl::StatusOr<Script> script = ParseScript(text);
      if (!script.ok()) return Unreadable(script.status());
      Played played = transcript::Play(*script, play);
      const bool nothing_came =
          played.mismatch && played.mismatch->kind == Mismatch::Kind::kNothing;
      if (!played.run.ok() || (played.mismatch && !nothing_came)) return Judge(*script, played);
      if (--rounds < 0)
        return {Verdict::kMismatch, Concat(path_, ": each run says another thing\n")};
      Rewritten rewritten = Rewrite(*script, played.blocks, play.match);
      settled = rewritten.added + rewritten.removed == 0;
      text = std::move(rewritten.text);
      added += rewritten.added;
      removed += rewritten.removed;
    }
    if (text == before) return {};
    if (absl::Status status = WriteFileAtomically(path_, text); !status.ok()) {
      return {Verdict::kCannotRun, Concat(MessageOf(status), "\n")};
    }
    return {Verdict::kPassed, Concat("updated ", path_, ": ", added, " lines in, ", removed,
                                     " lines out. Read the diff.\n")};
  }

  Replayed Judge(const Script& script, const Played& played) const {
    if (!played.run.ok()) {
      return {Verdict::kCannotRun,
              Concat(path_, ":", OneLine(MessageOf(played.run)), "\n", Stderrs(script))};
    }
    if (!played.mismatch) return {};
    const Mismatch& mismatch = *played.mismatch;
    const std::string tail = mismatch.node.empty() ? "" : StderrOf(mismatch.node);
    return {Verdict::kMismatch,
            Report(script, mismatch, tail,
                   {path_, Concat(options_.update_command, " ", path_), options_.colour})};
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
