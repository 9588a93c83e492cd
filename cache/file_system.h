// What: the file system behind a store: a seam, so that tests can make any call fail.
// Threads: an implementation may be called from many threads at once.
// Errors: as an errno value in FileStatus, since the store decides by it (EEXIST is success, ENOSPC
// is memory-only); 0 is success.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fp4jit::cache {

using FileStatus = int;  // errno, 0 for success

std::string status_text(FileStatus status);  // "No space left on device"

struct FolderState {
  bool exists = false;
  bool is_folder = false;
  uint32_t owner = 0;  // uid
  uint32_t mode = 0;   // permission bits
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // The whole of a regular file, into memory of the caller's own. EFBIG beyond `most_bytes`, EINVAL
  // for what is no regular file; never waits for a writer of a FIFO.
  virtual FileStatus read_file(const std::string& path, size_t most_bytes, std::string* bytes) = 0;

  // Publishes `bytes` as `path`: a private temporary in `temp_folder`, written, synced, and linked
  // with no replacement. EEXIST when somebody was first. Leaves no temporary behind, unless the
  // process dies.
  virtual FileStatus publish_file(const std::string& path, const std::string& temp_folder,
                                  std::string_view bytes, uint32_t mode) = 0;

  // Adds `bytes` to the end of a regular file in one write; makes the file, with mode 0644. What
  // the last writer left without a line end (it was cut short, or is at it) gets "#" and a line end
  // first, which tells readers to leave that line out. EFBIG where it would grow beyond
  // `most_bytes`.
  virtual FileStatus append_file(const std::string& path, size_t most_bytes,
                                 std::string_view bytes) = 0;

  // EEXIST when `to` stands already (best effort on NFS, which may replace it).
  virtual FileStatus rename_file(const std::string& from, const std::string& to) = 0;

  // And its parents, with the same mode. 0 when it is there already.
  virtual FileStatus make_folder(const std::string& path, uint32_t mode) = 0;

  // The names that begin with `prefix`, in no order, without "." and "..".
  virtual FileStatus list_folder(const std::string& path, std::string_view prefix,
                                 std::vector<std::string>* names) = 0;

  // 0 and exists = false for what is not there.
  virtual FileStatus folder_state(const std::string& path, FolderState* state) = 0;

  virtual uint32_t user() = 0;  // effective uid
};

// How publish_file makes its private temporary. Nameless ones vanish with their process, but NFS
// has none; there, and where kNamed asks for it, the name says which boot and process it belongs
// to.
enum class Temporaries { kNamelessWherePossible, kNamed };

// The operating system's.
std::shared_ptr<FileSystem> real_file_system(
    Temporaries temporaries = Temporaries::kNamelessWherePossible);

}  // namespace fp4jit::cache
