// The header compiles as strict C++11 and its functions have C linkage.
#include <fp4jit/fp4jit.h>

bool fp4jit_header_cxx11();
bool fp4jit_header_cxx11() {
  return fp4jit_abi_version() >= FP4JIT_VERSION_MINOR;
}
