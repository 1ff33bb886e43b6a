#include "node/log/writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "node/base/concat.h"

namespace tidemark::log {
namespace {

using std::chrono::milliseconds;

std::string LostLine(uint64_t dropped) { return Concat("lost ", dropped, "\n"); }

class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe2(fds_.data(), O_CLOEXEC), 0); }
  ~Pipe() {
    close(fds_[0]);
    close(fds_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  // Nothing more fits.
  void Fill() {
    const int bytes = fcntl(fds_[1], F_SETPIPE_SZ, 4096);
    const std::string full(static_cast<size_t>(bytes) - 1, '.');
    EXPECT_EQ(write(fds_[1], (full + "\n").data(), full.size() + 1), bytes);
  }

  int read_end() const { return fds_[0]; }
  int write_end() const { return fds_[1]; }

  // Waits for one.
  std::string ReadLine() {
    size_t end = 0;
    while ((end = rest_.find('\n')) == std::string::npos) {
      std::array<char, 4096> more{};
      const ssize_t got = read(fds_[0], more.data(), more.size());
      if (got <= 0) return "the end";
      rest_.append(more.data(), static_cast<size_t>(got));
    }
    std::string line = rest_.substr(0, end);
    rest_.erase(0, end + 1);
    return line;
  }

 private:
  std::array<int, 2> fds_{};
  std::string rest_;
};

TEST(WriterTest, WritesInOrder) {
  Pipe pipe;
  Writer writer(pipe.write_end(), {}, LostLine);
  for (int i = 0; i < 100; ++i) writer.Write(Concat("line ", i, "\n"));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(pipe.ReadLine(), Concat("line ", i));
  EXPECT_TRUE(writer.Finish(milliseconds(10'000)));
}

TEST(WriterTest, NeverWaitsForAReaderAndCountsWhatItDrops) {
  constexpr int kLines = 100'000;
  Pipe pipe;
  pipe.Fill();
  Writer writer(pipe.write_end(), {.max_queued_bytes = 10'000}, LostLine);
  for (int i = 0; i < kLines; ++i) writer.Write(Concat("line ", i, "\n"));
  EXPECT_FALSE(writer.Finish(milliseconds(1))) << "nobody has read anything";
  EXPECT_EQ(pipe.ReadLine()[0], '.');
  // All are read or counted.
  int accounted = 0;
  while (accounted < kLines) {
    const std::string line = pipe.ReadLine();
    if (line.rfind("lost ", 0) == 0) {
      accounted += std::stoi(line.substr(5));
    } else {
      ASSERT_EQ(line.rfind("line ", 0), 0u) << line;
      ++accounted;
    }
  }
  EXPECT_EQ(accounted, kLines);
  EXPECT_TRUE(writer.Finish(milliseconds(10'000)));
  writer.Write("well again\n");
  EXPECT_EQ(pipe.ReadLine(), "well again");
}

TEST(WriterTest, TellsOfWhatCouldNotBeWrittenOnceItCan) {
  const int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  Pipe pipe;
  Writer writer(fd, {.retry = milliseconds(1)}, LostLine);
  writer.Write("a\n");
  writer.Write("b\n");
  writer.Write("c\n");
  EXPECT_TRUE(writer.Finish(milliseconds(10'000))) << "an error is not waited for";
  ASSERT_EQ(dup2(pipe.write_end(), fd), fd);
  EXPECT_EQ(pipe.ReadLine(), "lost 3");
  EXPECT_TRUE(writer.Finish(milliseconds(10'000)));
  close(fd);
}

TEST(WriterTest, ANonBlockingDescriptorIsWaitedFor) {
  Pipe pipe;
  ASSERT_EQ(fcntl(pipe.write_end(), F_SETFL, O_NONBLOCK), 0);
  Writer writer(pipe.write_end(), {.max_queued_bytes = 1 << 20}, LostLine);
  constexpr int kLines = 30'000;  // more than a pipe holds
  for (int i = 0; i < kLines; ++i) writer.Write(Concat("line ", i, "\n"));
  for (int i = 0; i < kLines; ++i) ASSERT_EQ(pipe.ReadLine(), Concat("line ", i));
}

TEST(WriterTest, LetsOutWhatWaits) {
  Pipe pipe;
  Writer writer(pipe.write_end(), {}, LostLine);
  writer.Write("last\n");
  writer.LetOut(milliseconds(10'000));
  fcntl(pipe.read_end(), F_SETFL, O_NONBLOCK);
  EXPECT_EQ(pipe.ReadLine(), "last");
}

}  // namespace
}  // namespace tidemark::log
