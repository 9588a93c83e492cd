// What: for tests: a kernel's text from its body, and its run.
// Threads: pure.
#pragma once

#include <cuda.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ptxsim {

// Registers %r<40> (32 bits), %d<20> (64), %h<8> (16), %p<20> (predicates); %t is tid.x, %g counts
// threads over the grid, %out points to the thread's own words of output, %all to the first ones.
struct KernelText {
  std::string body;
  uint32_t words = 1;             // of 32 bits that each thread has for its output
  std::string declarations = {};  // in the body, before it
  std::string module = {};        // before the entry
};
std::string text_of(const KernelText& kernel);

struct RunShape {
  uint32_t blocks = 1, threads = 32;
  uint32_t dynamic_shared_bytes = 0;
};

// The output of a run without findings; a test failure where there are any.
std::vector<uint32_t> run_kernel(const KernelText& kernel, const RunShape& shape = {});

struct Finding {
  CUresult code = CUDA_SUCCESS;
  std::string text;  // empty where there was none
};
Finding run_and_find(const KernelText& kernel, const RunShape& shape = {});

// What load_module says against it.
std::string load_error(const KernelText& kernel);

}  // namespace ptxsim
