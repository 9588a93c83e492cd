// What: what the store's tests share: a folder that goes away, a record, a log that is kept.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <string>
#include <vector>

#include "base/log.h"
#include "cache/record.h"

namespace fp4jit::cache {

// The tests sync thousands of small files, which takes minutes on a busy disk and shows nothing
// there that memory does not show. GoogleTest's folder where there is no such place.
inline std::string memory_folder() {
  return ::access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm/" : testing::TempDir();
}

class ScratchFolder {
 public:
  explicit ScratchFolder(const std::string& parent = memory_folder()) {
    std::string pattern = parent + "fp4jit-XXXXXX";
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr) << pattern;
    path_ = pattern;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string path(const std::string& below = "") const {
    return below.empty() ? path_ : path_ + "/" + below;
  }

 private:
  std::string path_;
};

class KeptLog {
 public:
  Log log(LogLevel level = LogLevel::kWarn) {
    return {[this](LogLevel, const std::string& line) {
              std::lock_guard lock(mutex_);
              lines_.push_back(line);
            },
            level};
  }
  std::vector<std::string> lines() const {
    std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

inline std::string read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void write_bytes(const std::string& path, const std::string& bytes) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Files below `folder`, and its own absence, as a number.
inline size_t count_files(const std::string& folder) {
  if (!std::filesystem::exists(folder)) return 0;
  size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    count += entry.is_regular_file();
  }
  return count;
}

inline Record sample_record(size_t payload_bytes = 64) {
  DigestBuilder builder;
  builder.field("spec", "nvfp4_quantize[k=4096,in=bf16,layout=128x4]");
  builder.field("target", "sm_100a");
  Record record;
  record.key = builder.finish();
  record.kind = Kind::kCubin;
  record.waits_for_predecessor = true;
  record.toolchain = {13, 0};
  record.lowest_driver = 13000;
  record.registers = 40;
  record.shared_bytes = 1024;
  record.target = "sm_100a";
  record.kernel_symbol = "quantize";
  record.spec = "nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a";
  record.key_text = builder.text();
  for (size_t i = 0; i < payload_bytes; ++i) record.payload += static_cast<char>(i * 7);
  return record;
}

// As a writer of format version 2 would store it: its own version, and a checksum that holds.
inline std::string of_version_2(const Record& record) {
  std::string bytes = encode_record(record);
  bytes[8] = 2;
  bytes.resize(bytes.size() - 16);
  Digest digest = digest_bytes(bytes);
  for (uint64_t half : {digest.low, digest.high}) {
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>(half >> (8 * i));
  }
  return bytes;
}

inline bool any_toolchain(const Toolchain&) {
  return true;
}

}  // namespace fp4jit::cache
