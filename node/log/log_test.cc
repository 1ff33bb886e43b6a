#include "node/log/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>

#include "gtest/gtest.h"

namespace tidemark::log {
namespace {

using Level = raft::Notice::Level;

class LogTest : public testing::Test {
 protected:
  LogTest() { EXPECT_EQ(pipe2(fds_.data(), O_CLOEXEC | O_NONBLOCK), 0); }
  ~LogTest() override {
    close(fds_[0]);
    close(fds_[1]);
  }

  int fd() const { return fds_[1]; }
  // What was written since.
  std::string Read() const {
    std::array<char, 4096> text{};
    const ssize_t got = read(fds_[0], text.data(), text.size());
    return {text.data(), got > 0 ? static_cast<size_t>(got) : 0};
  }

 private:
  std::array<int, 2> fds_{};
};

Time Seconds(int64_t seconds) { return Time{seconds * 1'000'000}; }

TEST_F(LogTest, InVirtualTimeEachLineIsThereAtOnceWithItsTime) {
  Log log(fd(), {.virtual_time = true});
  log.Tell(Seconds(1), {Level::kInfo, "n1 leads"});
  EXPECT_EQ(Read(), "1970-01-01T00:00:01.000Z tidemark info: n1 leads\n");
  log.Tell(Seconds(1), {Level::kDebug, "that is too much"});
  log.Tell(Seconds(1), {Level::kWarning, ""});
  log.Tell(Seconds(2), {Level::kInfo, "n1 leads"});
  EXPECT_EQ(Read(), "");
  log.PassDeadline(Seconds(60));
  EXPECT_EQ(Read(), "");
  log.PassDeadline(Seconds(61));
  EXPECT_EQ(Read(),
            "1970-01-01T00:01:01.000Z tidemark info: n1 leads (again, 1 time in the last 60 s)\n");
}

TEST_F(LogTest, TheEndTellsWhatWasHeldBack) {
  Log log(fd(), {.format = Format::kJson, .virtual_time = true});
  log.set_node("n1");
  log.Tell(Seconds(1), {Level::kError, "no"});
  log.Tell(Seconds(3), {Level::kError, "no"});
  log.Finish(Seconds(11));
  EXPECT_EQ(Read(),
            R"({"time": "1970-01-01T00:00:01.000Z", "level": "error", "node": "n1", "text": "no"})"
            "\n"
            R"({"time": "1970-01-01T00:00:11.000Z", "level": "error", "node": "n1", "text": "no", )"
            R"("again": 1, "within_ms": 10000})"
            "\n");
}

TEST_F(LogTest, InRealTimeTheEndWaitsForTheLines) {
  Log log(fd(), {});
  log.Tell(Time(), {Level::kInfo, "n1 leads"});
  log.Finish(Seconds(1));
  const std::string line = Read();
  EXPECT_NE(line.find("Z tidemark info: n1 leads\n"), std::string::npos) << line;
  EXPECT_EQ(line.rfind("20", 0), 0u) << line;
}

}  // namespace
}  // namespace tidemark::log
