#include "tests/kernels/instantiate.h"

namespace fp4jit {

const EmulatedKernels& nvfp4_kernels() {
  using Format = Instances<on_device::Format::kNvfp4>;
  static const EmulatedKernels kernels =
      joined({Format::values(), Format::runtime_k(),
              Format::constant_k<16, 32, 48, 464, 4096, 7168, 28672>()});
  return kernels;
}

}  // namespace fp4jit
