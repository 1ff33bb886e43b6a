#include "harness/transcript/files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/cluster/temp_dir.h"

namespace tidemark::transcript {
namespace {

class FilesTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return dir_.path() + "/" + name; }
  void Put(const std::string& name, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(Path(name)).parent_path());
    EXPECT_EQ(WriteFileAtomically(Path(name), text), absl::OkStatus());
  }

  cluster::TempDir dir_ = *cluster::TempDir::Create();
};

TEST_F(FilesTest, FindsTranscriptsAtAnyDepthInOrder) {
  for (const char* name : {"b/x.jsonl", "a.jsonl", "b/a/y.jsonl", "b/BUILD", "z.json"}) {
    Put(name, "");
  }
  auto files = FindTranscripts({dir_.path(), Path("z.json")});
  ASSERT_TRUE(files.ok());
  EXPECT_EQ(*files, (std::vector<std::string>{Path("a.jsonl"), Path("b/a/y.jsonl"),
                                              Path("b/x.jsonl"), Path("z.json")}));
  EXPECT_TRUE(absl::IsNotFound(FindTranscripts({Path("none")}).status()));
}

TEST_F(FilesTest, WritingKeepsPermissionsAndLinksAndLeavesNothingBehind) {
  Put("file", "old");
  chmod(Path("file").c_str(), 0640);
  ASSERT_EQ(symlink("file", Path("link").c_str()), 0);
  Put("link", "new");
  EXPECT_EQ(*ReadFile(Path("file")), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(Path("link")));
  struct stat now = {};
  stat(Path("file").c_str(), &now);
  EXPECT_EQ(now.st_mode & 07777, 0640u);
  std::filesystem::directory_iterator entries(dir_.path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 2);
}

TEST_F(FilesTest, SaysWhatItCannotReadOrWrite) {
  EXPECT_TRUE(absl::IsNotFound(ReadFile(Path("none")).status()));
  EXPECT_FALSE(WriteFileAtomically(Path("no/such/folder"), "x").ok());
}

TEST_F(FilesTest, TheTail) {
  Put("log", "1\n2\n3\n4\n");
  EXPECT_EQ(TailOf(Path("log"), 2), "3\n4");
  EXPECT_EQ(TailOf(Path("log"), 9), "1\n2\n3\n4");
  EXPECT_EQ(TailOf(Path("none"), 2), "");
}

}  // namespace
}  // namespace tidemark::transcript
