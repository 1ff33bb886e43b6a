// docs/protocol.md: its examples are the transcripts of testdata/protocol, which are replayed as
// tests of their own, and it leaves out no message and no reason.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "docs/page.h"
#include "gtest/gtest.h"
#include "node/wire/vocabulary.h"

namespace tidemark::docs {
namespace {

using Words = std::vector<std::string>;

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Files ReadExamples() {
  Files files;
  for (const auto& entry : std::filesystem::directory_iterator("testdata/protocol")) {
    files[entry.path().string()] = ReadFile(entry.path());
  }
  return files;
}

const Page& Protocol() {
  static const Page* const kPage = new Page(ReadFile("docs/protocol.md"));
  return *kPage;
}

// --- The page -----------------------------------------------------------------------------------

TEST(ProtocolPage, ShowsItsTranscriptsByteForByteAndAllOfThem) {
  EXPECT_EQ(Protocol().Differences(ReadExamples()), Words());
}

TEST(ProtocolPage, NamesAndShowsEveryRequest) {
  const Words requests = wire::Requests();
  ASSERT_EQ(requests.front(), "init");
  EXPECT_EQ(Protocol().Unnamed(requests), Words());
  EXPECT_EQ(Protocol().Unshown("type", requests), Words());
}

TEST(ProtocolPage, NamesAndShowsEveryReply) {
  Words replies = wire::Replies();
  EXPECT_EQ(Protocol().Unshown("type", replies), Words());
  ASSERT_EQ(replies.back(), "error");
  replies.pop_back();  // which the prose does not name as a type
  EXPECT_EQ(Protocol().Unnamed(replies), Words());
}

TEST(ProtocolPage, NamesAndShowsEveryReason) {
  const Words reasons = wire::Reasons();
  ASSERT_EQ(reasons.back(), "too_large");
  EXPECT_EQ(Protocol().Unnamed(reasons), Words());
  EXPECT_EQ(Protocol().Unshown("reason", reasons), Words());
}

TEST(ProtocolPage, NamesAndShowsEveryMessageBetweenNodes) {
  const Words messages = wire::PeerMessages();
  ASSERT_EQ(messages.back(), "state_hash");
  EXPECT_EQ(Protocol().Unnamed(messages), Words());
  EXPECT_EQ(Protocol().Unshown("type", messages), Words());
}

// --- That it can fail ---------------------------------------------------------------------------

constexpr char kPage[] =
    "Say `hello {name}`.\n"
    "```jsonl a.jsonl\n{\"type\": \"hello\"}\n```\n"
    "```\n`bye`\n```\n";

TEST(Page, IsComparedWithItsFiles) {
  const Page page(kPage);
  EXPECT_EQ(page.Differences({{"a.jsonl", "{\"type\": \"hello\"}\n"}}), Words());
  EXPECT_EQ(page.Differences({{"a.jsonl", "{\"type\":\"hello\"}\n"}}).size(), 1u) << "a space";
  EXPECT_EQ(page.Differences({{"a.jsonl", "{\"type\": \"hello\"}"}}).size(), 1u) << "a newline";
  EXPECT_EQ(page.Differences({}), Words{"a.jsonl: there is no such file"});
  EXPECT_EQ(page.Differences({{"a.jsonl", "{\"type\": \"hello\"}\n"}, {"b.jsonl", ""}}),
            Words{"b.jsonl: the page does not show it"});
}

TEST(Page, IsAskedForWords) {
  const Page page(kPage);
  EXPECT_EQ(page.Unnamed({"hello", "hell", "bye"}), (Words{"hell", "bye"}));
  EXPECT_EQ(page.Unshown("type", {"hello", "hell"}), Words{"hell"});
  EXPECT_EQ(page.Unshown("reason", {"hello"}), Words{"hello"});
}

}  // namespace
}  // namespace tidemark::docs
