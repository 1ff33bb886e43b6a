#include "node/log/line.h"

#include <string>

#include "gtest/gtest.h"

namespace tidemark::log {
namespace {

constexpr int64_t kMoment = 1'795'893'886'123;  // 2026-11-28T19:24:46.123Z

Told Warning(std::string text, uint64_t again = 0) {
  return {{raft::Notice::Level::kWarning, std::move(text)}, again, Duration{59'999'001}};
}

TEST(Line, Text) {
  EXPECT_EQ(Line(Format::kText, kMoment, "n1", Warning("n1 is full")),
            "2026-11-28T19:24:46.123Z tidemark warning: n1 is full\n");
  EXPECT_EQ(Line(Format::kText, 7, "n1", Warning("n1 is full", 1203)),
            "1970-01-01T00:00:00.007Z tidemark warning: n1 is full (again, 1203 times in the last "
            "60 s)\n");
  EXPECT_EQ(Line(Format::kText, -5, "", Warning("x", 1)),
            "1970-01-01T00:00:00.000Z tidemark warning: x (again, 1 time in the last 60 s)\n");
}

TEST(Line, Json) {
  EXPECT_EQ(Line(Format::kJson, kMoment, "n1", Warning(R"(the path "C:\x" is full)")),
            R"({"time": "2026-11-28T19:24:46.123Z", "level": "warning", "node": "n1", )"
            R"("text": "the path \"C:\\x\" is full"})"
            "\n");
  EXPECT_EQ(Line(Format::kJson, kMoment, "", Warning("x", 2)),
            R"({"time": "2026-11-28T19:24:46.123Z", "level": "warning", "text": "x", )"
            R"("again": 2, "within_ms": 59999})"
            "\n");
}

TEST(Line, IsOneLineWhateverIsInIt) {
  for (const Format format : {Format::kText, Format::kJson}) {
    const std::string line = Line(format, kMoment, "n\n1",
                                  Warning("a\nb\x1b[2J\xff"
                                          "c"));
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
    EXPECT_EQ(line.find('\x1b'), std::string::npos) << line;
    EXPECT_EQ(line.find('\xff'), std::string::npos) << line;
  }
  EXPECT_EQ(Line(Format::kText, kMoment, "", Warning("a\nb")),
            "2026-11-28T19:24:46.123Z tidemark warning: a\\x0ab\n");
}

TEST(Line, IsNoLongerThanAPipeTakesAtOnce) {
  const std::string line = Line(Format::kText, kMoment, "n1", Warning(std::string(1 << 20, 'x')));
  EXPECT_LT(line.size(), 4096u);
  EXPECT_EQ(line.substr(line.size() - 5), "x...\n");
}

}  // namespace
}  // namespace tidemark::log
