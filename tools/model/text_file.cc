#include "tools/model/text_file.h"

#include <cerrno>
#include <cstring>
#include <memory>

#include "base/format.h"

namespace fp4jit::model {
namespace {

Status invalid(std::string message) {
  return {StatusCode::kInvalidArgument, std::move(message)};
}

}  // namespace

Result<std::string> read_text(FILE* file, const std::string& name, size_t most_bytes) {
  std::string text;
  char buffer[1 << 16];
  while (size_t read = std::fread(buffer, 1, sizeof buffer, file)) {
    text.append(buffer, read);
    if (text.size() > most_bytes)
      return invalid(formatted("{} is over {} bytes", name, most_bytes));
  }
  if (std::ferror(file)) {
    return invalid(formatted("{} cannot be read: {}", name, std::strerror(errno)));
  }
  return text;
}

Result<std::string> read_text_file(const std::string& path, size_t most_bytes) {
  std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) return invalid(formatted("{} cannot be opened: {}", path, std::strerror(errno)));
  return read_text(file.get(), path, most_bytes);
}

}  // namespace fp4jit::model
