#include "cache/file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <system_error>

#include "base/format.h"

namespace fp4jit::cache {
namespace {

// 0 for a system call's success, else why it failed.
FileStatus status_of(int returned) {
  return returned < 0 ? errno : 0;
}

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags, mode_t mode = 0)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, mode)), status_(status_of(number_)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const { return number_; }
  FileStatus status() const { return status_; }

 private:
  int number_;
  FileStatus status_;
};

FileStatus read_up_to(int file, std::string* bytes) {
  size_t done = 0;
  while (done < bytes->size()) {
    ssize_t count = ::read(file, bytes->data() + done, bytes->size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) break;  // it was cut meanwhile
    done += static_cast<size_t>(count);
  }
  bytes->resize(done);
  return 0;
}

FileStatus write_and_sync(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) return EIO;  // no progress and no reason: better to give up than to spin
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  FileStatus status = 0;
  do {
    status = status_of(::fsync(file));
  } while (status == EINTR);
  return status;
}

bool ends_in_line(int file, off_t size) {
  char last = '\n';
  return size == 0 || ::pread(file, &last, 1, size - 1) != 1 || last == '\n';
}

FileStatus publish_nameless(const std::string& path, const std::string& temp_folder,
                            std::string_view bytes, uint32_t mode) {
  Descriptor file(temp_folder, O_TMPFILE | O_WRONLY, mode);
  if (file.status() != 0) return file.status();
  if (FileStatus status = write_and_sync(file.number(), bytes)) return status;
  std::string self = formatted("/proc/self/fd/{}", file.number());
  return status_of(::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW));
}

// What a file system without nameless files answers, or (ENOENT) a container without /proc.
bool has_no_nameless_files(FileStatus status) {
  return status == EOPNOTSUPP || status == EISDIR || status == EINVAL || status == ENOENT;
}

// Names the boot of this machine, so that a sweep can tell temporaries of dead processes on a
// shared disk.
std::string boot_id() {
  Descriptor file("/proc/sys/kernel/random/boot_id", O_RDONLY);
  std::string id(36, '\0');
  if (file.status() != 0 || read_up_to(file.number(), &id) != 0) return "unknown-boot";
  return id;
}

class RealFileSystem final : public FileSystem {
 public:
  explicit RealFileSystem(Temporaries temporaries) : temporaries_(temporaries) {}

  FileStatus read_file(const std::string& path, size_t most_bytes, std::string* bytes) override {
    Descriptor file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (file.status() != 0) return file.status();
    struct stat seen;
    if (FileStatus status = status_of(::fstat(file.number(), &seen))) return status;
    if (!S_ISREG(seen.st_mode)) return EINVAL;
    if (static_cast<uint64_t>(seen.st_size) > most_bytes) return EFBIG;
    bytes->resize(static_cast<size_t>(seen.st_size));
    return read_up_to(file.number(), bytes);
  }

  FileStatus publish_file(const std::string& path, const std::string& temp_folder,
                          std::string_view bytes, uint32_t mode) override {
    if (temporaries_ == Temporaries::kNamelessWherePossible) {
      FileStatus status = publish_nameless(path, temp_folder, bytes, mode);
      if (!has_no_nameless_files(status)) return status;
    }
    return publish_named(path, temp_folder, bytes, mode);
  }

  FileStatus append_file(const std::string& path, size_t most_bytes,
                         std::string_view bytes) override {
    Descriptor file(path, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY, 0644);
    if (file.status() != 0) return file.status();
    struct stat seen;
    if (FileStatus status = status_of(::fstat(file.number(), &seen))) return status;
    if (!S_ISREG(seen.st_mode)) return EINVAL;
    std::string whole = ends_in_line(file.number(), seen.st_size) ? "" : "#\n";
    whole += bytes;
    if (static_cast<uint64_t>(seen.st_size) + whole.size() > most_bytes) return EFBIG;
    // One call, so that lines of several processes do not mix.
    ssize_t written = ::write(file.number(), whole.data(), whole.size());
    if (written < 0) return errno;
    return static_cast<size_t>(written) == whole.size() ? 0 : ENOSPC;
  }

  FileStatus rename_file(const std::string& from, const std::string& to) override {
    FileStatus status =
        status_of(::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE));
    if (status != EINVAL && status != ENOSYS) return status;
    return status_of(::rename(from.c_str(), to.c_str()));
  }

  FileStatus make_folder(const std::string& path, uint32_t mode) override {
    FileStatus status = status_of(::mkdir(path.c_str(), mode));
    if (status == 0 || is_folder(path)) return 0;
    size_t slash = path.find_last_of('/');
    if (status == ENOENT && slash != std::string::npos && slash > 0) {
      if (FileStatus parent = make_folder(path.substr(0, slash), mode)) return parent;
      status = status_of(::mkdir(path.c_str(), mode));
      if (status == 0 || is_folder(path)) return 0;
    }
    return status == EEXIST ? ENOTDIR : status;
  }

  FileStatus list_folder(const std::string& path, std::string_view prefix,
                         std::vector<std::string>* names) override {
    names->clear();
    std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), &::closedir);
    if (!folder) return errno;
    for (;;) {
      errno = 0;  // readdir says by it whether null is the end or a failure
      const dirent* entry = ::readdir(folder.get());
      if (entry == nullptr) return errno;
      std::string_view name = entry->d_name;
      if (name.starts_with(prefix) && name != "." && name != "..") names->emplace_back(name);
    }
  }

  FileStatus folder_state(const std::string& path, FolderState* state) override {
    struct stat seen;
    *state = {};
    FileStatus status = status_of(::stat(path.c_str(), &seen));
    if (status == ENOENT) return 0;
    if (status == 0) *state = {true, S_ISDIR(seen.st_mode), seen.st_uid, seen.st_mode & 07777};
    return status;
  }

  uint32_t user() override { return ::geteuid(); }

 private:
  bool is_folder(const std::string& path) {
    FolderState state;
    return folder_state(path, &state) == 0 && state.is_folder;
  }

  FileStatus publish_named(const std::string& path, const std::string& temp_folder,
                           std::string_view bytes, uint32_t mode) {
    constexpr int kMostTries = 100;
    std::string temporary;
    std::optional<Descriptor> file;
    // A taken name is another process's: dead, or of another pid namespace.
    for (int i = 0; i < kMostTries && (!file || file->status() == EEXIST); ++i) {
      temporary = formatted("{}/{}.{}.{}", temp_folder, boot_id(), ::getpid(), next_temporary_++);
      file.emplace(temporary, O_WRONLY | O_CREAT | O_EXCL, mode);
    }
    if (file->status() != 0) return file->status() == EEXIST ? EBUSY : file->status();
    FileStatus status = write_and_sync(file->number(), bytes);
    if (status == 0) status = status_of(::link(temporary.c_str(), path.c_str()));
    ::unlink(temporary.c_str());
    return status;
  }

  const Temporaries temporaries_;
  std::atomic<uint64_t> next_temporary_{0};
};

}  // namespace

std::string status_text(FileStatus status) {
  return std::generic_category().message(status);
}

std::shared_ptr<FileSystem> real_file_system(Temporaries temporaries) {
  return std::make_shared<RealFileSystem>(temporaries);
}

}  // namespace fp4jit::cache
