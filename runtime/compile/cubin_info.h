// What: what a cubin says of its kernel's resources.
// Threads: pure. Takes any bytes; what cannot be read is 0.
#pragma once

#include <cstdint>
#include <string_view>

namespace fp4jit {

struct CubinInfo {
  uint32_t registers = 0;     // per thread
  uint32_t stack_bytes = 0;   // per thread; spilled registers are here
  uint32_t shared_bytes = 0;  // static, per CTA
};

CubinInfo read_cubin_info(std::string_view cubin);

}  // namespace fp4jit
