// The scan against the parse that it stands in for: over every text the two must agree.
#include "node/wire/json_scan.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/base/concat.h"
#include "node/base/random.h"
#include "node/wire/excerpt.h"
#include "node/wire/gateway.h"
#include "node/wire/json.h"
#include "node/wire/json_parse.h"
#include "node/wire/json_view.h"

namespace tidemark::wire {
namespace {

using namespace std::string_literals;

int DepthOf(const Json& json) {
  int deepest = 0;
  if (json.is_array()) {
    for (const Json& item : json.items()) deepest = std::max(deepest, DepthOf(item));
  } else if (json.is_object()) {
    for (const Json::Member& member : json.members()) {
      deepest = std::max(deepest, DepthOf(member.second));
    }
  } else {
    return 0;
  }
  return deepest + 1;
}

// What a line was: taken, or refused with these words.
std::string Told(const absl::StatusOr<Json>& json, const ParseError& error) {
  if (json.ok()) return Concat("taken: ", json->Spaced());
  return Concat(std::string(json.status().message()), "; ", error.what, "; ", error.path, "; ",
                error.offset, "; ", error.partial.Spaced());
}

void ExpectSame(const JsonScan& scan, const Json& json) {
  const Json tree = scan.root().Tree();
  EXPECT_EQ(tree, json);
  EXPECT_EQ(tree.Spaced(), json.Spaced());
  EXPECT_EQ(scan.root().Canonical(), json.Canonical());
  EXPECT_EQ(scan.depth, DepthOf(json));
}

// Whether the text is taken; fails the test where the two do not agree about that, or about the
// value or the error.
bool IsTaken(std::string_view text, int max_depth = 128) {
  ParseError error;
  const absl::StatusOr<Json> in_words = ParseInWords(text, {max_depth}, &error);
  const std::optional<JsonScan> scan = ScanJson(text, max_depth);
  EXPECT_EQ(scan.has_value(), in_words.ok()) << Escaped(text, 10000);
  if (scan && in_words.ok()) ExpectSame(*scan, *in_words);
  ParseError told;
  const absl::StatusOr<Json> json = ParseJson(text, {max_depth}, &told);
  EXPECT_EQ(Told(json, told), Told(in_words, error)) << Escaped(text, 10000);
  if (testing::Test::HasFailure()) ADD_FAILURE() << Escaped(text, 10000);
  return in_words.ok();
}

// --- Texts ---------------------------------------------------------------------------------------

class Texts {
 public:
  explicit Texts(uint64_t seed) : random_(seed) {}

  // A valid text, but for keys that may come twice and depth.
  std::string Valid() {
    text_.clear();
    Value(static_cast<int>(random_.Between(0, 5)));
    Blanks();
    return text_;
  }
  // A message of a client's, of which some fields may be missing.
  std::string Message() {
    text_ = R"({"src":"c1","dest":"n1",)";
    if (OneIn(3)) Add("\"id\":7,");
    Add(OneIn(2) ? R"("body":{"msg_id":17)" : R"("body":{"type":"write")");
    for (int64_t i = random_.Between(0, 3); i > 0; --i) {
      Add(",");
      Member(2);
    }
    Add(OneIn(2) ? R"(,"msg_id":18)" : "");
    Add(OneIn(8) ? R"(,"in_reply_to":3}})" : "}}");
    return text_;
  }
  // The text with one thing changed that may matter.
  std::string Broken(std::string text) {
    const size_t at = Index(text.size() + 1);
    switch (random_.Between(0, 6)) {
      case 0:
        return text.substr(0, at);
      case 1:
        return text.insert(at, Pick(kOdd));
      case 2:
        return text.replace(at, std::min<size_t>(Index(4), text.size() - at), Pick(kOdd));
      case 3:
        return text.erase(at, Index(4));
      case 4:
        return text.insert(at, text.substr(Index(text.size() + 1), Index(20)));
      default:
        return at < text.size() ? Changed(std::move(text), at) : text + std::string(Pick(kOdd));
    }
  }
  bool OneIn(int64_t n) { return random_.Between(1, n) == 1; }
  size_t Index(size_t size) {
    return static_cast<size_t>(random_.Between(0, static_cast<int64_t>(size) - 1));
  }

 private:
  static const std::vector<std::string_view> kNumbers;
  static const std::vector<std::string_view> kPieces;
  static const std::vector<std::string_view> kOdd;

  std::string_view Pick(const std::vector<std::string_view>& of) { return of[Index(of.size())]; }
  std::string Changed(std::string text, size_t at) {
    const auto change = OneIn(2) ? 1 << Index(8) : static_cast<int>(Index(256));
    text[at] = static_cast<char>(text[at] ^ change);
    return text;
  }
  void Add(std::string_view text) { text_.append(text); }
  void Blanks() {
    while (OneIn(8)) text_.push_back(" \t\r\n"[Index(4)]);
  }
  void String(int64_t pieces) {
    Add("\"");
    for (int64_t i = random_.Between(0, pieces); i > 0; --i) Add(Pick(kPieces));
    Add("\"");
  }
  void Member(int depth) {
    Blanks();
    OneIn(4) ? String(4) : Add(Concat("\"k", Index(1000), "\""));
    Blanks();
    Add(":");
    Value(depth);
  }
  void Container(int depth);
  void Value(int depth);

  Random random_;
  std::string text_;
};

const std::vector<std::string_view> Texts::kNumbers = {
    "0", "-0", "5", "-5", "10", "1.50", "-0.0", "1e5", "1E+05", "1e-999", "1e999", "-1.5e+10",
    // The ends of what fits into 64 bits, and what does not.
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
    "18446744073709551615", "18446744073709551616", "123456789012345678901234567890"};
const std::vector<std::string_view> Texts::kPieces = {"a",
                                                      "b",
                                                      "x, y: z",
                                                      "[{",
                                                      "0123456789",
                                                      "\x7f",
                                                      "é",
                                                      "€",
                                                      "😀",
                                                      "\xed\x9f\xbf",
                                                      "\xee\x80\x80",
                                                      "\xf4\x8f\xbf\xbf",
                                                      R"(\")",
                                                      R"(\\)",
                                                      R"(\/)",
                                                      R"(\b)",
                                                      R"(\f)",
                                                      R"(\n)",
                                                      R"(\r)",
                                                      R"(\t)",
                                                      R"(\u0061)",
                                                      R"(\u0000)",
                                                      R"(\u001F)",
                                                      R"(\u00e9)",
                                                      R"(\uFFFF)",
                                                      R"(\ud7ff)",
                                                      R"(\ue000)",
                                                      R"(\ud83d\ude00)",
                                                      R"(\uDBFF\uDFFF)"};
const std::vector<std::string_view> Texts::kOdd = {"\"",
                                                   "\\",
                                                   "[",
                                                   "]",
                                                   "{",
                                                   "}",
                                                   ",",
                                                   ":",
                                                   ",,",
                                                   " ",
                                                   "\n",
                                                   "\f",
                                                   "\v",
                                                   "0",
                                                   "-",
                                                   "+",
                                                   ".",
                                                   "e",
                                                   "-0",
                                                   "01",
                                                   "1.",
                                                   "1e",
                                                   "1E+",
                                                   ".5",
                                                   "-x",
                                                   "true",
                                                   "tru",
                                                   "nul",
                                                   "NaN",
                                                   "//",
                                                   "'",
                                                   "null",
                                                   "\"a\"",
                                                   "\"a\":1,",
                                                   "\"a\":1",
                                                   "[[[[[[",
                                                   "]]]",
                                                   R"(\u)",
                                                   R"(\u12)",
                                                   R"(\u12G4)",
                                                   R"(\ud800)",
                                                   R"(\udc00)",
                                                   R"(\ud800\u0041)",
                                                   R"(\ud800\ud800)",
                                                   R"(\ud83d\ude00)",
                                                   R"(\x)",
                                                   R"(\a)",
                                                   R"(\U0041)",
                                                   "\x1f",
                                                   "\x7f",
                                                   "\x80",
                                                   "\xbf",
                                                   "\xc0\x80",
                                                   "\xc1\xbf",
                                                   "\xc2",
                                                   "\xc3\xa9",
                                                   "\xe0\x80\x80",
                                                   "\xe0\x9f\xbf",
                                                   "\xe2\x82",
                                                   "\xed\xa0\x80",
                                                   "\xed\xbf\xbf",
                                                   "\xef\xbb\xbf",
                                                   "\xef\xbb",
                                                   "\xf0\x80\x80\x80",
                                                   "\xf0\x8f\xbf\xbf",
                                                   "\xf0\x9f\x98",
                                                   "\xf4\x90\x80\x80",
                                                   "\xf5\x80\x80\x80",
                                                   "\xf8\x88\x80\x80\x80",
                                                   "\xff",
                                                   std::string_view("\0", 1),
                                                   std::string_view("\x1b\0", 2)};

void Texts::Container(int depth) {
  const bool object = OneIn(2);
  Add(object ? "{" : "[");
  const int64_t count = OneIn(20) ? random_.Between(8, 24) : random_.Between(0, 3);
  for (int64_t i = 0; i < count; ++i) {
    Add(i > 0 ? "," : "");
    object ? Member(depth - 1) : Value(depth - 1);
  }
  Blanks();
  Add(object ? "}" : "]");
}

void Texts::Value(int depth) {
  Blanks();
  const int64_t kind = random_.Between(depth > 0 ? 0 : 4, 9);
  if (kind < 4) return Container(depth);
  if (kind < 6) return Add(Pick(kNumbers));
  if (kind < 7) return Add(Concat(static_cast<int64_t>(random_.Next() >> Index(64))));
  if (kind < 9) return String(6);
  Add(OneIn(3) ? "null" : OneIn(2) ? "true" : "false");
}

// 10,000,000 of them by hand: --test_env=SCANNED_LINES=10000000.
int64_t LinesToScan() {
  const char* const lines = std::getenv("SCANNED_LINES");
  return lines == nullptr ? 100000 : std::strtoll(lines, nullptr, 10);
}

TEST(Scan, AgreesWithTheParseAboutAnyText) {
  const int64_t lines = LinesToScan();
  Texts texts(1);
  int64_t taken = 0;
  for (int64_t i = 0; i < lines && !HasFailure(); ++i) {
    std::string text = texts.OneIn(4) ? texts.Message() : texts.Valid();
    for (int changes = texts.OneIn(4) ? 0 : 1; changes > 0; changes += texts.OneIn(4) ? 0 : -1) {
      text = texts.Broken(std::move(text));
    }
    taken += IsTaken(text, texts.OneIn(4) ? static_cast<int>(texts.Index(6)) : 128) ? 1 : 0;
  }
  // There is enough of both.
  EXPECT_GT(taken, lines / 4);
  EXPECT_LT(taken, lines / 4 * 3);
}

// --- Whom a refusal is told ----------------------------------------------------------------------

// The number that a line may have been cut in is not believed: the line is parsed without it.
std::optional<int64_t> ReadableId(std::string_view line) {
  ParseError error;
  if (ParseInWords(line, {}, &error).ok()) return std::nullopt;
  const std::string_view before = line.substr(0, error.offset);
  const size_t last = before.find_last_not_of("0123456789+-.eE");
  const std::string_view whole = before.substr(0, last + 1);
  Json readable = error.partial;
  if (whole.size() < before.size()) {
    const absl::StatusOr<Json> json = ParseInWords(whole, {}, &error);
    readable = json.ok() ? *json : error.partial;
  }
  const Json* src = readable.Find("src");
  const Json* body = readable.Find("body");
  if (src == nullptr || !src->is_string() || src->string_value().empty()) return std::nullopt;
  if (body == nullptr || body->Find("in_reply_to") != nullptr) return std::nullopt;
  const Json* msg_id = body->Find("msg_id");
  return msg_id == nullptr ? std::nullopt : msg_id->AsInt64();
}

TEST(Refusals, AreToldWhomTheLineNamesBeforeItsError) {
  Texts texts(2);
  int told = 0;
  for (int64_t i = 0; i < LinesToScan() / 4 && !HasFailure(); ++i) {
    const std::string line = texts.Broken(texts.Message());
    if (ParseInWords(line, {}, nullptr).ok()) continue;
    const std::optional<int64_t> id = ReadableId(line);
    const Incoming in = Decode(line, false, {});
    const auto* refused = std::get_if<Refused>(&in.message);
    ASSERT_NE(refused, nullptr) << Escaped(line, 1000);
    const std::optional<int64_t> got =
        refused->from ? std::optional(refused->from->msg_id) : std::nullopt;
    EXPECT_EQ(got, id) << Escaped(line, 1000);
    told += id ? 1 : 0;
  }
  EXPECT_GT(told, LinesToScan() / 20);
}

// --- All of a kind -------------------------------------------------------------------------------

std::string InQuotes(std::string_view text) { return Concat("\"", text, "\""); }

TEST(Scan, TakesTheBytesThatAreUtf8) {
  int taken = 0;
  for (int lead = 0; lead < 256; ++lead) {
    for (char second : "\"\\\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xff") {
      for (std::string_view rest :
           {"", "\x7f", "\x80", "\xbf", "\x80\x80", "\xbf\xc0", "\xbf\xbf"}) {
        const char bytes[] = {static_cast<char>(lead), second};
        taken += IsTaken(InQuotes(Concat(std::string_view(bytes, 2), rest))) ? 1 : 0;
      }
    }
  }
  EXPECT_GT(taken, 500);
}

TEST(Scan, TakesTheEscapesThatAreCharacters) {
  for (uint32_t unit = 0; unit < 0x10000; unit += unit < 0xD700 || unit > 0xE100 ? 17 : 1) {
    std::string escape = "\\u";
    AppendHex(unit, 4, &escape);
    EXPECT_EQ(IsTaken(InQuotes(escape)), unit < 0xD800 || unit > 0xDFFF) << escape;
    EXPECT_EQ(IsTaken(InQuotes(Concat("\\uDABC", escape))), unit >= 0xDC00 && unit <= 0xDFFF);
    EXPECT_EQ(IsTaken(InQuotes(Concat(escape, "\\uDEF0"))), unit >= 0xD800 && unit <= 0xDBFF);
  }
  for (int letter = 0; letter < 256; ++letter) {
    IsTaken(InQuotes(Concat("\\", std::string(1, static_cast<char>(letter)), "0041")));
    IsTaken(InQuotes(Concat("\\u00", std::string(1, static_cast<char>(letter)), "0")));
  }
}

// Strings are looked at eight bytes at a time.
TEST(Scan, SeesEveryByteWhereverItStands) {
  for (size_t size = 1; size < 20; ++size) {
    for (size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'x');
        text[at] = static_cast<char>(byte);
        const bool plain = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
        EXPECT_EQ(IsTaken(InQuotes(text)), plain) << Escaped(text, 100);
      }
    }
  }
}

TEST(Scan, GoesAsDeepAsItMay) {
  for (int limit : {0, 1, 2, 7, 8, 9, 128}) {
    for (int depth = std::max(limit - 1, 0); depth <= limit + 1; ++depth) {
      const auto times = static_cast<size_t>(depth);
      EXPECT_EQ(IsTaken(std::string(times, '[') + std::string(times, ']'), limit),
                depth > 0 && depth <= limit);
      std::string objects = "0";
      for (int i = 0; i < depth; ++i) objects = Concat("{\"a\":", objects, "}");
      EXPECT_EQ(IsTaken(objects, limit), depth <= limit);
    }
  }
  EXPECT_FALSE(IsTaken("[]", -1));
}

TEST(Scan, TellsKeysApartHoweverManyThereAre) {
  // Some that differ behind their eighth byte, and some in nothing but zeros.
  const std::vector<std::string> kinds = {"", "in common ", "\\u0000", "é"};
  for (const std::string& kind : kinds) {
    for (size_t count : {1, 2, 9, 10, 11, 12, 50}) {
      std::string members;
      for (size_t i = 0; i < count; ++i) {
        ConcatTo(&members, i == 0 ? "" : ",", "\"", kind, i * 7 % 53, "\":", i);
      }
      EXPECT_TRUE(IsTaken(Concat("{", members, "}")));
      for (size_t i = 0; i < count; ++i) {
        EXPECT_FALSE(IsTaken(Concat("{", members, ",\"", kind, i * 7 % 53, "\":0}")));
      }
    }
  }
  EXPECT_TRUE(IsTaken(R"({"":0,"\u0000":1,"\u0000\u0000":2,"a":3,"a\u0000":4})"));
}

// As many keys as are told apart digit by digit, some of them alike for a long way.
std::vector<std::string> ManyKeys(uint64_t seed, size_t count) {
  Random random(seed);
  std::set<std::string> keys;
  while (keys.size() < count) {
    std::string key(static_cast<size_t>(random.Between(0, 2)) * 8, 'k');
    for (int64_t i = random.Between(0, 20); i > 0; --i) key.push_back("abc"[random.Next() % 3]);
    for (int64_t i = random.Between(0, 8); i > 0; --i) key += "\\u0000";
    keys.insert(std::move(key));
  }
  std::vector<std::string> shuffled(keys.begin(), keys.end());
  for (size_t i = 1; i < count; ++i) std::swap(shuffled[i], shuffled[random.Next() % (i + 1)]);
  return shuffled;
}

TEST(Scan, TellsThousandsOfKeysApart) {
  for (size_t count : {1000, 1001, 5000}) {
    const std::vector<std::string> keys = ManyKeys(count, count);
    std::string members;
    for (const std::string& key : keys) ConcatTo(&members, "\"", key, "\":", key.size(), ",");
    EXPECT_TRUE(IsTaken(Concat("{", members, "\"last\":0}")));
    for (size_t i = 0; i < count; i += 97) {
      EXPECT_FALSE(IsTaken(Concat("{", members, "\"", keys[i], "\":0}")));
    }
  }
  std::string alike;
  for (int i = 0; i < 5000; ++i) alike += R"("the same key again":0,)";
  EXPECT_FALSE(IsTaken(Concat("{", alike, "\"last\":0}")));
}

TEST(Scan, SaysWhereItsLastNumberEnded) {
  struct Case {
    std::string_view text;
    size_t end;
  };
  for (const auto& [text, end] : {Case{"01", 1}, Case{"[1,25 x", 5}, Case{"[1,-x", 2},
                                  Case{"[]", std::string_view::npos}, Case{"[1e5]", 4}}) {
    size_t number_end = 0;
    (void)ScanJson(text, 128, &number_end);
    EXPECT_EQ(number_end, end) << text;
  }
}

// --- Views ---------------------------------------------------------------------------------------

TEST(View, FindsWhatIsThereAndNothingElse) {
  for (size_t count = 0; count < 40; ++count) {
    std::string text = "{";
    for (size_t i = 0; i < count; ++i) {
      ConcatTo(&text, i == 0 ? "" : ",", "\"", i * 7 % 41 * 2, "\":", i);
    }
    text += "}";
    const std::optional<JsonScan> scan = ScanJson(text, 1);
    ASSERT_TRUE(scan) << text;
    for (size_t i = 0; i < count; ++i) {
      const JsonView* found = scan->root().Find(Concat(i * 7 % 41 * 2));
      ASSERT_NE(found, nullptr) << text;
      EXPECT_EQ(found->AsUint64(), i);
      EXPECT_EQ(scan->root().Find(Concat(i * 7 % 41 * 2 + 1)), nullptr);
    }
    EXPECT_EQ(scan->root().Find(""), nullptr);
    EXPECT_EQ(scan->root().Find("x"), nullptr);
  }
}

TEST(View, OfATreeIsAsTheTree) {
  Texts texts(3);
  for (int i = 0; i < 1000; ++i) {
    const absl::StatusOr<Json> json = ParseJson(texts.Valid());
    if (!json.ok()) continue;
    const JsonViews views = ViewsOf(*json);
    EXPECT_EQ(views.root().Canonical(), json->Canonical());
    EXPECT_EQ(views.root().Tree().Spaced(), json->Spaced());
  }
}

TEST(View, OfALongStringIsCanonicalAsTheString) {
  for (size_t size : {509, 510, 511, 512, 513, 100000}) {
    for (std::string_view begin : {"", "[0,", "[\"\\n\","}) {
      IsTaken(Concat(begin, "\"", std::string(size, 'x'), "\"", begin.empty() ? "" : "]"));
    }
  }
}

}  // namespace
}  // namespace tidemark::wire
