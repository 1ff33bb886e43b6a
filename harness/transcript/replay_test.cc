// Whole transcripts, played against fake nodes: what passes, what fails and what is told.
#include "harness/transcript/replay.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/cluster/temp_dir.h"
#include "harness/testing/fake_node_path.h"
#include "harness/transcript/files.h"
#include "harness/transcript/jobs.h"

namespace tidemark::transcript {
namespace {

const char kThree[] = R"({"start": ["n1", "n2", "n3"]})";
const char kEcho[] =
    R"({"src": "c1", "dest": "n1", "body": {"type": "echo", "msg_id": 1, "echo": 5}})";
const char kEchoOk[] =
    R"({"src": "n1", "dest": "c1", "body": {"type": "echo_ok", "in_reply_to": 1, "msg_id": 1, "echo": 5}})";
const char kAsk[] =
    R"({"src": "c1", "dest": "n1", "body": {"type": "ask", "msg_id": 2, "peer": "n2", "echo": "q"}})";
const char kAskOk[] =
    R"({"src": "n1", "dest": "c1", "body": {"type": "ask_ok", "in_reply_to": 2, "msg_id": 1, "echo": "q", "answered_by": "n2", "at_ms": 2}})";
const char kRemind[] =
    R"({"src": "c1", "dest": "n1", "body": {"type": "remind", "msg_id": 3, "ms": 50, "echo": 1}})";
const char kRemindOk[] =
    R"({"src": "n1", "dest": "c1", "body": {"type": "remind_ok", "in_reply_to": 3, "msg_id": 1, "echo": 1, "at_ms": 50}})";
const char kRemindUnanswered[] = R"({"unanswered": {"src": "c1", "dest": "n1", "msg_ids": [3]}})";
const char kAskUnanswered[] = R"({"unanswered": {"src": "c1", "dest": "n1", "msg_ids": [2]}})";
const char kAdvance50[] = R"({"advance_ms": 50})";
const char kAdvance49[] = R"({"advance_ms": 49})";

class ReplayTest : public ::testing::Test {
 protected:
  ReplayTest() {
    options_.play.command = {testing::FakeNode()};
    options_.play.dir = dir_.path();
    options_.play.match = MatchMode::kBytes;
    options_.update_command = "UPDATE";
  }

  using Lines = std::vector<std::string>;

  Verdict Play(const Lines& lines) {
    Write(lines);
    replayed_ = ReplayFile(path_, options_);
    return replayed_.verdict;
  }
  bool Told(const std::string& part) const {
    return replayed_.text.find(part) != std::string::npos;
  }

  // The lines after an update, which must pass as they are then.
  Lines Updated(const Lines& lines) {
    options_.update = true;
    EXPECT_EQ(Play(lines), Verdict::kPassed) << replayed_.text;
    options_.update = false;
    const std::string text = *ReadFile(path_);
    EXPECT_EQ(ReplayFile(path_, options_).verdict, Verdict::kPassed) << text;
    return Split(text);
  }

  void Write(const Lines& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    ASSERT_EQ(WriteFileAtomically(path_, text), absl::OkStatus());
  }
  static Lines Split(const std::string& text) {
    Lines lines;
    for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
      lines.push_back(text.substr(at, text.find('\n', at) - at));
    }
    return lines;
  }

  cluster::TempDir dir_ = *cluster::TempDir::Create();
  std::string path_ = dir_.path() + "/t.jsonl";
  ReplayOptions options_;
  Replayed replayed_;
};

TEST_F(ReplayTest, WhatComesAsExpectedPasses) {
  EXPECT_EQ(Play({kThree, kEcho, kEchoOk}), Verdict::kPassed) << replayed_.text;
  EXPECT_EQ(replayed_.text, "");
}

TEST_F(ReplayTest, WithoutAStartTheTranscriptInitialises) {
  EXPECT_EQ(
      Play(
          {R"({"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]}})",
           kAsk,  // of a peer that the transcript plays
           R"({"src": "n1", "dest": "c0", "body": {"type": "init_ok", "in_reply_to": 1, "msg_id": 0}})",
           R"({"src": "n1", "dest": "n2", "body": {"type": "question", "echo": "q", "client": "c1", "client_msg_id": 2}})",
           R"({"src": "n2", "dest": "n1", "body": {"type": "answer", "echo": "q", "client": "c1", "client_msg_id": 2}})",
           R"({"src": "n1", "dest": "c1", "body": {"type": "ask_ok", "in_reply_to": 2, "msg_id": 1, "echo": "q", "answered_by": "n2", "at_ms": 0}})"}),
      Verdict::kPassed)
      << replayed_.text;
}

TEST_F(ReplayTest, AWrongExpectationFailsAndIsShown) {
  std::string wrong = kEchoOk;
  wrong.replace(wrong.find("\"echo\": 5"), 9, "\"echo\": 6");
  EXPECT_EQ(Play({kThree, "", kEcho, wrong}), Verdict::kMismatch);
  EXPECT_TRUE(Told(path_ + ":4: something else came (at 0 ms)")) << replayed_.text;
  EXPECT_TRUE(Told("body.echo: expected 6, came 5")) << replayed_.text;
  EXPECT_TRUE(Told(std::string("     0 ms → ") + kEcho)) << replayed_.text;
  EXPECT_TRUE(Told("UPDATE " + path_)) << replayed_.text;
}

TEST_F(ReplayTest, InBytesSpellingCounts) {
  const std::string respelled =
      R"({"src":"n1","dest":"c1","body":{"type":"echo_ok","in_reply_to":1,"msg_id":1,"echo":5}})";
  EXPECT_EQ(Play({kThree, kEcho, respelled}), Verdict::kMismatch);
  EXPECT_TRUE(Told("the texts differ from byte 8 on")) << replayed_.text;
  options_.play.match = MatchMode::kJson;
  EXPECT_EQ(Play({kThree, kEcho, respelled}), Verdict::kPassed) << replayed_.text;
}

TEST_F(ReplayTest, AnExpectedLineIsWaitedFor) {
  EXPECT_EQ(Play({kThree, kRemind, kRemindOk}), Verdict::kPassed) << replayed_.text;
  EXPECT_EQ(Play({kThree, kAsk, kAskOk}), Verdict::kPassed) << replayed_.text;
}

TEST_F(ReplayTest, NothingCame) {
  EXPECT_EQ(Play({kThree, kRemindOk}), Verdict::kMismatch);
  EXPECT_TRUE(Told(":2: nothing came (at 60000 ms)")) << replayed_.text;
}

TEST_F(ReplayTest, WhatComesAfterAnAdvanceMayBeExpected) {
  EXPECT_EQ(Play({kThree, kRemind, kAdvance50, R"({"heal": true})", kRemindOk}), Verdict::kPassed)
      << replayed_.text;
}

TEST_F(ReplayTest, AnInputAfterAnAdvanceProvesSilence) {
  EXPECT_EQ(Play({kThree, kRemind, kAdvance49, kEcho, kEchoOk, kRemindUnanswered}),
            Verdict::kPassed)
      << replayed_.text;
  EXPECT_EQ(Play({kThree, kRemind, kAdvance50, kEcho, kEchoOk}), Verdict::kMismatch);
  EXPECT_TRUE(Told(":4: before this line something came that is not expected")) << replayed_.text;
}

TEST_F(ReplayTest, InputsInARowPoolTheirReplies) {
  EXPECT_EQ(Play({kThree, kEcho, R"({"note": "and"})", kRemind, kEchoOk, kRemindUnanswered}),
            Verdict::kPassed)
      << replayed_.text;
}

TEST_F(ReplayTest, AtTheEndNothingMayBeLeft) {
  EXPECT_EQ(Play({kThree, kEcho}), Verdict::kMismatch);
  EXPECT_TRUE(Told(":2: at the end, something came that is not expected")) << replayed_.text;
}

TEST_F(ReplayTest, ARequestWithoutAnAnswerFails) {
  EXPECT_EQ(Play({kThree, kEcho, kEchoOk, kRemind}), Verdict::kMismatch)
      << "and time does not run on";
  EXPECT_TRUE(Told(":4: this request is not answered by the end of the transcript (at 0 ms)"))
      << replayed_.text;
  EXPECT_TRUE(Told(std::string("  line 4  ") + kRemind)) << replayed_.text;
  EXPECT_TRUE(Told(std::string("  ") + kRemindUnanswered)) << "what to write: " << replayed_.text;
  EXPECT_EQ(Play({kThree, kRemind, kAsk, R"({"kill": "n1"})"}), Verdict::kMismatch)
      << "a kill is no word on what was under way";
  EXPECT_TRUE(Told(":2: 2 requests are not answered") &&
              Told(R"({"unanswered": {"src": "c1", "dest": "n1", "msg_ids": [3, 2]}})"))
      << replayed_.text;
}

TEST_F(ReplayTest, AnUnansweredRequestCanBeMeant) {
  EXPECT_EQ(Play({kThree, kRemind, kRemindUnanswered}), Verdict::kPassed) << replayed_.text;
  EXPECT_EQ(Play({kThree, kRemind, kRemindOk, kRemindUnanswered}), Verdict::kMismatch);
  EXPECT_TRUE(Told(":4: there is no unanswered request 3 of c1 to n1")) << replayed_.text;
  EXPECT_EQ(Play({kThree, kRemind, kAskUnanswered}), Verdict::kMismatch);
  EXPECT_TRUE(Told(":3: there is no unanswered request 2 of c1 to n1")) << replayed_.text;
}

TEST_F(ReplayTest, ATranscriptThatExpectsNothingFails) {
  const std::string start = R"({"note": "to be written"})";
  for (const Lines& lines : {Lines{}, Lines{start}, Lines{kThree}, Lines{kThree, kAdvance50}}) {
    EXPECT_EQ(Play(lines), Verdict::kMismatch) << lines.size();
    EXPECT_TRUE(Told("nothing is expected in it")) << replayed_.text;
    options_.update = true;
    EXPECT_EQ(Play(lines), Verdict::kMismatch) << lines.size();
    options_.update = false;
  }
}

// At 30 ms, of which is heard after 50.
TEST_F(ReplayTest, TimesAreThoseOfArrival) {
  const std::string soon =
      R"({"src": "c1", "dest": "n1", "body": {"type": "remind", "msg_id": 3, "ms": 30, "echo": 1}})";
  EXPECT_EQ(Play({kThree, soon, kAdvance50, kEcho}), Verdict::kMismatch);
  EXPECT_TRUE(Told(":4: before this line something came that is not expected (at 30 ms)"))
      << replayed_.text;
  EXPECT_EQ(
      Play(
          {kThree, soon, kAdvance50,
           R"({"src": "n1", "dest": "c1", "body": {"type": "remind_ok", "in_reply_to": 3, "msg_id": 1, "echo": 1, "at_ms": 30}})",
           kEcho, kRemindOk}),
      Verdict::kMismatch);
  EXPECT_TRUE(Told(":6: something else came (at 50 ms)")) << replayed_.text;
  EXPECT_TRUE(Told("    30 ms ← {\"src\": \"n1\"")) << replayed_.text;
}

TEST_F(ReplayTest, AForeignNodesFailureNamesTheOtherClock) {
  const char kFlag[] = "--clock real";
  options_.play.command = {"sh", "-c", "echo 'unknown flag --clock=virtual' >&2; exit 2"};
  EXPECT_EQ(Play({kThree, kEcho}), Verdict::kCannotRun);
  EXPECT_TRUE(Told(kFlag)) << replayed_.text;
  // It does not know what `advance` is.
  options_.play.command = {
      "sh", "-c",
      R"(while read -r l; do echo '{"src": "n1", "dest": "harness", "body": {"type": "error", "in_reply_to": 1, "code": 10}}'; done)"};
  EXPECT_EQ(Play({kThree, kEcho}), Verdict::kCannotRun);
  EXPECT_TRUE(Told("does not follow the virtual clock") && Told(kFlag)) << replayed_.text;
  options_.play.command = {testing::FakeNode()};
  EXPECT_EQ(Play({kThree, kRemindOk}), Verdict::kMismatch);
  EXPECT_FALSE(Told(kFlag)) << "this one does: " << replayed_.text;
}

TEST_F(ReplayTest, RaftTrafficIsShownOnRequestOnly) {
  EXPECT_EQ(
      Play(
          {kThree, R"({"show": "raft"})", kAsk,
           R"({"src": "n1", "dest": "n2", "body": {"type": "question", "echo": "q", "client": "c1", "client_msg_id": 2}})",
           R"({"src": "n2", "dest": "n1", "body": {"type": "answer", "echo": "q", "client": "c1", "client_msg_id": 2}})",
           kAskOk, R"({"show": "clients"})", kAsk,
           R"({"src": "n1", "dest": "c1", "body": {"type": "ask_ok", "in_reply_to": 2, "msg_id": 2, "echo": "q", "answered_by": "n2", "at_ms": 4}})"}),
      Verdict::kPassed)
      << replayed_.text;
}

TEST_F(ReplayTest, NetworksAndNodesCanBeBroken) {
  EXPECT_EQ(
      Play(
          {kThree,
           R"({"partition": [["n1"], ["n2", "n3"]]})",
           kAsk,
           kAdvance50,
           R"({"heal": true})",
           R"({"delay_ms": 10})",
           R"({"delay_ms": 20, "link": ["n2", "n1"]})",
           kAsk,
           R"({"src": "n1", "dest": "c1", "body": {"type": "ask_ok", "in_reply_to": 2, "msg_id": 1, "echo": "q", "answered_by": "n2", "at_ms": 80}})",
           R"({"drop": ["n2", "n1"]})",
           kAsk,
           kAdvance50,
           R"({"heal": true})",
           R"({"kill": "n2"})",
           kAsk,
           kAdvance50,
           R"({"restart": "n2"})",
           kEcho,
           R"({"src": "n1", "dest": "c1", "body": {"type": "echo_ok", "in_reply_to": 1, "msg_id": 2, "echo": 5}})",
           R"({"unanswered": {"src": "c1", "dest": "n1", "msg_ids": [2, 2, 2]}})"}),
      Verdict::kPassed)
      << replayed_.text;
}

TEST_F(ReplayTest, ARestartKeepsDataUnlessWiped) {
  const std::string start =
      R"({"src": "c1", "dest": "n1", "body": {"type": "start", "msg_id": 1}})";
  auto start_ok = [](const char* starts) {
    return std::string(
               R"({"src": "n1", "dest": "c1", "body": {"type": "start_ok", "in_reply_to": 1, "msg_id": 1, "seed": "<any>", "starts": )") +
           starts + R"(, "args": ["--x"]}})";
  };
  EXPECT_EQ(
      Play({R"({"start": ["n1"], "args": ["--x"]})", start, start_ok("1"), R"({"restart": "n1"})",
            start, start_ok("2"), R"({"restart": "n1", "wipe": true})", start, start_ok("1")}),
      Verdict::kPassed)
      << replayed_.text;
}

TEST_F(ReplayTest, ExitsAreExpectedLikeMessages) {
  const std::string exit = R"({"src": "c1", "dest": "n1", "body": {"type": "exit", "status": 3}})";
  EXPECT_EQ(Play({kThree, exit, R"({"exit": {"node": "n1", "status": 3}})",
                  R"({"close_stdin": "n2"})", R"({"exit": {"node": "n2", "status": 0}})"}),
            Verdict::kPassed)
      << replayed_.text;
  EXPECT_EQ(Play({kThree, exit, R"({"exit": {"node": "n1", "status": 0}})"}), Verdict::kMismatch);
  EXPECT_TRUE(Told("exit.status: expected 0, came 3")) << replayed_.text;
  EXPECT_EQ(Play({kThree, exit}), Verdict::kMismatch);
}

TEST_F(ReplayTest, AnInputForTheDeadFails) {
  EXPECT_EQ(Play({kThree, R"({"kill": "n1"})", kEcho}), Verdict::kMismatch);
  EXPECT_TRUE(Told(":3: n1 is not running")) << replayed_.text;
}

TEST_F(ReplayTest, RawBytesGoAsTheyAre) {
  EXPECT_EQ(Play({kThree, R"({"raw": "{no json", "to": "n1"})",
                  R"({"raw_repeat": {"text": "[", "count": 100000}, "to": "n1"})",
                  R"({"advance_ms": 0})", kEcho, kEchoOk}),
            Verdict::kPassed)
      << replayed_.text;
}

TEST_F(ReplayTest, AReportShowsTheNodesStderr) {
  EXPECT_EQ(Play({kThree, R"({"raw": "what is this", "to": "n1"})", kRemindOk}),
            Verdict::kMismatch);
  EXPECT_TRUE(Told("n1's stderr:\n  | n1: not understood: what is this")) << replayed_.text;
}

TEST_F(ReplayTest, WhatOtherFormatsAllowIsRefusedWithWhatToDo) {
  EXPECT_EQ(Play({kThree, "# a comment"}), Verdict::kUnreadable);
  EXPECT_TRUE(Told(path_ + R"(:2: a comment is written {"note": "…"})")) << replayed_.text;
  EXPECT_EQ(Play({std::string(kThree) + "\r", std::string(kEcho) + "\r"}), Verdict::kUnreadable);
  EXPECT_TRUE(Told(path_ + ":1: the line ends in CR LF") && Told("sed -i")) << replayed_.text;
}

TEST_F(ReplayTest, AnUnreadableTranscriptSaysWhere) {
  EXPECT_EQ(Play({kThree, R"({"advnce_ms": 5})"}), Verdict::kUnreadable);
  EXPECT_TRUE(Told(path_ + ":2: ")) << replayed_.text;
  path_ = dir_.path() + "/none.jsonl";
  EXPECT_EQ(ReplayFile(path_, options_).verdict, Verdict::kUnreadable);
}

TEST_F(ReplayTest, ANodeThatCannotRunSaysSo) {
  options_.play.command = {"/no/such/node"};
  EXPECT_EQ(Play({kThree, kEcho}), Verdict::kCannotRun);
  EXPECT_TRUE(Told(path_ + ":1: ") && Told("/no/such/node")) << replayed_.text;
  options_.play.command = {"sh", "-c", "echo went wrong >&2; exit 1"};
  EXPECT_EQ(Play({kThree, kEcho}), Verdict::kCannotRun);
  EXPECT_TRUE(Told("n1 exited with status 1 at init") && Told("went wrong")) << replayed_.text;
}

TEST_F(ReplayTest, TwoReplaysTellTheSame) {
  const Lines lines = {
      kThree,
      R"({"src": "c1", "dest": "n1", "body": {"type": "gossip", "msg_id": 1, "every_ms": 3}})",
      R"({"show": "raft"})", kAdvance50};
  EXPECT_EQ(Play(lines), Verdict::kMismatch);
  const std::string once = replayed_.text;
  EXPECT_EQ(Play(lines), Verdict::kMismatch);
  EXPECT_EQ(replayed_.text, once);
}

TEST_F(ReplayTest, UnderTheRealClockThereAreNoFurtherFlags) {
  options_.play.real_clock = true;
  options_.play.wait = Duration::Millis(20'000);
  options_.play.match = MatchMode::kJson;
  EXPECT_EQ(
      Play(
          {R"({"start": ["n1", "n2"], "args": ["--x"]})",
           R"({"src": "c1", "dest": "n1", "body": {"type": "start", "msg_id": 1}})",
           R"({"src": "n1", "dest": "c1", "body": {"type": "start_ok", "in_reply_to": 1, "msg_id": 1, "seed": "", "starts": 1, "args": ["--x"]}})",
           R"({"src": "c1", "dest": "n1", "body": {"type": "ask", "msg_id": 2, "peer": "n2", "echo": "q"}})",
           R"({"src": "n1", "dest": "c1", "body": {"type": "ask_ok", "in_reply_to": 2, "msg_id": 2, "echo": "q", "answered_by": "n2", "at_ms": "<any>"}})"}),
      Verdict::kPassed)
      << replayed_.text;
  EXPECT_EQ(Play({kThree, kEcho}), Verdict::kMismatch) << "silence is listened to";
}

TEST_F(ReplayTest, AnUpdateWritesWhatCame) {
  EXPECT_EQ(
      Updated({kThree, "", kEcho, R"({"note": "n"})", kRemind, kAdvance50, "", kEcho}),
      (Lines{
          kThree, "", kEcho, kEchoOk, R"({"note": "n"})", kRemind, kAdvance50,
          R"({"src": "n1", "dest": "c1", "body": {"type": "remind_ok", "in_reply_to": 3, "msg_id": 2, "echo": 1, "at_ms": 50}})",
          "", kEcho,
          R"({"src": "n1", "dest": "c1", "body": {"type": "echo_ok", "in_reply_to": 1, "msg_id": 3, "echo": 5}})"}));
}

TEST_F(ReplayTest, AnUpdateReplacesAndRemoves) {
  EXPECT_EQ(
      Updated({kThree, kRemindOk, kEcho, kAskOk, "", kRemindOk, kAsk}),
      (Lines{
          kThree, kEcho, kEchoOk, "", kAsk,
          R"({"src": "n1", "dest": "c1", "body": {"type": "ask_ok", "in_reply_to": 2, "msg_id": 2, "echo": "q", "answered_by": "n2", "at_ms": 2}})"}));
}

// The recipe: inputs alone. Nothing that they ask is left out.
TEST_F(ReplayTest, AnUpdateLetsTimeRunOnUntilAllIsAnswered) {
  EXPECT_EQ(
      Updated({kThree, kRemind, kAsk}),
      (Lines{
          kThree, kRemind, kAsk, kAskOk,
          R"({"src": "n1", "dest": "c1", "body": {"type": "remind_ok", "in_reply_to": 3, "msg_id": 2, "echo": 1, "at_ms": 50}})"}));
}

TEST_F(ReplayTest, AnUpdateSaysWhatIsNotAnsweredAndWritesTheRest) {
  options_.update = true;
  const std::string nobody =
      R"({"src": "c1", "dest": "n1", "body": {"type": "ask", "msg_id": 2, "peer": "n9", "echo": "q"}})";
  EXPECT_EQ(Play({kThree, nobody, kEcho}), Verdict::kMismatch);
  EXPECT_TRUE(Told(":2: this request is not answered") && Told("updated ")) << replayed_.text;
  options_.update = false;
  EXPECT_EQ(
      Play(
          {kThree, nobody, kEcho,
           R"({"src": "n1", "dest": "n9", "body": {"type": "question", "echo": "q", "client": "c1", "client_msg_id": 2}})",
           kEchoOk, kAskUnanswered}),
      Verdict::kPassed)
      << replayed_.text;
}

// Nobody waits a minute for it, writing down all that nodes say to each other meanwhile.
TEST_F(ReplayTest, WhatTheDeadWereAskedIsNotWaitedFor) {
  options_.update = true;
  EXPECT_EQ(Play({kThree, kEcho, kEchoOk, kRemind, R"({"kill": "n1"})"}), Verdict::kMismatch);
  EXPECT_TRUE(Told(":4: this request is not answered by the end of the transcript (at 0 ms)"))
      << replayed_.text;
}

// How it goes on from there is the author's to say, not the clock's.
TEST_F(ReplayTest, TimeDoesNotRunOnWhereAPeerThatIsPlayedWasSpokenTo) {
  options_.update = true;
  const std::string one = R"({"start": ["n1"], "nodes": ["n1", "n2"]})";
  EXPECT_EQ(Play({one, kAsk, kRemind}), Verdict::kMismatch);
  EXPECT_EQ(
      Split(*ReadFile(path_)),
      (Lines{
          one, kAsk,
          R"({"src": "n1", "dest": "n2", "body": {"type": "question", "echo": "q", "client": "c1", "client_msg_id": 2}})",
          kRemind}));
}

TEST_F(ReplayTest, WhatIsMeantToBeUnansweredIsNotWaitedFor) {
  const Lines lines = {kThree, kRemind, kEcho, kEchoOk, kRemindUnanswered};
  EXPECT_EQ(Updated(lines), lines);
}

TEST_F(ReplayTest, AnUpdatePrintsItsDiff) {
  options_.update = true;
  EXPECT_EQ(Play({kThree, kEcho, kRemindOk}), Verdict::kPassed) << replayed_.text;
  EXPECT_EQ(replayed_.text, "updated " + path_ +
                                ". Each line is a claim that you now make:\n  -3  " + kRemindOk +
                                "\n  +3  " + kEchoOk + "\n");
}

TEST_F(ReplayTest, AnUpdateOfWhatPassesChangesNothing) {
  const Lines lines = {kThree, kEcho, kEchoOk};
  EXPECT_EQ(Updated(lines), lines);
}

TEST_F(ReplayTest, WhatNoTranscriptCanExpectIsNotWritten) {
  const Lines lines = {kThree,
                       R"({"src": "c1", "dest": "n1", "body": {"type": "say", "line": "oops"}})"};
  options_.update = true;
  EXPECT_EQ(Play(lines), Verdict::kMismatch);
  EXPECT_TRUE(Told("oops")) << replayed_.text;
  EXPECT_EQ(Split(*ReadFile(path_)), lines);
}

TEST_F(ReplayTest, ManyFilesAreReportedInTheirOrder) {
  std::vector<std::string> files;
  for (int i = 0; i < 7; ++i) {
    path_ = dir_.path() + "/" + std::to_string(i) + ".jsonl";
    i == 3 ? Write({kThree, kEcho}) : Write({kThree, kEcho, kEchoOk});
    files.push_back(path_);
  }
  std::vector<Verdict> verdicts;
  absl::Status status = ReplayAll(files, options_, 3, [&](const Finished& finished) {
    EXPECT_EQ(finished.file, verdicts.size());
    verdicts.push_back(finished.replayed.verdict);
  });
  EXPECT_EQ(status, absl::OkStatus());
  std::vector<Verdict> expected(7, Verdict::kPassed);
  expected[3] = Verdict::kMismatch;
  EXPECT_EQ(verdicts, expected);
}

}  // namespace
}  // namespace tidemark::transcript
