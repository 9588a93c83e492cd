/* A stranger's program: quantises one block on the host and prints its scale, 2^0. */
#include <fp4jit/fp4jit.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  fp4jit_spec spec = {.struct_size = sizeof spec, .format = FP4JIT_FORMAT_MXFP8, .k = 32};
  fp4jit_launch_args args = {.struct_size = sizeof args, .m = 1};
  float* input = calloc(32, sizeof *input);
  input[0] = 448;
  spec.in = FP4JIT_DTYPE_F32;
  spec.numerics = FP4JIT_NUMERICS_EXACT;
  args.input = input, args.data = malloc(32), args.sf = malloc(16);
  if (fp4jit_host_quantize(&spec, &args) != FP4JIT_OK) {
    fprintf(stderr, "%s\n", fp4jit_last_error());
    return 1;
  }
  printf("fp4jit %s scale %d\n", fp4jit_version_string(), *(unsigned char*)args.sf);
  return 0;
}
