#include "node/log/log.h"

#include <atomic>
#include <chrono>
#include <cstdint>

#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/base/last_words.h"

namespace tidemark::log {
namespace {

constexpr std::chrono::milliseconds kPatience(1000);

std::atomic<Writer*> the_writer{nullptr};

void LetOut() {
  if (Writer* const writer = the_writer; writer != nullptr) writer->LetOut(kPatience);
}

int64_t UnixMs() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

std::string LostLine(Format format, uint64_t dropped) {
  const std::string text = Concat(
      dropped, dropped == 1 ? " line" : " lines", " of this log could not be written in time and ",
      dropped == 1 ? "was" : "were", " dropped: stderr was not read, or could not be written");
  return Line(format, UnixMs(), "", {{raft::Notice::Level::kWarning, text}, 0, {}});
}

}  // namespace

Log::Log(int fd, const Options& options) : fd_(fd), options_(options) {
  if (options_.virtual_time) return;
  writer_ = std::make_unique<Writer>(
      fd, Writer::Options(),
      [format = options_.format](uint64_t dropped) { return LostLine(format, dropped); });
  TM_ASSERT(the_writer == nullptr);
  the_writer = writer_.get();
  SetBeforeLastWords(LetOut);
}

Log::~Log() {
  if (writer_ == nullptr) return;
  SetBeforeLastWords(nullptr);
  the_writer = nullptr;
}

void Log::Tell(Time now, raft::Notice notice, std::string_view kind) {
  if (notice.level < options_.least || notice.text.empty()) return;
  repetitions_.Take(now, std::move(notice), kind, &told_);
  Write(now);
}

void Log::PassDeadline(Time now) {
  if (now < repetitions_.deadline()) return;
  repetitions_.PassDeadline(now, &told_);
  Write(now);
}

void Log::Finish(Time now) {
  repetitions_.Finish(now, &told_);
  Write(now);
  if (writer_ != nullptr) writer_->Finish(kPatience);
}

void Log::Write(Time now) {
  for (const Told& told : told_) {
    const int64_t unix_ms = options_.virtual_time ? now.us / 1000 : UnixMs();
    std::string line = Line(options_.format, unix_ms, node_, told);
    if (writer_ != nullptr) {
      writer_->Write(std::move(line));
    } else {
      static_cast<void>(WriteAll(fd_, line));
    }
  }
  told_.clear();
}

}  // namespace tidemark::log
