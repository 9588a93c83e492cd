// What: what a store may be used for, decided from what its root folder looks like and from how a
// write failed.
//   absent                                   read-write: the first write creates it
//   the caller's own                         read-write, and a warning if others may write too
//   root's, and only root's to write         read-only: an image prewarmed as root serves everybody
//   anybody else's, a file, not to be seen   as if absent, and nothing is created: memory-only
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/enum_table.h"
#include "cache/file_system.h"

namespace fp4jit::cache {

enum class StoreState : uint8_t {
  kReadWrite,   // ours, or not created yet
  kReadOnly,    // records are read and none are stored: root's, or a place that we may not write
  kMemoryOnly,  // nothing can be stored: no place, a place that cannot be trusted, a full one
};

struct StoreStateRow {
  StoreState value;
  std::string_view name;
};

}  // namespace fp4jit::cache

namespace fp4jit {

template <>
inline constexpr cache::StoreStateRow kEnumTable<cache::StoreState>[] = {
    {cache::StoreState::kReadWrite, "read-write"},
    {cache::StoreState::kReadOnly, "read-only"},
    {cache::StoreState::kMemoryOnly, "memory-only"},
};
static_assert(enum_table_ordered<cache::StoreState>());

}  // namespace fp4jit

namespace fp4jit::cache {

struct RootVerdict {
  StoreState state = StoreState::kReadWrite;
  bool readable = false;  // it is there, and what it holds may be trusted
  bool settled = false;   // false while it is absent: whoever creates it decides
  std::string reason;     // of a state other than read-write, or a warning
};

// `looked` is what the file system answered when asked for `seen`; `user` is the effective uid.
RootVerdict judge_root(const std::string& root, FileStatus looked, const FolderState& seen,
                       uint32_t user);

// What a failed write says about the writes to come.
enum class WriteFailure {
  kPassing,   // of this write alone: too many open files, a folder that somebody removed
  kNoRights,  // EROFS, EACCES, EPERM: what stands there can still be read
  kNoPlace,   // full, over quota, or failing
};

WriteFailure judge_write(FileStatus status);

}  // namespace fp4jit::cache
