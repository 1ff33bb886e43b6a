#include "client_cli/commands.h"

#include <sstream>
#include <string>
#include <utility>

#include "client_cli/help.h"
#include "client_cli/request_body.h"
#include "gtest/gtest.h"
#include "harness/base/status_text.h"

namespace tidemark::client {
namespace {

using wire::Json;

Json S(std::string text) { return Json::String(std::move(text)); }
Json N(int64_t number) { return Json::Number(number); }

// Of a line that is right.
Command Parsed(std::string_view line) {
  absl::StatusOr<Command> command = ParseCommand(line);
  EXPECT_TRUE(command.ok()) << line << ": " << command.status();
  return command.ok() ? *command : Command(Nothing{});
}

// Of a line that is wrong.
std::string Refused(std::string_view line) {
  absl::StatusOr<Command> command = ParseCommand(line);
  return command.ok() ? "accepted" : MessageOf(command.status());
}

// What a line that asks a node asks it, in a session that was told of index 7 only.
std::string Asks(std::string_view line, const Session& session) {
  const Command command = Parsed(line);
  const Request* request = std::get_if<Request>(&command);
  return request == nullptr ? "nothing" : RequestBody(*request, session).Spaced();
}
std::string Asks(std::string_view line) {
  Session session;
  session.SetIndex(7);
  return Asks(line, session);
}

constexpr Token kTakenOver{0x9f3a1c20, 12, 2, 0x5be1c09a};
constexpr char kCarried[] =
    R"("session": {"cluster": "9f3a1c20", "index": 12, "term": 2, "stamp": "5be1c09a"}})";

TEST(Commands, Write) {
  EXPECT_EQ(Parsed("write x new"), Command(Request(Write{S("x"), S("new")})));
  EXPECT_EQ(Parsed("set 1 2"), Command(Request(Write{N(1), N(2)})));
  EXPECT_EQ(Parsed("put x \"a b\""), Command(Request(Write{S("x"), S("a b")})));
  EXPECT_EQ(Parsed("write x --create"), Command(Request(Write{S("x"), S("--create")})));
  EXPECT_EQ(Asks(R"(write x {"b": 1, "a": [null]})"),
            R"({"type": "write", "key": "x", "value": {"b": 1, "a": [null]}, "session": {}})");
}

TEST(Commands, AWriteHasItsNameBeforeTheSession) {
  Session session;
  session.TakeOver(kTakenOver);
  const Json once = Json::Object({{"client", N(37)}, {"seq", N(5)}});
  EXPECT_EQ(RequestBody(Delete{S("x")}, session, &once).Spaced(),
            std::string(R"({"type": "delete", "key": "x", "once": {"client": 37, "seq": 5}, )") +
                kCarried);
}

TEST(Commands, EachRequestCarriesTheSession) {
  Session session;
  session.TakeOver(kTakenOver);
  for (const char* line : {"write x 1", "read x", "ryw x", "cas x 1 2", "delete x", "txn r x",
                           "fate 9 3 00000000000000ab"}) {
    const std::string asked = Asks(line, session);
    EXPECT_EQ(asked.substr(asked.size() - std::string(kCarried).size()), kCarried) << line;
  }
  EXPECT_EQ(OpenBody().Spaced(), R"({"type": "open"})");
}

TEST(Commands, Read) {
  EXPECT_EQ(Parsed("read x"), Command(Request(Read{S("x")})));
  EXPECT_EQ(Asks("read [1]"), R"({"type": "read", "key": [1], "session": {}})");
}

TEST(Commands, RywReadCarriesTheSessionsIndex) {
  EXPECT_EQ(Asks("get x"),
            R"({"type": "ryw_read", "key": "x", "last_write_index": 7, "prefer_follower": true, )"
            R"("session": {}})");
  EXPECT_EQ(Asks("ryw --leader x"),
            R"({"type": "ryw_read", "key": "x", "last_write_index": 7, "prefer_follower": false, )"
            R"("session": {}})");
  EXPECT_EQ(Asks("ryw x --index 9007199254740991 --leader"),
            R"({"type": "ryw_read", "key": "x", "last_write_index": 9007199254740991, )"
            R"("prefer_follower": false, "session": {}})");
  EXPECT_EQ(Asks("ryw x --explain --max-wait 250"),
            R"({"type": "ryw_read", "key": "x", "last_write_index": 7, "prefer_follower": true, )"
            R"("max_wait_ms": 250, "explain": true, "session": {}})");
}

TEST(Commands, AReadByIndexLeavesTheTokenAtHome) {
  Session session;
  session.TakeOver(kTakenOver);
  EXPECT_EQ(Asks("ryw x --index 3", session),
            R"({"type": "ryw_read", "key": "x", "last_write_index": 3, "prefer_follower": true, )"
            R"("session": {}})");
  EXPECT_EQ(NeedOf({S("x"), true, 3}, session), 3u);
  EXPECT_EQ(NeedOf({S("x")}, session), 12u);
}

TEST(Commands, Cas) {
  EXPECT_EQ(Asks("cas x 1 2"), R"({"type": "cas", "key": "x", "from": 1, "to": 2, "session": {}})");
  EXPECT_EQ(Asks("cas x 1 2 --create"),
            R"({"type": "cas", "key": "x", "from": 1, "to": 2, "create_if_not_exists": true, )"
            R"("session": {}})");
  EXPECT_EQ(Asks("cas x 1 '--create'"),
            R"({"type": "cas", "key": "x", "from": 1, "to": "--create", "session": {}})");
}

TEST(Commands, Delete) {
  EXPECT_EQ(Asks("delete x"), R"({"type": "delete", "key": "x", "session": {}})");
}

TEST(Commands, Fate) {
  EXPECT_EQ(Parsed("fate 9 3"), Command(Request(Fate{{9, 3}, std::nullopt})));
  EXPECT_EQ(Parsed("fate 9 3 00000000000000ab"), Command(Request(Fate{{9, 3}, 0xab})));
  EXPECT_EQ(Asks("fate 9 3 00000000000000ab"),
            R"({"type": "fate", "write_id": {"writer": 9, "seq": 3, "tag": "00000000000000ab"}, )"
            R"("session": {}})");
  EXPECT_EQ(Refused("fate 9"), "the seq is missing; usage: fate WRITER SEQ [TAG]");
  EXPECT_EQ(Refused("fate 9 3 ab"),
            "a tag has 16 hexadecimal digits, not ab; usage: fate WRITER SEQ [TAG]");
  EXPECT_EQ(Refused("fate n1 3"),
            "a writer is a whole number from 0 to 2^53-1, not n1; usage: fate WRITER SEQ [TAG]");
}

TEST(Commands, TxnInWordsOrAsJson) {
  EXPECT_EQ(Asks("txn r x w y 1 append z 2"),
            R"({"type": "txn", "txn": [["r", "x", null], ["w", "y", 1], ["append", "z", 2]], )"
            R"("session": {}})");
  EXPECT_EQ(Asks(R"(txn [["r","x",null]])"),
            R"({"type": "txn", "txn": [["r", "x", null]], "session": {}})");
  EXPECT_EQ(Refused("txn"), "r, w or append is missing; usage: txn r KEY | w KEY VALUE | append …");
  EXPECT_EQ(Refused("txn r x w y").substr(0, 20), "the value is missing");
  EXPECT_EQ(Refused("txn q x").substr(0, 41), "an operation is r, w or append, not q; us");
}

TEST(Commands, OfTheClient) {
  EXPECT_EQ(Parsed("use n2"), Command(Use{"n2"}));
  EXPECT_EQ(Parsed("status"), Command(ShowStatus{}));
  EXPECT_EQ(Parsed("status n2"), Command(ShowStatus{"n2"}));
  EXPECT_EQ(Parsed("session"), Command(ShowSession{}));
  EXPECT_EQ(Parsed("session reset"), Command(ResetSession{}));
  EXPECT_EQ(Parsed("session 12"), Command(SetSession{uint64_t{12}}));
  EXPECT_EQ(Parsed("session 9f3a1c20:12:2:5be1c09a"), Command(SetSession{kTakenOver}));
  EXPECT_EQ(Parsed("kill n3"), Command(Kill{"n3"}));
  EXPECT_EQ(Parsed("restart n3"), Command(Restart{"n3", false}));
  EXPECT_EQ(Parsed("restart --wipe n3"), Command(Restart{"n3", true}));
  EXPECT_EQ(Parsed("heal"), Command(Heal{}));
  EXPECT_EQ(Parsed("help"), Command(Help{}));
  EXPECT_EQ(Parsed("help get"), Command(Help{"get"}));
  EXPECT_EQ(Parsed("exit"), Command(Exit{}));
  EXPECT_EQ(Parsed("quit"), Command(Exit{}));
  EXPECT_EQ(Parsed("# nothing"), Command(Nothing{}));
  EXPECT_EQ(Parsed(""), Command(Nothing{}));
}

TEST(Commands, PartitionTakesBarsWithAndWithoutBlanks) {
  const Command expected = Partition{{{"n1"}, {"n2", "n3"}}};
  EXPECT_EQ(Parsed("partition n1 | n2 n3"), expected);
  EXPECT_EQ(Parsed("partition n1|n2 n3"), expected);
  EXPECT_EQ(Parsed("partition n1 |n2 n3"), expected);
  EXPECT_EQ(Parsed("partition n1| n2 n3"), expected);
  EXPECT_EQ(Parsed("partition n1"), Command(Partition{{{"n1"}}}));
  EXPECT_EQ(Refused("partition").substr(0, 17), "a node is missing");
  EXPECT_EQ(Refused("partition | n2").substr(0, 31), "there is a group without a node");
  EXPECT_EQ(Refused("partition n1 |").substr(0, 31), "there is a group without a node");
  EXPECT_EQ(Refused("partition n1 || n2").substr(0, 31), "there is a group without a node");
  EXPECT_EQ(Refused("partition n1 | n2 n1").substr(0, 17), "n1 is named twice");
}

TEST(Commands, RefusalsSayWhatIsWrongAndHowItIsWritten) {
  EXPECT_EQ(Refused("wirte x 1"), "there is no command wirte; help lists them");
  EXPECT_EQ(Refused("write x"), "the value is missing; usage: write KEY VALUE");
  EXPECT_EQ(Refused("write"), "the key is missing; usage: write KEY VALUE");
  EXPECT_EQ(Refused("write x a b"),
            "what is b for? (a value with blanks needs quotes); usage: write KEY VALUE");
  EXPECT_EQ(Refused("get x --laeder"),
            "there is no --laeder here; usage: get KEY [--leader] [--explain] …");
  EXPECT_EQ(Refused("get x --index"),
            "a number is missing behind --index; usage: get KEY [--leader] [--explain] …");
  EXPECT_EQ(Refused("get x --max-wait 86400001").substr(0, 62),
            "a wait in ms is a whole number from 0 to 86400000, not 8640000");
  EXPECT_EQ(
      Refused("session 9f3a1c20:12:2"),
      "a session is written CLUSTER:INDEX:TERM:STAMP, as 9f3a1c20:12:2:5be1c09a; got 3 parts: "
      "\"9f3a1c20:12:2\"; usage: session [TOKEN|INDEX|reset]");
  EXPECT_EQ(Refused("session 1 2").substr(0, 15), "what is 2 for? ");
  for (const char* index : {"-1", "5.0", "1e3", "x", "9007199254740992", "99999999999999999999"}) {
    EXPECT_EQ(Refused(std::string("session ") + index).substr(0, 30),
              "an index is a whole number fro")
        << index;
  }
  EXPECT_EQ(Refused("heal n1").substr(0, 15), "what is n1 for?");
  EXPECT_EQ(Refused("help me"), "there is no command me; usage: help [COMMAND]");
  EXPECT_EQ(Refused("write x {a: 1}").substr(0, 18), "{a: 1} is not JSON");
  EXPECT_EQ(Refused("write x {a"), "the { of {a is never closed");
}

// Each command that help tells of can be typed, and is told of in full.
TEST(Help, KnowsEachCommand) {
  for (const CommandHelp& command : AllCommands()) {
    EXPECT_EQ(Parsed("help " + std::string(command.name)),
              Command(Help{std::string(command.name)}));
    const std::string text = HelpText(command.name);
    EXPECT_EQ(text.substr(0, command.usage.size()), command.usage);
    EXPECT_EQ(text.back(), '\n');
    EXPECT_NE(HelpText("").find(command.summary), std::string::npos);
    for (std::string_view alias : command.aliases) EXPECT_EQ(HelpText(alias), text);
    EXPECT_NE(Refused(command.name).substr(0, 19), "there is no command");
  }
  EXPECT_EQ(HelpText("nothing"), "");
}

TEST(Help, SummariesStandInOneColumn) {
  std::istringstream overview(HelpText(""));
  std::string line;
  for (const CommandHelp& command : AllCommands()) {
    ASSERT_TRUE(std::getline(overview, line));
    size_t column = 0;
    for (char c : line.substr(0, line.find(command.summary))) column += (c & 0xc0) != 0x80;
    EXPECT_EQ(column, 38u) << line;
    EXPECT_LE(line.size(), 95u) << line;
  }
}

}  // namespace
}  // namespace tidemark::client
