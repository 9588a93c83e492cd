// What: .npy files on disk: an input that is checked in steps, and outputs that appear whole or not
// at all.
// Threads: an object belongs to one thread.
// Errors: kInvalidArgument, naming the file, for what is wrong with an input; kIo for an output
// that cannot be written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tools/cli/npy_header.h"

namespace fp4jit::cli {

class NpyInput {
 public:
  // Opens the file and reads its header, nothing more.
  static Result<NpyInput> open(const std::string& path);

  const NpyHeader& header() const { return header_; }

  // Whether the file is as long as its header claims. Nothing was allocated by that claim so far.
  Status check_length(int element_bytes) const;

  // The data; check_length has passed.
  Result<std::vector<uint8_t>> read(int element_bytes) const;

  // "x.npy: MESSAGE"
  Status error(const std::string& message) const;

 private:
  std::string path_;
  NpyHeader header_;
  uint64_t file_bytes_ = 0;
};

// A file being written beside its final place. Unless commit succeeds, nothing of it stays.
class OutputFile {
 public:
  OutputFile() = default;
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  // Creates the temporary: what cannot be written is known before the work begins.
  static Result<OutputFile> create(const std::string& path);

  Status write(std::string_view bytes);
  Status commit();  // closes it and moves it to its place

 private:
  Status error(const char* what) const;

  std::string path_;
  std::string temporary_;  // "" once it is gone
  int descriptor_ = -1;
};

}  // namespace fp4jit::cli
