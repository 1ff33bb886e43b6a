// Nothing that can be sent ends the node, and what is refused is refused with a reason.
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/base/concat.h"
#include "node/wire/excerpt.h"
#include "node/wire/gateway.h"

namespace tidemark::wire {
namespace {

using namespace std::string_literals;

const std::
    vector<std::string_view>
        kSamples =
            {
                R"({"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2","n3"]}})",
                R"({"src": "c1", "dest": "n1", "body": {"type": "ryw_read", "msg_id": 2, "key": "x", "last_write_index": 5, "prefer_follower": true}})",
                R"({"id":7,"src":"c1","dest":"n1","body":{"key":{"a":[1,"é"]},"value":-1.5e+10,"type":"write","msg_id":3}})",
                R"({"src":"c1","dest":"n1","body":{"type":"txn","msg_id":4,"txn":[["r",1,null],["append",2,"\ud83d\ude00"]]}})",
                R"({"src":"n2","dest":"n1","body":{"type":"append_entries","incarnation":"00000000000000a1","cluster":"9f3a1c20","term":2,"life":"00000000000000f1","prev_term":0,"prev_index":0,"commit_index":0,"round":1,"entries":[{"term":1,"index":1,"configuration":{"cluster":"9f3a1c20","stamp":"5be1c09a","members":[{"node_id":"n1","incarnation":"0000000000000001"}],"limits":{"max_line_bytes":1048576,"max_key_bytes":1048576,"max_value_bytes":1048576,"max_answer_bytes":2097152}}},{"term":2,"index":2,"command":{"writer":1,"seq":1,"first_unanswered":1,"writer_bits":"0123456789abcdef","op":"cas","key":1,"from":2,"to":3,"create_if_not_exists":false}}]}})",
                R"({"src":"n2","dest":"n1","body":{"type":"outcome","incarnation":"00000000000000a1","life":"0123456789abcdef","number":7,"index":9,"result":"cas_mismatch","current":[1,2]}})",
                R"({"src":"n2","dest":"n1","body":{"type":"install_snapshot","incarnation":"00000000000000a1","cluster":"9f3a1c20","term":2,"life":"00000000000000f1","round":1,"last_term":1,"last_index":9,"configuration":{"cluster":"9f3a1c20","members":[{"node_id":"n1","incarnation":"0000000000000001"}],"limits":{"max_line_bytes":1048576,"max_key_bytes":1048576,"max_value_bytes":1048576,"max_answer_bytes":2097152}},"bytes":10,"checksum":"0123456789abcdef","offset":4,"piece":"AP8QeA=="}})",
                R"({"src":"n2","dest":"n1","body":{"type":"install_snapshot_reply","incarnation":"00000000000000a1","cluster":"9f3a1c20","term":2,"life":"00000000000000f1","message_term":2,"round":1,"last_term":1,"last_index":9,"bytes":10,"checksum":"0123456789abcdef","offset":4,"written":0}})",
                R"({"src":"c1","dest":"n1","body":{"type":"write","msg_id":5,"key":1,"value":2,"once":{"client":37,"seq":5,"key":"0123456789abcdef","first_unanswered":5},"session":{"cluster":"9f3a1c20","index":12,"term":2,"stamp":"5be1c09a"}}})",
                R"({"src":"c1","dest":"n1","body":{"type":"fate","msg_id":6,"write_id":{"writer":9,"seq":3,"tag":"0123456789abcdef"},"session":{}}})",
                R"({"src":"c1","dest":"n1","body":{"type":"open","msg_id":7}})",
                R"({"src":"n2","dest":"n1","body":{"type":"hand_in","incarnation":"00000000000000a1","life":"0123456789abcdef","number":7,"command":{"writer":37,"seq":5,"first_unanswered":5,"writer_bits":"0123456789abcdef","once":true,"op":"delete","key":1,"session":{"cluster":"9f3a1c20","index":12,"term":2,"stamp":"5be1c09a"}}}})",
                R"({"src":"n2","dest":"n1","body":{"type":"hand_in","incarnation":"00000000000000a1","life":"0123456789abcdef","number":7,"command":{"writer":9,"seq":5,"first_unanswered":5,"writer_bits":"0123456789abcdef","op":"fate","write_id":{"writer":9,"seq":3,"tag":"0123456789abcdef"}}}})",
                R"({"src":"n2","dest":"n1","body":{"type":"outcome","incarnation":"00000000000000a1","life":"0123456789abcdef","number":7,"index":9,"result":"fated","outcome":"refused","refusal":"token_from_future","session":{"cluster":"9f3a1c20","index":12,"term":2,"stamp":"5be1c09a"}}})",
                R"({"src":"n2","dest":"n1","body":{"type":"read_refused","incarnation":"00000000000000a1","life":"0123456789abcdef","number":7,"verdict":"token_lost_history","committed":9}})",
                R"({"src":"n2","dest":"n1","body":{"type":"news","incarnation":"00000000000000a1","life":"0123456789abcdef","number":7,"committed":9,"of_cluster":null,"confirmed":true}})",
};

// The text of the error; "taken" if there was none.
std::string LineErrorOf(std::string_view line, bool truncated = false) {
  Incoming in = Decode(line, truncated, {});
  const auto* refused = std::get_if<Refused>(&in.message);
  if (refused == nullptr) return "taken";
  EXPECT_TRUE(std::all_of(refused->log.begin(), refused->log.end(), [](char c) {
    return c >= ' ' && c <= '~';
  })) << refused->log;
  EXPECT_NE(refused->error.text, "");
  return refused->error.text;
}

std::string WriteOf(std::string_view value) {
  return Concat(R"({"src":"c1","dest":"n1","body":{"type":"write","msg_id":1,"key":1,"value":)",
                value, "}}");
}

TEST(Samples, AreTaken) {
  for (std::string_view sample : kSamples) EXPECT_EQ(LineErrorOf(sample), "taken") << sample;
}

TEST(Samples, CutAnywhereAreRefused) {
  for (std::string_view sample : kSamples) {
    for (size_t size = 0; size < sample.size(); ++size) {
      EXPECT_NE(LineErrorOf(sample.substr(0, size)), "taken") << sample.substr(0, size);
      EXPECT_NE(LineErrorOf(sample.substr(0, size), true), "taken");
      EXPECT_NE(LineErrorOf(Concat(sample.substr(0, size), "\0"s)), "taken");
    }
  }
}

TEST(Samples, WithAnyByteChangedAreTakenOrRefused) {
  for (std::string_view sample : kSamples) {
    for (size_t at = 0; at < sample.size(); ++at) {
      for (char byte : "\0\"\\}[,0\xff"s) {
        std::string changed(sample);
        changed[at] = byte;
        LineErrorOf(changed);
      }
    }
  }
}

TEST(Fields, ThatComeTwiceAreRefusedAtEachLevel) {
  const std::string kLine = R"({"src":"c1","dest":"n1","body":{"msg_id":1,"key":{"a":[{"b":1}]}}})";
  for (std::string_view member : {R"("src":"c1")", R"("msg_id":1)", R"("b":1)"}) {
    std::string line = kLine;
    size_t behind = line.find(member) + member.size();
    line.insert(behind, Concat(",", member));
    std::string_view key = member.substr(0, member.find(':'));
    std::string expected = Concat("malformed JSON: duplicate key ", key, " at byte ", behind + 1);
    EXPECT_EQ(LineErrorOf(line).substr(0, expected.size()), expected);
  }
}

TEST(Brackets, OfAnyNumberAreTooDeep) {
  const std::string kDeep =
      "malformed JSON: arrays and objects are nested deeper than 128 at byte ";
  for (std::string_view bracket : {"[", "{\"a\":"}) {
    std::string many;
    for (int i = 0; i < 100000; ++i) many += bracket;
    EXPECT_EQ(LineErrorOf(many).substr(0, kDeep.size()), kDeep);
    EXPECT_EQ(LineErrorOf(WriteOf(many)).substr(0, kDeep.size()), kDeep);
    EXPECT_NE(LineErrorOf(WriteOf(many), true), "taken");
  }
  EXPECT_EQ(LineErrorOf(std::string(100000, ']')),
            "malformed JSON: expected a value, got ']' at byte 0");
  EXPECT_EQ(LineErrorOf(WriteOf(std::string(126, '[') + std::string(126, ']'))), "taken");
  EXPECT_NE(LineErrorOf(WriteOf(std::string(127, '[') + std::string(127, ']'))), "taken");
}

TEST(Sizes, ThatAreHugeAreTaken) {
  EXPECT_EQ(LineErrorOf(WriteOf("\"" + std::string(1 << 20, 'x') + "\"")), "taken");
  EXPECT_EQ(LineErrorOf(WriteOf(std::string(1 << 20, '9'))), "taken");
  EXPECT_EQ(LineErrorOf(WriteOf("1e" + std::string(1 << 16, '9'))), "taken");
  EXPECT_EQ(LineErrorOf(WriteOf("1." + std::string(1 << 16, '0') + "1E-999999999999")), "taken");
  std::string array = "[0";
  for (int i = 0; i < 100000; ++i) array += ",0";
  EXPECT_EQ(LineErrorOf(WriteOf(array + "]")), "taken");
}

TEST(Sizes, ThatAreHugeMakeNoHugeError) {
  std::string huge(1 << 20, 'x');
  EXPECT_LT(
      LineErrorOf(Concat(R"({"src":"c1","dest":"n1","body":{"type":")", huge, R"("}})")).size(),
      300u);
  EXPECT_LT(LineErrorOf(Concat(R"({"src":"c1","dest":"n1","body":")", huge, R"("})")).size(), 300u);
  EXPECT_LT(LineErrorOf(Concat(R"({")", huge, R"(":1,")", huge, R"(":1})")).size(), 300u);
  EXPECT_LT(LineErrorOf(huge).size(), 300u);
}

TEST(Bytes, ThatAreNoUtf8AreRefused) {
  for (std::string_view bytes :
       {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x9f\x98",
        "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff"}) {
    const std::string kIllFormed = "malformed JSON: invalid string: ill-formed UTF-8 byte at byte ";
    EXPECT_EQ(LineErrorOf(WriteOf(Concat("\"", bytes, "\""))).substr(0, kIllFormed.size()),
              kIllFormed)
        << Escaped(bytes, 10);
    EXPECT_NE(LineErrorOf(bytes), "taken");
  }
}

TEST(Bytes, OfEveryValueAloneAreRefused) {
  for (int byte = 0; byte < 256; ++byte) {
    EXPECT_NE(LineErrorOf(std::string(1, static_cast<char>(byte))), "taken");
    EXPECT_NE(LineErrorOf(std::string(1000, static_cast<char>(byte))), "taken");
  }
}

}  // namespace
}  // namespace tidemark::wire
