// What: what can be put into a stream or a graph, as a value: it is run at once, or kept as a node.
// Threads: values.
#pragma once

#include <cuda.h>

#include <cstdint>
#include <functional>
#include <variant>

#include "tests/ptxsim/exec/engine.h"

namespace ptxsim {

struct KernelOperation {
  CUfunction function = nullptr;
  CUkernel kernel = nullptr;  // where it was launched by this
  LaunchRequest request;
};

struct CopyOperation {
  uint64_t to = 0, from = 0, bytes = 0;
  bool to_device = false, from_device = false;  // must be; else host memory may be there, too
};

struct FillOperation {
  uint64_t to = 0, count = 0;
  uint32_t value = 0, element_bytes = 1;
};

struct HostOperation {
  CUhostFn function = nullptr;
  void* data = nullptr;
};

struct EventOperation {
  CUevent event = nullptr;
};

using Operation =
    std::variant<KernelOperation, CopyOperation, FillOperation, HostOperation, EventOperation>;

}  // namespace ptxsim
