#include "client_cli/completion.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tidemark::client {
namespace {

using Texts = std::vector<std::string>;

const Texts& Nodes() {
  static const auto& nodes = *new Texts{"n1", "n2", "n3"};
  return nodes;
}

TEST(Completions, OfCommands) {
  EXPECT_EQ(Completions("wri", Nodes()), Texts{"write"});
  EXPECT_EQ(Completions("  wri", Nodes()), Texts{"write"});
  EXPECT_EQ(Completions("re", Nodes()), (Texts{"read", "restart"}));
  EXPECT_EQ(Completions("xyz", Nodes()), Texts{});
  EXPECT_EQ(Completions("help par", Nodes()), Texts{"partition"});
  EXPECT_GT(Completions("", Nodes()).size(), 10u);
}

TEST(Completions, OfNodes) {
  EXPECT_EQ(Completions("use ", Nodes()), Nodes());
  EXPECT_EQ(Completions("kill n2", Nodes()), Texts{"n2"});
  EXPECT_EQ(Completions("partition n1 | n", Nodes()), Nodes());
  EXPECT_EQ(Completions("partition n1|n3", Nodes()), Texts{"n3"});
  EXPECT_EQ(Completions("write n", Nodes()), Texts{}) << "keys are not known here";
}

TEST(Completions, OfWhatElseACommandTakes) {
  EXPECT_EQ(Completions("session r", Nodes()), Texts{"reset"});
  EXPECT_EQ(Completions("get x --e", Nodes()), Texts{"--explain"});
  EXPECT_EQ(Completions("ryw x --", Nodes()).size(), 4u);
}

TEST(Completions, TheWordThatIsTyped) {
  EXPECT_EQ(WordBefore("use n"), "n");
  EXPECT_EQ(WordBefore("us"), "us");
  EXPECT_EQ(WordBefore("use "), "");
  EXPECT_EQ(WordBefore(""), "");
}

TEST(Completions, CommonBeginning) {
  EXPECT_EQ(CommonBeginning({"n1", "n2"}), "n");
  EXPECT_EQ(CommonBeginning({"n1", "n12"}), "n1");
  EXPECT_EQ(CommonBeginning({"n12", "n1"}), "n1");
  EXPECT_EQ(CommonBeginning({"write"}), "write");
  EXPECT_EQ(CommonBeginning({}), "");
}

}  // namespace
}  // namespace tidemark::client
