#include "harness/check/edn.h"

#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/check/edn_reader.h"

namespace tidemark::check {
namespace {

using testing::ElementsAre;

// All forms as JSON; an error's text instead.
std::vector<std::string> Read(std::string_view text) {
  EdnReader reader(text);
  std::vector<std::string> forms;
  for (;;) {
    absl::StatusOr<std::optional<Edn>> form = reader.Next();
    if (!form.ok()) forms.emplace_back(form.status().message());
    if (!form.ok() || !form->has_value()) return forms;
    forms.push_back((*form)->AsJson());
  }
}

TEST(EdnReader, Atoms) {
  EXPECT_THAT(Read(R"(nil true -12 +3 1.5 :a/b sym \a \( \newline ##Inf "a\"\n")"),
              ElementsAre("null", "true", "-12", "+3", "1.5", R"(":a/b")", R"("sym")", R"("\\a")",
                          R"("\\(")", R"("\\newline")", R"("##Inf")", R"("a\"\n")"));
}

TEST(EdnReader, Collections) {
  EXPECT_THAT(Read("{:a [1 (2,3)], :b #{4} 5 {}}"),
              ElementsAre(R"({"\":a\"":[1,[2,3]],"\":b\"":[4],"5":{}})"));
}

TEST(EdnReader, ListsAtTheTopAreTheirElements) {
  EXPECT_THAT(Read("[1 [2]] (3) 4"), ElementsAre("1", "[2]", "3", "4"));
}

TEST(EdnReader, TagsCommentsAndDiscards) {
  EXPECT_THAT(Read("#inst \"2020\" ; [\n #_ {:a #_ b 1} #user.Op{:x 1} #_7"),
              ElementsAre("\"2020\"", R"({"\":x\"":1})"));
}

TEST(EdnReader, ErrorsNameTheirPlace) {
  EXPECT_THAT(Read("[1\n  {:a 1"), ElementsAre("1", "line 2, column 8: expected '}', got the end"));
  EXPECT_THAT(Read("{:a 1 :b}"), ElementsAre("line 1, column 9: the map's last key has no value"));
  EXPECT_THAT(Read("\n ]"), ElementsAre("line 2, column 2: expected a form, got ']'"));
  EXPECT_THAT(Read("(1"), ElementsAre("1", "line 1, column 3: expected ')', got the end"));
  EXPECT_THAT(Read("\"abc"), ElementsAre("line 1, column 5: expected '\"', got the end"));
  EXPECT_THAT(Read("#"), ElementsAre("line 1, column 2: expected a tag's name behind '#'"));
  EXPECT_THAT(Read("#_"), ElementsAre("line 1, column 3: expected a form, got the end"));
  EXPECT_THAT(Read("{" + std::string(200, '[')),
              ElementsAre("line 1, column 102: more than 100 levels"));
}

TEST(Edn, OperationsFromEvents) {
  const absl::StatusOr<History> history = ParseEdn(R"(
      [{:type :invoke, :f :write, :value [0 3], :process 2}
       {:type :invoke, :f :cas, :value [0 [3 4]], :process 3}
       {:type :ok, :f :write, :value [0 3], :process 2}
       {:type :invoke, :f :read, :value [0 nil], :process 2}
       {:type :info, :f :cas, :value [0 [3 4]], :process 3, :error :timeout}
       {:type :ok, :f :read, :value [0 4], :process 2}
       {:type :invoke, :f :read, :value [1 nil], :process 2}
       {:type :fail, :f :read, :value [1 nil], :process 2, :error [:key-does-not-exist "no"]}
       {:type :invoke, :f :read, :value [1 nil], :process 2}])");
  ASSERT_TRUE(history.ok()) << history.status();
  const std::vector<Operation>& ops = history->operations();
  ASSERT_EQ(ops.size(), 5u);
  EXPECT_EQ(ops[0].function, Function::kWrite);
  EXPECT_EQ(ops[0].session, 2u);
  EXPECT_EQ(history->Text(ops[0].key), "0");
  EXPECT_EQ(history->Text(ops[0].value), "3");
  EXPECT_EQ(ops[0].invoked, 1);
  EXPECT_EQ(ops[0].returned, 3);
  EXPECT_EQ(ops[1].outcome, Outcome::kIndeterminate);
  EXPECT_EQ(ops[1].returned, kNever);
  EXPECT_EQ(history->Text(ops[1].from), "3");
  EXPECT_EQ(history->Text(ops[1].value), "4");
  EXPECT_EQ(history->Text(ops[2].value), "4");
  EXPECT_EQ(ops[3].outcome, Outcome::kFailed);
  EXPECT_TRUE(ops[3].observed);
  EXPECT_EQ(ops[4].outcome, Outcome::kIndeterminate);
}

TEST(Edn, OneRegisterWithoutKeys) {
  const absl::StatusOr<History> history = ParseEdn(R"(
      {:type :invoke, :f :cas, :value [1 2], :process 0}
      {:type :fail, :f :cas, :value [1 2], :process 0}
      {:type :invoke, :f :read, :value nil, :process 0}
      {:type :ok, :f :read, :value nil, :process 0})");
  ASSERT_TRUE(history.ok()) << history.status();
  ASSERT_EQ(history->operations().size(), 2u);
  EXPECT_EQ(history->operations()[0].key, kMissing);
  EXPECT_FALSE(history->operations()[0].observed);
  EXPECT_EQ(history->operations()[1].outcome, Outcome::kOk);
  EXPECT_EQ(history->operations()[1].value, kMissing) << "nil is what it read";
}

TEST(Edn, WhoIsNoSessionIsCounted) {
  const absl::StatusOr<History> history = ParseEdn(R"(
      {:type :info, :f :start, :value nil, :process :nemesis}
      {:type :info, :f :stop, :value nil, :process :nemesis}
      {:type :invoke, :f :read, :value nil, :process "worker 1"}
      {:type :invoke, :f :read, :value nil, :process -1})");
  ASSERT_TRUE(history.ok()) << history.status();
  EXPECT_TRUE(history->operations().empty());
  EXPECT_EQ(history->left_out(),
            (std::map<std::string, size_t>{{":nemesis", 2}, {"\"worker 1\"", 1}, {"-1", 1}}));
}

TEST(Edn, TransactionsTakeTheirAnswers) {
  const absl::StatusOr<History> history = ParseEdn(R"(
      {:type :invoke, :f :txn, :value [[:append 9 1] [:r 9 nil] [:w 8 "a"]], :process 0}
      {:type :ok, :f :txn, :value [[:append 9 1] [:r 9 [1]] [:w 8 "a"]], :process 0})");
  ASSERT_TRUE(history.ok()) << history.status();
  const Transaction& txn = history->txn(0);
  ASSERT_EQ(txn.size(), 3u);
  EXPECT_EQ(txn[0].kind, TxnStep::Kind::kAppend);
  EXPECT_EQ(history->Text(txn[1].value), "[1]");
  EXPECT_EQ(history->Text(txn[2].value), "\"a\"");
}

std::string ErrorOf(std::string_view text) {
  return std::string(ParseEdn(text).status().message());
}

TEST(Edn, ErrorsNameTheirPlace) {
  EXPECT_EQ(ErrorOf("\n 7"), "line 2, column 2: expected a map, an event");
  EXPECT_EQ(ErrorOf("{:type :ok}"), "line 1, column 1: the event has no :process");
  EXPECT_EQ(ErrorOf("{:process 1, :type :ok, :f :read}"),
            "line 1, column 1: process 1 has invoked nothing that could end here");
  EXPECT_EQ(ErrorOf("{:process 1, :type :done}"),
            "line 1, column 20: :type must be :invoke, :ok, :fail or :info, not \":done\"");
  EXPECT_EQ(ErrorOf("{:process 1, :type :invoke, :f :enqueue}"),
            "line 1, column 32: :f must be :read, :write, :cas, :delete or :txn, not \":enqueue\"");
  EXPECT_EQ(ErrorOf("{:process 1, :type :invoke, :f :cas :value 3}"),
            "line 1, column 44: :value of a :cas must be [from to] or [key [from to]], not 3");
  EXPECT_EQ(ErrorOf("{:process 1, :type :invoke, :f :txn :value [[:x 1 2]]}"),
            "line 1, column 45: a step must be [:r key value], [:w key value] or "
            "[:append key value]");
}

}  // namespace
}  // namespace tidemark::check
