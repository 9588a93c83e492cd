#include "tools/cli/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/format.h"

namespace fp4jit::cli {

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::exchange(other.path_, "")),
      temporary_(std::exchange(other.temporary_, "")),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) close(descriptor_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

Status OutputFile::error(const char* what) const {
  return {StatusCode::kIo, formatted("{} cannot be {}: {}", path_, what, std::strerror(errno))};
}

Result<OutputFile> OutputFile::create(const std::string& path) {
  OutputFile output;
  output.path_ = path;
  struct stat state = {};
  if (stat(path.c_str(), &state) == 0 && !S_ISREG(state.st_mode)) {
    return Status(StatusCode::kIo, formatted("{} cannot be written: it is no regular file", path));
  }
  std::string temporary = formatted("{}.{}.tmp", path, getpid());
  output.descriptor_ = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (output.descriptor_ < 0) return output.error("written");
  output.temporary_ = temporary;
  return output;
}

Status OutputFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return error("written");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Status OutputFile::commit() {
  if (close(std::exchange(descriptor_, -1)) != 0) return error("written");
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return error("moved to its place");
  temporary_.clear();
  return {};
}

}  // namespace fp4jit::cli
