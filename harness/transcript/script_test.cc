#include "harness/transcript/script.h"

#include <string>
#include <string_view>
#include <variant>

#include "gtest/gtest.h"

namespace tidemark::transcript {
namespace {

constexpr std::string_view kStart = "{\"start\": [\"n1\", \"n2\"]}\n";

Script ParsedScript(std::string_view text) {
  auto script = ParseScript(text);
  EXPECT_TRUE(script.ok()) << script.status();
  return script.ok() ? *std::move(script) : Script();
}

// The step of the line behind kStart.
template <typename T>
T StepOf(const std::string& line) {
  Script script = ParsedScript(std::string(kStart) + line);
  EXPECT_EQ(script.lines.size(), 2u);
  const T* step = std::get_if<T>(&script.lines.at(1).step);
  EXPECT_NE(step, nullptr) << line;
  return step == nullptr ? T() : *step;
}

std::string ErrorOf(const std::string& line) {
  auto script = ParseScript(std::string(kStart) + line);
  return script.ok() ? "" : std::string(script.status().message());
}

void ExpectError(const std::string& line, const std::string& part) {
  const std::string error = ErrorOf(line);
  EXPECT_EQ(error.substr(0, 3), "2: ") << line << ": " << error;
  EXPECT_NE(error.find(part), std::string::npos) << line << ": " << error;
}

TEST(Script, WithoutAStartTheFirstMessageNamesTheNode) {
  Script script = ParsedScript(R"({"src":"c0","dest":"n1","body":{}})"
                               "\n"
                               R"({"src": "n1", "dest": "n2", "body": {}})"
                               "\n"
                               R"({"src": "n2", "dest": "n1", "body": {}})");
  EXPECT_EQ(script.run, std::set<std::string>{"n1"});
  EXPECT_TRUE(std::holds_alternative<Input>(script.lines[0].step));
  EXPECT_TRUE(std::holds_alternative<Expected>(script.lines[1].step));
  EXPECT_TRUE(std::holds_alternative<Input>(script.lines[2].step)) << "a played peer's message";
  EXPECT_FALSE(script.ends_with_newline);
}

TEST(Script, AnInputKeepsItsOwnText) {
  const std::string line = R"(  {"dest":"n1", "src" : "c1","body":{"x":1.0}} )";
  Input input = StepOf<Input>(line);
  EXPECT_EQ(input.node, "n1");
  EXPECT_EQ(input.bytes, line);
}

TEST(Script, BetweenNodesOfTheRunAMessageIsExpected) {
  StepOf<Expected>(R"({"src": "n1", "dest": "n2", "body": {}})");
}

TEST(Script, BlankLinesAndNotesAreSilent) {
  Script script = ParsedScript("\n" + std::string(kStart) + "  \n{\"note\": [\"a\", 1]}\n");
  ASSERT_EQ(script.lines.size(), 4u);
  for (size_t line : {0, 2, 3}) {
    EXPECT_TRUE(std::holds_alternative<Silent>(script.lines[line].step)) << line;
  }
  EXPECT_EQ(script.lines[3].number, 4);
}

TEST(Script, ReadsDirectives) {
  Script script = ParsedScript(
      R"({"start": ["n1"], "nodes": ["n1", "n2"], "args": ["--x"], "seed": 7, "init": false})");
  const Start& start = std::get<Start>(script.lines[0].step);
  EXPECT_EQ(start.nodes.size(), 2u);
  EXPECT_EQ(start.args.at(0), "--x");
  EXPECT_EQ(start.seed, 7);
  EXPECT_FALSE(start.init);

  EXPECT_EQ(StepOf<AdvanceMs>(R"({"advance_ms": 50})").ms, 50);
  EXPECT_TRUE(StepOf<DelayMs>(R"({"delay_ms": 5})").link.empty());
  EXPECT_EQ(StepOf<DelayMs>(R"({"delay_ms": 5, "link": ["n1", "n2"]})").link.at(1), "n2");
  EXPECT_EQ(StepOf<Partition>(R"({"partition": [["n1"], ["n2"]]})").groups.size(), 2u);
  EXPECT_EQ(StepOf<Drop>(R"({"drop": ["n1", "n2"]})").to, "n2");
  StepOf<Heal>(R"({"heal": true})");
  EXPECT_EQ(StepOf<Kill>(R"({"kill": "n2"})").node, "n2");
  EXPECT_FALSE(StepOf<Restart>(R"({"restart": "n2"})").wipe);
  EXPECT_TRUE(StepOf<Restart>(R"({"restart": "n2", "wipe": true})").wipe);
  EXPECT_TRUE(StepOf<Show>(R"({"show": "raft"})").raft);
  EXPECT_FALSE(StepOf<Show>(R"({"show": "clients"})").raft);
  EXPECT_EQ(StepOf<CloseStdin>(R"({"close_stdin": "n1"})").node, "n1");
  StepOf<Expected>(R"({"exit": {"node": "n1", "status": 0}})");
  StepOf<Expected>(R"({"exit": {"node": "n1", "signal": 6}})");
  EXPECT_EQ(StepOf<Input>(R"({"raw": "{no json", "to": "n1"})").bytes, "{no json");
  EXPECT_EQ(StepOf<Input>(R"({"raw_repeat": {"text": "[a", "count": 3}, "to": "n1"})").bytes,
            "[a[a[a");
}

TEST(Script, KnowsWhatWantsAnAnswer) {
  const auto request = [](const std::string& body) {
    return StepOf<Input>(R"({"src": "c1", "dest": "n1", "body": )" + body + "}").request;
  };
  EXPECT_EQ(request(R"({"type": "echo", "msg_id": 7})"), (RequestName{"c1", "n1", 7}));
  EXPECT_EQ(request(R"({"type": "echo"})"), std::nullopt);
  EXPECT_EQ(request(R"({"type": "echo", "msg_id": 7.5})"), std::nullopt);
  EXPECT_EQ(request(R"({"type": "echo_ok", "msg_id": 7, "in_reply_to": 1})"), std::nullopt);
  EXPECT_EQ(StepOf<Input>(R"({"raw": "x", "to": "n1"})").request, std::nullopt);
  EXPECT_EQ(StepOf<Unanswered>(R"({"unanswered": {"src": "c1", "dest": "n2", "msg_ids": [7, 8]}})")
                .requests,
            (std::vector<RequestName>{{"c1", "n2", 7}, {"c1", "n2", 8}}));
}

TEST(Script, KnowsWhetherAnythingIsExpected) {
  const std::string start(kStart);
  EXPECT_FALSE(ParsedScript("").expects);
  EXPECT_FALSE(ParsedScript(start + R"({"src": "c1", "dest": "n1", "body": {}})").expects);
  EXPECT_TRUE(ParsedScript(start + R"({"src": "n1", "dest": "c1", "body": {}})").expects);
  EXPECT_TRUE(ParsedScript(start + R"({"exit": {"node": "n1", "status": 0}})").expects);
  EXPECT_TRUE(ParsedScript(start + R"({"unanswered": {"src": "c1", "dest": "n2", "msg_ids": [7]}})")
                  .expects);
}

TEST(Script, KnowsWhetherDataIsNeeded) {
  EXPECT_FALSE(ParsedScript(kStart).restarts_with_data);
  EXPECT_FALSE(
      ParsedScript(std::string(kStart) + R"({"restart": "n1", "wipe": true})").restarts_with_data);
  EXPECT_TRUE(ParsedScript(std::string(kStart) + R"({"restart": "n1"})").restarts_with_data);
}

TEST(Script, SaysWhatIsWrongAndWhere) {
  ExpectError("{", "no JSON");
  ExpectError("[]", "JSON object");
  ExpectError(R"({"src": 1, "dest": "n1", "body": {}})", "must be strings");
  ExpectError(R"({"src": "c1", "dest": "n9", "body": {}})", "is a node of this run: n1, n2");
  ExpectError(R"({"advance": 5})", "directives are: advance_ms, ");
  ExpectError(R"({"advance_ms": -5})", "\"advance_ms\" must be a whole number from 0, not -5");
  ExpectError(R"({"advance_ms": 5.0})", "not 5.0");
  ExpectError(R"({"advance_ms": 5, "node": "n1"})", "\"node\" is not known here");
  ExpectError(R"({"kill": "n3"})", "\"n3\" is not a node of this run");
  ExpectError(R"({"kill": 3})", "\"kill\" must be a string, not 3");
  ExpectError(R"({"heal": false})", "\"heal\" must be true");
  ExpectError(R"({"partition": ["n1"]})", "a list of lists of nodes");
  ExpectError(R"({"show": "all"})", "\"raft\" or \"clients\"");
  ExpectError(R"({"drop": ["n1"]})", "two nodes");
  ExpectError(R"({"raw": "x"})", "\"to\" must be a string, not missing");
  ExpectError(R"({"exit": {"node": "n1"}})",
              "\"status\" must be a whole number from 0, not missing");
  ExpectError(R"({"start": ["n1"]})", "n1 is started twice");
  ExpectError(R"({"start": ["../n3"]})", "no name for a node");
  ExpectError(R"({"unanswered": {"src": "c1", "dest": "n9", "msg_ids": [1]}})", "\"n9\" is not a");
  ExpectError(R"({"unanswered": {"src": "c1", "dest": "n1", "msg_ids": []}})", "names no request");
  ExpectError(R"({"unanswered": {"src": "c1", "dest": "n1", "msg_ids": ["1"]}})",
              "a list of whole numbers");
  ExpectError("  # x", R"(a comment is written {"note")");
  ExpectError("// x", R"(a comment is written {"note")");
  ExpectError("{}\r", "CR LF");
  ExpectError("\r", "CR LF");
  ExpectError("\xef\xbb\xbf{}", "byte order mark");
}

TEST(Script, AStartComesBeforeAllMessages) {
  auto script = ParseScript(R"({"src":"c0","dest":"n1","body":{}})"
                            "\n"
                            R"({"start": ["n2"]})");
  EXPECT_EQ(std::string(script.status().message()).substr(0, 3), "2: ");
}

}  // namespace
}  // namespace tidemark::transcript
