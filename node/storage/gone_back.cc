#include "node/storage/gone_back.h"

#include <cstdint>

#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/storage/identity.h"

namespace tidemark::storage {
namespace {

std::string PathOf(const MarkedDirectory& marked) {
  return Concat(marked.dir, "/", DirectoryName(marked.node_id));
}

// No node's directory has a dot in its name.
std::string FreeName(const FileSystem& file_system, const std::string& path) {
  std::string name = path + ".gone-back";
  for (uint64_t n = 2; file_system.Exists(name); ++n) name = Concat(path, ".gone-back-", n);
  return name;
}

}  // namespace

std::string WhatToDo(const MarkedDirectory& marked) {
  TM_ASSERT(marked.mark.lost.index);
  const std::string lacks =
      Concat(marked.node_id, " stops: its memory has gone back, and lacks entry ",
             marked.mark.lost.index.value(), " of term ", marked.mark.lost.term.value(),
             ", which it had. What it has promised since that copy was made is forgotten, so it "
             "must not vote or acknowledge anything. ");
  if (marked.dir.empty()) return lacks + "Start it again: it begins with an empty memory";
  const std::string path = PathOf(marked);
  return Concat(lacks, path,
                " is marked, and no node starts on it any more. If the newest "
                "directory is still there, put it in its place and start ",
                marked.node_id, " as ever. If not, move ", path, " away and start ", marked.node_id,
                " with an empty one, or start it with --on-rollback=rejoin, which does both: it "
                "learns from the others and serves ryw_read, and its votes count for nothing, so "
                "a majority of the other members must stay up. If those are lost, "
                "--force-new-cluster=CLUSTER_ID takes this directory as it is");
}

absl::StatusOr<std::string> MoveAside(FileSystem* file_system, const MarkedDirectory& marked) {
  TM_ASSERT(!marked.dir.empty());
  const std::string path = PathOf(marked);
  const std::string name = FreeName(*file_system, path);
  absl::Status moved = file_system->Rename(path, name);
  if (moved.ok()) moved = file_system->SyncDirectory(marked.dir);
  if (!moved.ok()) return moved;
  return Concat("the memory of ", marked.node_id, " had gone back (it lacked entry ",
                marked.mark.lost.index.value(), " of term ", marked.mark.lost.term.value(),
                "): it was moved to ", name, ", and ", marked.node_id,
                " begins with an empty one, as a new incarnation (--on-rollback=rejoin). It "
                "learns, and counts for nothing. Remove ",
                name, " once you know how the old copy came there");
}

}  // namespace tidemark::storage
