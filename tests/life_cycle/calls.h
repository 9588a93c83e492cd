// What: what the tests of this folder call the library with, whether they are linked with it or
// not.
// Threads: any.
#pragma once

#include <fp4jit/fp4jit.h>
#include <stdlib.h>
#include <sys/types.h>

#include <filesystem>
#include <string>

namespace fp4jit::life_cycle {

inline constexpr const char* kStubDriver = FP4JIT_BUILD_DIR "/tests/stubdriver/libcuda.so.1";

// A folder that goes away with the object, in the process that made it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
  pid_t owner_;
};

// Specs that differ in K alone: a multiple of 16, or 0 for a run-time K.
fp4jit_spec spec_of(uint32_t k);

// Of a launch of spec_of(k). The driver looks at no buffer.
fp4jit_launch_args arguments_of(uint32_t k);

// With `store` as its cache folder and the stub as its driver.
fp4jit_config stub_config(const std::string& store);

// Ends the process with code 2 unless `met`, and says why; with the library's last error where this
// program is linked with it.
void require(bool met, const char* what);

}  // namespace fp4jit::life_cycle
