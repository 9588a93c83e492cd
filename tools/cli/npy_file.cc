#include "tools/cli/npy_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/format.h"

namespace fp4jit::cli {

Status NpyInput::error(const std::string& message) const {
  return {StatusCode::kInvalidArgument, formatted("{}: {}", path_, message)};
}

Result<NpyInput> NpyInput::open(const std::string& path) {
  NpyInput input;
  input.path_ = path;
  struct stat state = {};
  if (stat(path.c_str(), &state) != 0) return input.error(std::strerror(errno));
  if (!S_ISREG(state.st_mode)) return input.error("it is no regular file");
  input.file_bytes_ = static_cast<uint64_t>(state.st_size);
  std::ifstream file(path, std::ios::binary);
  if (!file) return input.error(std::strerror(errno));
  std::string start(std::min<uint64_t>(input.file_bytes_, kMostNpyHeaderBytes), '\0');
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<size_t>(file.gcount()));
  Result<NpyHeader> header = parse_npy_header(start);
  if (!header.ok()) return input.error(header.status().message());
  input.header_ = *std::move(header);
  return input;
}

Status NpyInput::check_length(int element_bytes) const {
  Result<uint64_t> claimed = header_.data_bytes(element_bytes);
  if (!claimed.ok()) return error(claimed.status().message());
  uint64_t present = file_bytes_ - header_.header_bytes;
  if (*claimed == present) return {};
  return error(formatted(
      "its header claims {} x {} elements, {} bytes; the file has {} bytes of data{}", header_.rows,
      header_.columns, *claimed, present, present < *claimed ? " (cut off)" : ""));
}

Result<std::vector<uint8_t>> NpyInput::read(int element_bytes) const {
  Result<uint64_t> bytes = header_.data_bytes(element_bytes);
  if (!bytes.ok()) return error(bytes.status().message());
  std::vector<uint8_t> data(*bytes);
  std::ifstream file(path_, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(header_.header_bytes));
  file.read(reinterpret_cast<char*>(data.data()), static_cast<std::streamsize>(data.size()));
  if (static_cast<uint64_t>(file.gcount()) != data.size())
    return error("it became shorter while it was read");
  return data;
}

}  // namespace fp4jit::cli
