// What the system's own file system refuses, and notices.
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "node/storage/file_system.h"
#include "node/storage/node_storage.h"
#include "node/storage/storage_testing.h"

namespace tidemark::storage {
namespace {

namespace fs = std::filesystem;

class PosixFiles : public testing::Test {
 protected:
  absl::StatusOr<NodeStorage> OpenNode() {
    return OpenNodeStorage(files_, dir_, {"n1", {"n1"}}, raft::Incarnation(7),
                           {.segment_bytes = 65'536});
  }
  std::string PathOf(const std::string& name) const { return dir_ + "/n1/" + name; }
  // A node with a snapshot, a spare and all else that a directory may have.
  void MakeNode() {
    absl::StatusOr<NodeStorage> node = OpenNode();
    ASSERT_TRUE(node.ok()) << node.status();
    node->log->Append({EntryOf(1, 1), EntryOf(2, 1)});
    ASSERT_EQ(node->log->Sync(), absl::OkStatus());
    while (*node->log->MakeRoom()) continue;
    const raft::LogPosition at{raft::Term(1), raft::Index(1)};
    ASSERT_EQ(TakeSnapshot(node->snapshots.get(), at), absl::OkStatus());
  }

  FileSystem* const files_ = PosixFileSystem();
  const std::string dir_ = FreshDirectory();
};

// Who opens a pipe for reading waits for somebody who writes.
TEST_F(PosixFiles, ThatAreNoFilesAreRefused) {
  MakeNode();
  std::vector<std::string> names = *files_->List(dir_ + "/n1");
  ASSERT_EQ(names.size(), 6u);
  names.insert(names.end(), {"identity.new", "snapshot.taking", "snapshot.receiving"});
  for (const std::string& name : names) {
    for (const bool pipe : {true, false}) {
      SCOPED_TRACE(name + (pipe ? " is a pipe" : " is a directory"));
      const std::string path = PathOf(name);
      const bool there = fs::exists(path);
      if (there) fs::rename(path, dir_ + "/aside");
      if (pipe) {
        ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
      } else {
        ASSERT_EQ(mkdir(path.c_str(), 0700), 0);
      }
      const absl::StatusOr<NodeStorage> opened = OpenNode();
      // What nothing needs is removed or made anew.
      const bool draft = !there;
      if (draft && opened.ok()) {
        EXPECT_TRUE(pipe || name == "identity.new");
      } else {
        ASSERT_FALSE(opened.ok());
        EXPECT_NE(std::string(opened.status().message()).find(path), std::string::npos)
            << opened.status();
      }
      fs::remove(path);
      if (there) fs::rename(dir_ + "/aside", path);
    }
  }
  EXPECT_TRUE(OpenNode().ok());
}

TEST_F(PosixFiles, LockTheirDirectoryToo) {
  const absl::StatusOr<NodeStorage> first = OpenNode();
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->lock->Check(), absl::OkStatus());
  EXPECT_TRUE(IsInUse(OpenNode().status()));
  ASSERT_EQ(files_->Remove(PathOf("lock")), absl::OkStatus());
  const absl::Status second = OpenNode().status();
  EXPECT_TRUE(IsInUse(second)) << second;
}

TEST_F(PosixFiles, NoticeThatTheirLockIsGone) {
  absl::StatusOr<NodeStorage> node = OpenNode();
  ASSERT_TRUE(node.ok()) << node.status();
  ASSERT_EQ(files_->Remove(PathOf("lock")), absl::OkStatus());
  EXPECT_TRUE(absl::IsFailedPrecondition(node->lock->Check())) << node->lock->Check();
  WriteFile(PathOf("lock"), "");
  EXPECT_TRUE(absl::IsFailedPrecondition(node->lock->Check())) << "it is another file";
}

TEST_F(PosixFiles, NoticeThatTheirDirectoryIsAnother) {
  absl::StatusOr<NodeStorage> node = OpenNode();
  ASSERT_TRUE(node.ok()) << node.status();
  fs::rename(dir_ + "/n1", dir_ + "/moved");
  EXPECT_TRUE(absl::IsFailedPrecondition(node->lock->Check())) << "it has moved";
  fs::copy(dir_ + "/moved", dir_ + "/n1");
  EXPECT_TRUE(absl::IsFailedPrecondition(node->lock->Check())) << "it is a copy";
  EXPECT_TRUE(OpenNode().ok()) << "whose place that is now";
}

// Or a stray file is taken for a node's directory whose lock is held.
TEST_F(PosixFiles, HaveNothingInThem) {
  WriteFile(dir_ + "/stray", "");
  EXPECT_TRUE(files_->Exists(dir_ + "/stray"));
  EXPECT_FALSE(files_->Exists(dir_ + "/stray/lock"));
}

TEST_F(PosixFiles, AreSharedByThoseWhoLook) {
  const std::string lock = PathOf("lock");
  {
    const absl::StatusOr<NodeStorage> node = OpenNode();
    EXPECT_TRUE(IsInUse(files_->ShareLock(lock).status()));
    ASSERT_EQ(files_->Remove(lock), absl::OkStatus());
    EXPECT_TRUE(IsInUse(files_->ShareLock(lock).status())) << "its directory is locked";
  }
  const auto one = files_->ShareLock(lock);
  const auto two = files_->ShareLock(lock);
  EXPECT_TRUE(one.ok() && two.ok()) << one.status() << two.status();
  EXPECT_FALSE(fs::exists(lock)) << "who looks changes nothing";
  EXPECT_TRUE(IsInUse(OpenNode().status()));
}

}  // namespace
}  // namespace tidemark::storage
