#include "node/wire/json.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "node/base/concat.h"
#include "node/wire/excerpt.h"

namespace tidemark::wire {
namespace {

using namespace std::string_literals;

Json Parsed(std::string_view text) {
  absl::StatusOr<Json> json = ParseJson(text);
  EXPECT_TRUE(json.ok()) << text << ": " << json.status();
  return json.ok() ? *json : Json();
}

std::string JsonErrorOf(std::string_view text) {
  absl::StatusOr<Json> json = ParseJson(text);
  return json.ok() ? "taken: " + json->Canonical() : std::string(json.status().message());
}

struct JsonCase {
  std::string text;
  std::string expected;
};

TEST(Canonical, HasNoSpaceSortedKeysAndNumbersAsTheyWereSpelled) {
  for (const auto& [text, canonical] : std::vector<JsonCase>{
           {" null ", "null"},
           {"true", "true"},
           {"[ ]", "[]"},
           {"{ }", "{}"},
           {"-0", "-0"},
           {"[0, -0.0, 1.50, 1E+5, 1e999, -1e-999]", "[0,-0.0,1.50,1E+5,1e999,-1e-999]"},
           {"9223372036854775807", "9223372036854775807"},
           {"-9223372036854775808", "-9223372036854775808"},
           {"-9223372036854775809", "-9223372036854775809"},
           {"18446744073709551615", "18446744073709551615"},
           {"18446744073709551616", "18446744073709551616"},
           {"123456789012345678901234567890", "123456789012345678901234567890"},
           {"1.00000000000000000000000000001", "1.00000000000000000000000000001"},
           {R"({"b": 1, "a": {"d": [1, "x, y: z"], "c": null}})",
            R"({"a":{"c":null,"d":[1,"x, y: z"]},"b":1})"},
           {R"("\u00e9 \ud83d\ude00 \/ \u000a \u001f \" \\")", R"("é 😀 / \n \u001f \" \\")"},
           {R"({"": 1, "\u0000": 2})", R"({"":1,"\u0000":2})"},
       }) {
    EXPECT_EQ(Parsed(text).Canonical(), canonical);
    EXPECT_EQ(Parsed(canonical).Canonical(), canonical);
  }
}

TEST(Canonical, KeepsAThousandDigits) {
  std::string digits(1000, '7');
  EXPECT_EQ(Parsed(digits).Canonical(), digits);
  EXPECT_EQ(Parsed("-" + digits + "." + digits).Canonical(), "-" + digits + "." + digits);
}

TEST(Spaced, KeepsTheOrderOfTheText) {
  EXPECT_EQ(Parsed(R"({"b":1,"a":[1,{"c":"x,y"}]})").Spaced(),
            R"({"b": 1, "a": [1, {"c": "x,y"}]})");
  EXPECT_EQ(Json::Object({{"n", Json::Number(int64_t{-3})}, {"t", Json::Bool(true)}}).Spaced(),
            R"({"n": -3, "t": true})");
}

TEST(Spaced, SpacesACanonicalTextAsItSpacesTheTree) {
  for (std::string_view text : {"1", R"("a,b:c")", R"({"a":[1,2,{"b\",":":\\"}],"c":{}})",
                                R"("\\")", "[]", R"(["\"",1])"}) {
    std::string spaced;
    AppendSpacedText(text, &spaced);
    EXPECT_EQ(spaced, Parsed(text).Spaced());
  }
}

TEST(Integer, IsSpelledPlainlyAndFits) {
  EXPECT_EQ(Parsed("5").AsInt64(), 5);
  EXPECT_EQ(Parsed("-5").AsInt64(), -5);
  EXPECT_EQ(Parsed("-5").AsUint64(), std::nullopt);
  EXPECT_EQ(Parsed("-0").AsInt64(), 0);
  EXPECT_EQ(Parsed("18446744073709551615").AsUint64(), std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(Parsed("18446744073709551615").AsInt64(), std::nullopt);
  EXPECT_EQ(Parsed("18446744073709551616").AsUint64(), std::nullopt);
  for (std::string_view other : {"5.0", "1e3", "\"5\"", "null", "true", "[5]"}) {
    EXPECT_EQ(Parsed(other).AsInt64(), std::nullopt) << other;
    EXPECT_EQ(Parsed(other).AsUint64(), std::nullopt) << other;
  }
}

TEST(Equality, LooksAtValuesNotAtTheOrderOfKeys) {
  EXPECT_EQ(Parsed(R"({"a":1,"b":[2]})"), Parsed(R"({"b":[2],"a":1})"));
  EXPECT_NE(Parsed("1"), Parsed("\"1\""));
  EXPECT_NE(Parsed("1"), Parsed("1.0"));
  EXPECT_NE(Parsed("[1,2]"), Parsed("[2,1]"));
  EXPECT_NE(Parsed(R"({"a":1})"), Parsed(R"({"a":1,"b":1})"));
  EXPECT_NE(Parsed("null"), Parsed("false"));
}

TEST(Parse, RefusesWhatIsNoJson) {
  for (const auto& [text, error] : std::vector<JsonCase>{
           {"", "expected a value, got the end of the text at byte 0"},
           {"  ", "expected a value, got the end of the text at byte 2"},
           {"{", "expected a key, got the end of the text at byte 1"},
           {"[1,2", "expected ',' or ']', got the end of the text at byte 4"},
           {"[1,2,", "expected a value, got the end of the text at byte 5 in [2]"},
           {"[1,,2]", "expected a value, got ',' at byte 3 in [1]"},
           {"[1 2]", "expected ',' or ']', got a number at byte 3"},
           {R"(["a" true])", "expected ',' or ']', got true at byte 5"},
           {R"({"a":})", "expected a value, got '}' at byte 5 in a"},
           {R"({"a" 1})", "expected ':', got a number at byte 5 in a"},
           {R"({"a":1,})", "expected a key, got '}' at byte 7"},
           {R"({"a":1 "b"})", "expected ',' or '}', got a string at byte 7"},
           {R"({"body":{"k y":[1,{"v":[0,}]}})",
            R"(expected a value, got '}' at byte 26 in body["k y"][1].v[1])"},
           {"{a:1}", "this is no JSON at byte 1"},
           {R"({"a":1}{"b":2})", "expected nothing more, got '{' at byte 7"},
           {"[1]]", "expected nothing more, got ']' at byte 3"},
           {"01", "expected nothing more, got a number at byte 1"},
           {"1 x", "this is no JSON at byte 2"},
           {"[1, tru]", "this is no JSON at byte 7 in [1]"},
           {"NaN", "this is no JSON at byte 0"},
           {"+1", "this is no JSON at byte 0"},
           {"'a'", "this is no JSON at byte 0"},
           {"/**/1", "this is no JSON at byte 0"},
           {"-", "invalid number; expected digit after '-' at byte 1"},
           {"1.", "invalid number; expected digit after '.' at byte 2"},
           {"\"abc", "the text ends inside a string at byte 4"},
           {"\"\\", "invalid string: forbidden character after backslash at byte 2"},
       }) {
    EXPECT_EQ(JsonErrorOf(text), error) << text;
  }
}

TEST(Parse, RefusesBytesThatAreNoText) {
  const std::string kIllFormed = "invalid string: ill-formed UTF-8 byte at byte ";
  const std::string kNul = "a NUL byte at byte ";
  for (const auto& [text, error] : std::vector<JsonCase>{
           {"\"\xff\"", kIllFormed + "1"},
           {"\"\x80\"", kIllFormed + "1"},              // continues nothing
           {"\"\xc3\"", kIllFormed + "2"},              // cut short
           {"\"\xc0\x80\"", kIllFormed + "1"},          // overlong
           {"\"\xe0\x80\x80\"", kIllFormed + "2"},      // overlong
           {"\"\xed\xa0\x80\"", kIllFormed + "2"},      // a surrogate
           {"\"\xf4\x90\x80\x80\"", kIllFormed + "2"},  // beyond U+10FFFF
           {"\"\xf0\x9f\x98", kIllFormed + "4"},
           {"{\"a\xff\":1}", kIllFormed + "3"},
           {"\xef\xbb\xbf{}", "the text begins with a byte-order mark (EF BB BF) at byte 0"},
           {"\xef\xbb{}", "invalid BOM; must be 0xEF 0xBB 0xBF if given at byte 2"},
           {"12\0 3"s, kNul + "2"},
           {"\0"s, kNul + "0"},
           {"\"a\0b\""s, kNul + "2"},
           {"{\"a\":1}\0"s, kNul + "7"},
           {"{\"a\":}\0"s, "expected a value, got '}' at byte 5 in a"},
           {"\"a\nb\"",
            "invalid string: control character U+000A (LF) must be escaped to \\u000A or \\n at "
            "byte 2"},
           {R"("\ud800")",
            "invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF at "
            "byte 7"},
           {R"("\ud800\u0041")",
            "invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF at "
            "byte 12"},
           {R"("\udc00")",
            "invalid string: surrogate U+DC00..U+DFFF must follow U+D800..U+DBFF at byte 6"},
       }) {
    EXPECT_EQ(JsonErrorOf(text), error) << Escaped(text, 40);
  }
}

TEST(Parse, RefusesAKeyThatComesTwiceAtAnyLevel) {
  EXPECT_EQ(JsonErrorOf(R"({"a":1,"a":2})"), R"(duplicate key "a" at byte 7 in a)");
  EXPECT_EQ(JsonErrorOf(R"({"a":1,"\u0061":2})"), R"(duplicate key "a" at byte 7 in a)");
  EXPECT_EQ(JsonErrorOf(R"({"k":{"a":"\"","b c":[1,{"q":1,"q":1}]}})"),
            R"(duplicate key "q" at byte 31 in k["b c"][1].q)");
  EXPECT_EQ(JsonErrorOf(R"([{"a":1},{"a":1}])"), R"(taken: [{"a":1},{"a":1}])");
  std::string key(1000, 'k');
  EXPECT_EQ(JsonErrorOf("{\"" + key + "\":1,\"" + key + "\":1}"),
            Concat("duplicate key \"", Shortened(key), "\" at byte 1006 in ", Shortened(key)));
}

std::string ObjectOf(int keys) {
  std::string text = "{";
  for (int i = 0; i < keys; ++i) ConcatTo(&text, "\"", i, "\":1,");
  return text;
}

TEST(Parse, FindsADuplicateAmongManyKeys) {
  for (int keys : {1, 15, 16, 17, 18, 1000}) {
    std::string text = ObjectOf(keys);
    EXPECT_EQ(JsonErrorOf(Concat(text, "\"", keys - 1, "\":2}")),
              Concat("duplicate key \"", keys - 1, "\" at byte ", text.size(), " in ", keys - 1));
    EXPECT_TRUE(ParseJson(Concat(text, "\"", keys, "\":2}")).ok()) << keys;
  }
}

TEST(Parse, TakesNoQuadraticTimeOverManyKeys) {
  // A search of all keys before each would take minutes: this test would not end in its time.
  const std::string text = ObjectOf(300000);
  EXPECT_TRUE(ParseJson(text + "\"last\":1}").ok());
  EXPECT_FALSE(ParseJson(text + "\"299999\":1}").ok());
}

TEST(Parse, GoesNoDeeperThanItsLimit) {
  EXPECT_TRUE(ParseJson(std::string(128, '[') + std::string(128, ']')).ok());
  EXPECT_EQ(JsonErrorOf(std::string(129, '[')),
            "arrays and objects are nested deeper than 128 at byte 128 in " +
                Shortened(Concat("[0][0][0][0][0][0][0][0][0][0][0][0][0][0]",
                                 "[0][0][0][0][0][0][0][0][0][0][0][0][0][0]"),
                          80));
  ParseError error;
  EXPECT_FALSE(ParseJson(R"({"a":"[[","b":[[1]]})", {.max_depth = 2}, &error).ok());
  EXPECT_EQ(error.offset, 15u);
  EXPECT_EQ(error.path, "b[0]");
  EXPECT_FALSE(ParseJson(std::string(100000, '['), {}, &error).ok());
  EXPECT_FALSE(ParseJson(ObjectOf(1) + std::string(100000, '{'), {}, &error).ok());
}

TEST(Parse, KeepsWhatItHadReadBeforeAnError) {
  ParseError error;
  EXPECT_FALSE(ParseJson(R"({"src":"c1","body":{"msg_id":7,"key":tru}})", {}, &error).ok());
  EXPECT_EQ(error.partial.Spaced(), R"({"src": "c1", "body": {"msg_id": 7, "key": null}})");
  EXPECT_FALSE(ParseJson("\xef\xbb\xbf{\"src\":\"c1\"}", {}, &error).ok());
  EXPECT_EQ(error.partial.Spaced(), R"({"src": "c1"})");
  EXPECT_FALSE(ParseJson("{\"src\":\"c1\"}\0"s, {}, &error).ok());
  EXPECT_EQ(error.partial.Spaced(), R"({"src": "c1"})");
  EXPECT_FALSE(ParseJson("{\"src\":\"c1\"\0}"s, {}, &error).ok());
  EXPECT_EQ(error.partial.Spaced(), R"({"src": "c1"})");
}

TEST(Parse, TakesAMebibyteInOneString) {
  std::string text = "\"" + std::string(1 << 20, 'x') + "\"";
  EXPECT_EQ(Parsed(text).string_value().size(), size_t{1} << 20);
}

TEST(Excerpt, IsCutBetweenCharacters) {
  EXPECT_EQ(Shortened("abc", 3), "abc");
  EXPECT_EQ(Shortened("abcd", 3), "abc...");
  EXPECT_EQ(Shortened("aé", 2), "a...");
  EXPECT_EQ(Shortened("😀😀", 7), "😀...");
}

TEST(Excerpt, IsPrintable) {
  EXPECT_EQ(Escaped("a\n\\\x7f\xc3\xa9\0b"s, 120), R"(a\x0a\\\x7f\xc3\xa9\x00b)");
  EXPECT_EQ(Escaped("abcd", 3), "abc...");
}

}  // namespace
}  // namespace tidemark::wire
