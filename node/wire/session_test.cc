// Sessions as users keep them.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "node/base/concat.h"
#include "node/base/random.h"
#include "node/wire/json.h"
#include "node/wire/session_codec.h"
#include "node/wire/session_text.h"

namespace tidemark::wire {
namespace {

constexpr kv::Session kSession{0x9f3a1c20, 12, 2, 0x5be1c09a};

std::string TextOf(const kv::Session& session) {
  std::string text;
  AppendSessionText(session, &text);
  return text;
}

kv::Session SomeSession(Random* random) {
  auto count = [&] { return static_cast<uint64_t>(random->Between(1, kMaxSafeInteger)); };
  return {random->NextIdentity32(), count(), count(), static_cast<uint32_t>(random->Next())};
}

TEST(SessionText, IsSpelledAsTheDocumentsSpellIt) {
  EXPECT_EQ(TextOf(kSession), "9f3a1c20:12:2:5be1c09a");
  EXPECT_EQ(TextOf({1, 9007199254740991, 1, 0}), "00000001:9007199254740991:1:00000000");
}

TEST(SessionText, ComesBackAsItWasWritten) {
  Random random(1);
  for (int i = 0; i < 1000; ++i) {
    kv::Session session = SomeSession(&random);
    absl::StatusOr<kv::Session> parsed = ParseSessionText(TextOf(session));
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, session);
  }
}

std::string SessionErrorOf(std::string_view text) {
  absl::StatusOr<kv::Session> parsed = ParseSessionText(text);
  if (parsed.ok()) return "taken";
  EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(parsed.status().message());
}

TEST(SessionText, IsRefusedWithWhatIsWrong) {
  struct Case {
    std::string_view text;
    std::string_view error;
  };
  constexpr std::string_view kCount = "expected an integer from 1 to 9007199254740991, got ";
  constexpr std::string_view kHex = "expected a string of 8 hexadecimal digits in lower case, got ";
  auto wrong = [](std::string_view why) {
    return Concat("a session is written CLUSTER:INDEX:TERM:STAMP, as 9f3a1c20:12:2:5be1c09a; ",
                  why);
  };
  for (const auto& [text, error] : std::vector<Case>{
           {"", R"(got 1 part: "")"},
           {"12", R"(got 1 part: "12")"},
           {"9f3a1c20:12:2", R"(got 3 parts: "9f3a1c20:12:2")"},
           {"9f3a1c20:12:2:5be1c09a:", R"(got 5 parts: "9f3a1c20:12:2:5be1c09a:")"},
       }) {
    EXPECT_EQ(SessionErrorOf(text), wrong(error));
  }
  for (std::string_view bad : {"", "x", "0x1", "+1", "-1", " 1", "1 ", "012", "1.0", "1e3", "٣"}) {
    const std::string quoted = Concat("\"", bad, "\"");
    EXPECT_EQ(SessionErrorOf(Concat("9f3a1c20:", bad, ":2:5be1c09a")),
              wrong(Concat("index: ", kCount, quoted)));
    EXPECT_EQ(SessionErrorOf(Concat("9f3a1c20:12:", bad, ":5be1c09a")),
              wrong(Concat("term: ", kCount, quoted)));
  }
  for (std::string_view bad : {"0", "9007199254740992", "18446744073709551617"}) {
    EXPECT_EQ(SessionErrorOf(Concat("9f3a1c20:", bad, ":2:5be1c09a")),
              wrong(Concat("index: ", kCount, bad)));
    EXPECT_EQ(SessionErrorOf(Concat("9f3a1c20:12:", bad, ":5be1c09a")),
              wrong(Concat("term: ", kCount, bad)));
  }
  for (std::string_view bad : {"", "9F3A1C20", "9f3a1c2", "9f3a1c200", " 9f3a1c2", "9f3a1c2g"}) {
    const std::string quoted = Concat("\"", bad, "\"");
    EXPECT_EQ(SessionErrorOf(Concat(bad, ":12:2:5be1c09a")),
              wrong(Concat("cluster: ", kHex, quoted)));
    EXPECT_EQ(SessionErrorOf(Concat("9f3a1c20:12:2:", bad)),
              wrong(Concat("stamp: ", kHex, quoted)));
  }
  EXPECT_EQ(SessionErrorOf("00000000:12:2:5be1c09a"),
            wrong(R"(cluster: expected an identity that is not zero, got "00000000")"));
}

TEST(SessionText, CutAnywhereOrLongerIsRefused) {
  const std::string text = TextOf(kSession);
  for (size_t size = 0; size < text.size(); ++size)
    EXPECT_NE(SessionErrorOf(text.substr(0, size)), "taken");
  for (std::string_view more : {" ", "\n", "0", ":", "\""}) {
    EXPECT_NE(SessionErrorOf(Concat(text, more)), "taken");
    EXPECT_NE(SessionErrorOf(Concat(more, text)), "taken");
  }
}

TEST(SessionText, WithAnyByteChangedIsRefusedOrMeansWhatItSays) {
  const std::string text = TextOf(kSession);
  for (size_t at = 0; at < text.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = text;
      changed[at] = static_cast<char>(byte);
      absl::StatusOr<kv::Session> parsed = ParseSessionText(changed);
      if (parsed.ok()) {
        EXPECT_EQ(TextOf(*parsed), changed);
      }
    }
  }
}

TEST(SessionText, OfAnyLengthMakesNoLongError) {
  EXPECT_LT(SessionErrorOf(std::string(1 << 20, ':')).size(), 200u);
  EXPECT_LT(SessionErrorOf(std::string(1 << 20, 'x')).size(), 200u);
  EXPECT_LT(SessionErrorOf(Concat("9f3a1c20:", std::string(1 << 20, '9'), ":2:5be1c09a")).size(),
            250u);
}

TEST(SessionJson, IsWhatRepliesCarry) {
  std::string written;
  AppendSession(kSession, &written);
  EXPECT_EQ(written, R"({"cluster": "9f3a1c20", "index": 12, "term": 2, "stamp": "5be1c09a"})");
  EXPECT_EQ(SessionJson(kSession).Spaced(), written);
  absl::StatusOr<kv::Session> read = SessionOf(SessionJson(kSession));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, kSession);
}

TEST(SessionJson, ThatIsNoneIsRefused) {
  EXPECT_EQ(SessionOf(Json()).status().message(), "expected an object, got null");
  EXPECT_EQ(SessionOf(Json::Object()).status().message(),
            "expected cluster, index, term and stamp; missing: cluster, index, term, stamp");
}

}  // namespace
}  // namespace tidemark::wire
