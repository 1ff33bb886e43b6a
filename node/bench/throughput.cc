// How many requests a second one node alone answers on stdin: write, read and cas in turn over
// 1,000 keys, all piped in at once. Prints one line a run.
//
//   bazel run --config=opt //node/bench:throughput
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/random.h"

namespace tidemark {
namespace {

constexpr int kRequests = 200'000;
constexpr int kRuns = 5;

std::string Body(int i, Random* random) {
  const int64_t key = random->Between(0, 999);
  const std::string head = absl::StrCat("\"msg_id\":", i + 2, ",\"key\":", key);
  if (i % 3 == 0) return absl::StrCat("{\"type\":\"write\",", head, ",\"value\":", i, "}");
  if (i % 3 == 1) return absl::StrCat("{\"type\":\"read\",", head, "}");
  return absl::StrCat("{\"type\":\"cas\",", head, ",\"from\":", random->Between(0, 4),
                      ",\"to\":", i, "}");
}

std::string Requests() {
  Random random(1);
  std::string all =
      "{\"src\":\"c0\",\"dest\":\"n1\",\"body\":{\"type\":\"init\",\"msg_id\":1,\"node_id\":\"n1\","
      "\"node_ids\":[\"n1\"]}}\n";
  for (int i = 0; i < kRequests; ++i) {
    absl::StrAppend(&all, "{\"id\":", i,
                    ",\"src\":\"c1\",\"dest\":\"n1\",\"body\":", Body(i, &random), "}\n");
  }
  return all;
}

[[noreturn]] void Fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

std::string WriteTemporary(const std::string& text) {
  std::string path = "/tmp/tidemark_throughput_XXXXXX";
  const int fd = mkstemp(path.data());
  if (fd < 0) Fail("mkstemp");
  for (size_t done = 0; done < text.size();) {
    const ssize_t wrote = write(fd, text.data() + done, text.size() - done);
    if (wrote < 0) Fail("write");
    done += static_cast<size_t>(wrote);
  }
  close(fd);
  return path;
}

[[noreturn]] void BecomeNode(const char* node, const std::string& input, int out) {
  const int in = open(input.c_str(), O_RDONLY);
  if (in < 0) Fail("open");
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  execl(node, node, "--log-level", "error", static_cast<char*>(nullptr));
  Fail(node);
}

int CountLines(int fd) {
  static char chunk[1 << 16];
  int lines = 0;
  for (ssize_t got = 0; (got = read(fd, chunk, sizeof chunk)) > 0;) {
    for (ssize_t i = 0; i < got; ++i) lines += chunk[i] == '\n' ? 1 : 0;
  }
  return lines;
}

void Run(const char* node, const std::string& input) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) Fail("pipe");
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child < 0) Fail("fork");
  if (child == 0) BecomeNode(node, input, ends[1]);
  close(ends[1]);
  const int lines = CountLines(ends[0]);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  if (status != 0 || lines != kRequests + 1) {
    std::fprintf(stderr, "the node answered %d of %d lines, status %d\n", lines, kRequests + 1,
                 status);
    std::exit(1);
  }
  std::printf("%d requests in %.3f s: %.0f requests/s\n", kRequests, took.count(),
              kRequests / took.count());
}

}  // namespace
}  // namespace tidemark

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: throughput NODE\n");
    return 2;
  }
  const std::string input = tidemark::WriteTemporary(tidemark::Requests());
  for (int i = 0; i < tidemark::kRuns; ++i) tidemark::Run(argv[1], input);
  unlink(input.c_str());
  return 0;
}
