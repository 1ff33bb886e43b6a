#include "harness/cluster/line_buffer.h"

#include <cstring>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tidemark::cluster {
namespace {

void Put(LineBuffer* buffer, std::string_view bytes) {
  std::memcpy(buffer->Room(bytes.size()), bytes.data(), bytes.size());
  buffer->AddedBytes(bytes.size());
}

std::vector<std::string> Lines(LineBuffer* buffer, bool ended = false) {
  std::vector<std::string> lines;
  while (auto line = buffer->Next(ended)) lines.emplace_back(*line);
  return lines;
}

using Strings = std::vector<std::string>;

TEST(LineBuffer, SplitsWhatCameAtOnce) {
  LineBuffer buffer;
  Put(&buffer, "a\n\nbc\n");
  EXPECT_EQ(Lines(&buffer), (Strings{"a", "", "bc"}));
  EXPECT_TRUE(buffer.empty());
}

TEST(LineBuffer, JoinsWhatCameInPieces) {
  LineBuffer buffer;
  Put(&buffer, "one\ntw");
  EXPECT_EQ(Lines(&buffer), Strings{"one"});
  Put(&buffer, "o");
  EXPECT_EQ(Lines(&buffer), Strings{});
  Put(&buffer, "\nthree\n");
  EXPECT_EQ(Lines(&buffer), (Strings{"two", "three"}));
}

TEST(LineBuffer, TheRestIsALineOnlyAtTheEnd) {
  LineBuffer buffer;
  Put(&buffer, "rest");
  EXPECT_EQ(Lines(&buffer), Strings{});
  EXPECT_EQ(Lines(&buffer, /*ended=*/true), Strings{"rest"});
  EXPECT_EQ(Lines(&buffer, /*ended=*/true), Strings{});
}

TEST(LineBuffer, KeepsALongLineWhole) {
  LineBuffer buffer;
  const std::string piece(100'000, 'x');
  for (int i = 0; i < 5; ++i) {
    Put(&buffer, piece);
    EXPECT_EQ(Lines(&buffer), Strings{});
  }
  Put(&buffer, "\n");
  EXPECT_EQ(Lines(&buffer).at(0).size(), 500'000u);
}

}  // namespace
}  // namespace tidemark::cluster
