/* The header compiles as strict C99 and its structs take designated initialisers. */
#include <fp4jit/fp4jit.h>

int fp4jit_header_c99(void);
int fp4jit_header_c99(void) {
  fp4jit_spec spec = {.struct_size = sizeof spec, .format = FP4JIT_FORMAT_MXFP8, .k = 64};
  fp4jit_launch_args args = {.struct_size = sizeof args, .m = 1};
  return spec.k_out == 0 && args.stream == NULL;
}
