#include "cache/store_state.h"

#include <cerrno>

#include "base/format.h"

namespace fp4jit::cache {
namespace {

constexpr uint32_t kRootUser = 0;
constexpr uint32_t kOthersWrite = 0022;

RootVerdict untrusted(std::string reason) {
  return {StoreState::kMemoryOnly, false, true, std::move(reason)};
}

// Of a folder of ours: it is used, since somebody meant it so, but not in silence.
std::string caution(const std::string& root, const FolderState& seen) {
  if ((seen.mode & kOthersWrite) == 0) return "";
  return formatted("the mode {:04o} of {} lets others put kernels there; run chmod go-w {}",
                   seen.mode, root, root);
}

}  // namespace

RootVerdict judge_root(const std::string& root, FileStatus looked, const FolderState& seen,
                       uint32_t user) {
  if (looked != 0) return untrusted(formatted("cannot look at {}: {}", root, status_text(looked)));
  if (!seen.exists) return {};
  if (!seen.is_folder) return untrusted(formatted("{} is a file, not a folder", root));
  if (seen.owner == user) return {StoreState::kReadWrite, true, true, caution(root, seen)};
  if (seen.owner != kRootUser) {
    return untrusted(
        formatted("{} belongs to uid {}, and this process is uid {}", root, seen.owner, user));
  }
  if (seen.mode & kOthersWrite) {
    return untrusted(formatted("{} belongs to root and its mode {:04o} lets others write to it",
                               root, seen.mode));
  }
  return {StoreState::kReadOnly, true, true,
          formatted("{} belongs to root: records are read, and none are stored", root)};
}

WriteFailure judge_write(FileStatus status) {
  switch (status) {
    case EROFS:
    case EACCES:
    case EPERM:
      return WriteFailure::kNoRights;
    case EAGAIN:
    case EBUSY:
    case EEXIST:
    case EINTR:
    case EMFILE:
    case ENFILE:
    case ENOENT:
    case ENOMEM:
    case ESTALE:
      return WriteFailure::kPassing;
    default:
      return WriteFailure::kNoPlace;
  }
}

}  // namespace fp4jit::cache
