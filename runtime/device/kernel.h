// What: an artifact's bytes -> a kernel that is resident on one device, with all that a launch must
// know.
// Threads: load_kernel may be called from any thread, also while others capture streams; a
// LoadedKernel is immutable.
// Errors: kUnsupported where the code cannot run on the device, kDriver with the driver's text;
// both name the spec, the device and the versions.
#pragma once

#include <string>

#include "device/device.h"
#include "device/library_table.h"
#include "spec/spec.h"

namespace fp4jit {

struct KernelImage {
  const std::string* bytes = nullptr;  // cubin or PTX
  std::string symbol;
  LibraryKey key;                      // of the bytes
  int lowest_driver = 0;               // that loads it; 13000 for CUDA 13.0
  bool waits_for_predecessor = false;  // the code holds the wait that dependent launch relies on
};

struct LoadedKernel {
  Spec spec;
  const Device* device = nullptr;
  CUkernel handle = nullptr;
  CUfunction function = nullptr;  // the same in the device's primary context
  bool dependent_launch = false;  // launch with programmatic stream serialisation
  int registers = 0;              // per thread
};

// `spec` has the target that the image was compiled for.
Result<LoadedKernel> load_kernel(LibraryTable& libraries, const Device& device, const Spec& spec,
                                 const KernelImage& image);

}  // namespace fp4jit
