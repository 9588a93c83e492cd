/* Prepares the kernels of a manifest, the list of specs below or a trace, seals the runtime,
 * launches them N times and prints what the runtime counted: the loop of an engine, with nothing in
 * it but look-ups and the driver's calls.
 *
 *     hot_loop N [TRACE]     TRACE: a spec a line, as FP4JIT_RECORD writes it
 *
 * With a driver that launches nothing, `strace -c` counts the same system calls for any N:
 *     FP4JIT_CUDA_DRIVER=build/release/tests/stubdriver/libcuda.so.1 strace -c hot_loop 1000000 */
#include <fp4jit/fp4jit.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kMost = 1024, kTextBytes = 256, kRows = 16, kRunTimeK = 4096 };

static const char* const formats[] = {"nvfp4", "mxfp4", "mxfp8"};
static const char* const layouts[] = {"linear", "128x4", "8x4"};
static const int widths[] = {128, 2048, 2880, 4096, 5120, 7168, 8192, 14336};

static fp4jit_spec specs[kMost];
static size_t count;

static void check(fp4jit_status status) {
  if (status == FP4JIT_OK) return;
  fprintf(stderr, "%s: %s\n", fp4jit_status_name(status), fp4jit_last_error());
  exit(1);
}

/* The target is left to the device. */
static void add(const char* text) {
  if (count == kMost) fprintf(stderr, "only the first %d specs are taken\n", kMost), exit(1);
  specs[count].struct_size = sizeof specs[count];
  check(fp4jit_spec_from_text(text, &specs[count]));
  specs[count].target_sm = specs[count].target_suffix = specs[count].target_is_ptx = 0;
  ++count;
}

static void add_defaults(void) {
  char text[kTextBytes];
  for (int f = 0; f < 3; ++f)
    for (int l = 0; l < 3; ++l)
      for (size_t w = 0; w < sizeof widths / sizeof *widths; ++w) {
        snprintf(text, sizeof text, "%s_quantize[k=%d,in=bf16,layout=%s]@sm_90", formats[f],
                 widths[w], layouts[l]);
        add(text);
      }
}

static void add_trace(const char* path) {
  char line[kTextBytes];
  FILE* file = fopen(path, "r");
  if (file == NULL) perror(path), exit(1);
  while (fgets(line, sizeof line, file) != NULL) {
    line[strcspn(line, "\r\n")] = '\0';
    if (line[0] != '\0' && line[0] != '#' && line[strlen(line) - 1] != '#') add(line);
  }
  fclose(file);
}

/* The stub launches nothing, so that any addresses will do; a real driver needs real ones. A spec
 * without K, as a trace has it of FP4JIT_ON_MISS=generic, takes it at each launch. */
static fp4jit_launch_args call_of(int64_t n, const fp4jit_spec* spec) {
  char* memory = (char*)(uintptr_t)0x10000000000;
  fp4jit_launch_args call = {.struct_size = sizeof call, .m = 1 + n % kRows};
  call.k = spec->k == 0 ? kRunTimeK : 0;
  call.input = memory;
  call.global_scale = (const float*)(const void*)(memory + (1 << 28));
  call.data = memory + (2 << 28);
  call.sf = memory + ((size_t)3 << 28);
  return call;
}

int main(int argc, char** argv) {
  char* end = NULL;
  const int64_t launches = argc > 1 ? strtoll(argv[1], &end, 10) : 0;
  const int32_t device = 0;
  fp4jit_runtime* runtime;
  fp4jit_counters seen = {.struct_size = sizeof seen};
  if (launches <= 0 || *end != '\0') fprintf(stderr, "usage: hot_loop N [TRACE]\n"), exit(2);
  argc > 2 ? add_trace(argv[2]) : add_defaults();
  check(fp4jit_runtime_create(NULL, &runtime));
  fp4jit_prepare_args all = {.struct_size = sizeof all, .specs = specs, .spec_count = count};
  all.devices = &device, all.device_count = 1, all.jobs = 1;
  check(fp4jit_prepare(runtime, &all));
  check(fp4jit_seal(runtime, FP4JIT_SEAL_HARD));
  for (int64_t n = 0; n < launches; ++n) {
    const fp4jit_spec* spec = &specs[(size_t)n % count];
    const fp4jit_launch_args call = call_of(n, spec);
    check(fp4jit_launch_spec(runtime, spec, device, &call));
  }
  check(fp4jit_stats(runtime, &seen));
  printf("specs %zu, launches %" PRIu64 ", hits %" PRIu64 ", misses %" PRIu64 ", compiles %" PRIu64
         ", store hits %" PRIu64 ", io_ops %" PRIu64 "\n",
         count, seen.launches, seen.hits, seen.launch_misses, seen.compiles, seen.store_hits,
         seen.io_ops);
  check(fp4jit_runtime_release(runtime));
  return 0;
}
