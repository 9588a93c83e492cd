#include "tests/kernels/instantiate.h"

namespace fp4jit {

const EmulatedKernels& mxfp8_kernels() {
  using Format = Instances<on_device::Format::kMxfp8>;
  static const EmulatedKernels kernels =
      joined({Format::values(), Format::runtime_k(),
              Format::constant_k<32, 96, 480, 4096, 7168, 28672>()});
  return kernels;
}

}  // namespace fp4jit
