#include "tests/ptxsim/ptx/corpus_files.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace ptxsim::ptx {

std::string corpus_text(const std::string& name) {
  std::ifstream file(FP4JIT_SOURCE_DIR "/tests/ptxsim/ptx/corpus/" + name + ".ptx",
                     std::ios::binary);
  EXPECT_TRUE(file.is_open()) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace ptxsim::ptx
