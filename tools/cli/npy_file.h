// What: a .npy file on disk, checked in steps.
// Threads: an object belongs to one thread.
// Errors: kInvalidArgument, naming the file, for what is wrong with it.
#pragma once

#include <cstdint>
#include <string>
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

}  // namespace fp4jit::cli
