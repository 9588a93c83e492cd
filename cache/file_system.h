// What: the file system behind a store: a seam, so that tests can make any call fail.
// Threads: an implementation may be called from many threads at once.
// Errors: as an errno value in FileStatus, since the store decides by it (EEXIST is success, ENOSPC is
// memory-only); 0 is success.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fp4jit::cache {

using FileStatus = int;  // errno, 0 for success

struct FolderState {
  bool exists = false;
  bool is_folder = false;
  uint32_t owner = 0;  // uid
  uint32_t mode = 0;   // permission bits
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // The whole of a regular file, into memory of the caller's own. EFBIG beyond `most_bytes`.
  virtual FileStatus read_file(const std::string& path, size_t most_bytes, std::string* bytes) = 0;

  // Publishes `bytes` as `path`: a private temporary in `temp_folder`, written, synced, and linked with no
  // replacement. EEXIST when somebody was first. Leaves no temporary behind, unless the process dies.
  virtual FileStatus publish_file(const std::string& path, const std::string& temp_folder,
                                  std::string_view bytes, uint32_t mode) = 0;

  virtual FileStatus rename_file(const std::string& from, const std::string& to) = 0;
  virtual FileStatus make_folder(const std::string& path, uint32_t mode) = 0;  // and its parents
  virtual FileStatus list_folder(const std::string& path, std::vector<std::string>* names) = 0;
  virtual FileStatus folder_state(const std::string& path, FolderState* state) = 0;
  virtual uint32_t user() = 0;  // effective uid
};

// The operating system's.
std::shared_ptr<FileSystem> real_file_system();

}  // namespace fp4jit::cache
