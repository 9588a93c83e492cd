/* Quantises two rows to NVFP4: on GPU 0 when there is one, else on the host. Prints the bytes.
 * cc -std=c99 embed.c $(pkg-config --cflags --libs fp4jit) -ldl */
#include <dlfcn.h>
#include <fp4jit/fp4jit.h>
#include <stdio.h>
#include <stdlib.h>

enum { kRows = 2, kColumns = 32 };
#define SPEC "nvfp4_quantize[k=32,in=f32,layout=linear,numerics=exact]@sm_90"

static void check(fp4jit_status status) {
  if (status == FP4JIT_OK) return;
  fprintf(stderr, "%s: %s\n", fp4jit_status_name(status), fp4jit_last_error());
  exit(1);
}

/* Calls a function of the CUDA driver. */
#define DRIVER(name, types, arguments)                                  \
  do {                                                                  \
    int(*function) types;                                               \
    *(void**)&function = dlsym(dlopen("libcuda.so.1", RTLD_NOW), name); \
    if (function == NULL || function arguments != 0) {                  \
      fprintf(stderr, "%s failed\n", name);                             \
      exit(1);                                                          \
    }                                                                   \
  } while (0)

static void* to_device(const void* host, size_t bytes) {
  unsigned long long address = 0;
  DRIVER("cuMemAlloc_v2", (unsigned long long*, size_t), (&address, bytes));
  if (host != NULL) {
    DRIVER("cuMemcpyHtoD_v2", (unsigned long long, const void*, size_t), (address, host, bytes));
  }
  return (void*)(uintptr_t)address;
}

static void to_host(void* host, const void* device, size_t bytes) {
  DRIVER("cuMemcpyDtoH_v2", (void*, unsigned long long, size_t),
         (host, (unsigned long long)(uintptr_t)device, bytes));
}

/* The same call as `host`, on copies of its buffers in device memory. */
static void run_on_device(fp4jit_runtime* runtime, const fp4jit_spec* spec,
                          const fp4jit_launch_args* host) {
  fp4jit_launch_args call = *host;
  fp4jit_kernel kernel;
  void* context = NULL;
  DRIVER("cuDevicePrimaryCtxRetain", (void**, int), (&context, 0));
  DRIVER("cuCtxSetCurrent", (void*), (context));
  call.input = to_device(host->input, (size_t)host->input_bytes);
  call.global_scale = to_device(host->global_scale, sizeof *host->global_scale);
  call.data = to_device(NULL, (size_t)host->data_bytes);
  call.sf = to_device(NULL, (size_t)host->sf_bytes);
  check(fp4jit_find(runtime, spec, 0, &kernel));
  check(fp4jit_launch(runtime, kernel, &call));
  DRIVER("cuCtxSynchronize", (void), ());
  to_host(host->data, call.data, (size_t)host->data_bytes);
  to_host(host->sf, call.sf, (size_t)host->sf_bytes);
}

static void print_bytes(const char* name, const unsigned char* bytes, int64_t count) {
  printf("%s", name);
  for (int64_t i = 0; i < count; ++i) printf(" %02x%s", bytes[i], i + 1 < count ? "" : "\n");
}

int main(void) {
  fp4jit_runtime* runtime;
  fp4jit_spec spec = {.struct_size = sizeof spec};
  fp4jit_output_shape shape = {.struct_size = sizeof shape};
  fp4jit_prepare_args all = {.struct_size = sizeof all, .specs = &spec, .spec_count = 1};
  fp4jit_launch_args call = {.struct_size = sizeof call, .m = kRows};
  const int32_t device = 0;
  const float global_scale = 448.0f * 6.0f / (kRows * kColumns - 1); /* by the largest element */
  float* input = malloc(kRows * kColumns * sizeof *input);
  for (int i = 0; i < kRows * kColumns; ++i) input[i] = (float)i;

  check(fp4jit_runtime_create(NULL, &runtime));
  check(fp4jit_spec_from_text(SPEC, &spec));
  spec.target_sm = 0; /* the device's own */
  check(fp4jit_infer_outputs(&spec, kRows, 0, 0, &shape));
  call.input = input, call.input_bytes = shape.input_bytes, call.global_scale = &global_scale;
  call.data = malloc((size_t)shape.data_bytes), call.data_bytes = shape.data_bytes;
  call.sf = malloc((size_t)shape.sf_bytes), call.sf_bytes = shape.sf_bytes;

  all.devices = &device, all.device_count = 1;
  fp4jit_status prepared = fp4jit_prepare(runtime, &all);
  if (prepared == FP4JIT_E_NO_DRIVER) {
    check(fp4jit_host_quantize(&spec, &call));
  } else {
    check(prepared);
    run_on_device(runtime, &spec, &call);
  }
  printf("%s\n", prepared == FP4JIT_OK ? "device 0" : "host");
  print_bytes("data", call.data, shape.data_bytes);
  print_bytes("sf", call.sf, shape.sf_bytes);
  free(input), free(call.data), free(call.sf);
  check(fp4jit_runtime_release(runtime));
  return 0;
}
