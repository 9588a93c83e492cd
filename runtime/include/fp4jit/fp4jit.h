/* fp4jit: block-scaled FP4 and FP8 quantisation kernels, specialised at run time.
 *
 * A request (a *spec*: operation, format, K, input type, scale layout, numerics, target, ...)
 * becomes a CUDA kernel made for it alone. It is compiled ahead of time or on first use, kept in a
 * cache on disk, and from then on found and launched with no file access, no lock, no allocation
 * and no system call.
 *
 * The library needs neither a GPU nor a CUDA toolkit to load: the driver (libcuda) and the compiler
 * (NVRTC) are opened when a call first needs them. Without a driver everything but loading and
 * launching works; without NVRTC everything that the cache holds works.
 *
 * THE THREE CALLS MOST USERS NEED
 *
 *     fp4jit_prepare   once per model, before serving: compiles and loads all of its kernels
 *     fp4jit_find      spec and device -> a kernel handle; never blocks
 *     fp4jit_launch    handle and arguments -> work on a stream; never blocks
 *
 * fp4jit_launch_spec is the last two in one call, and does something about a kernel that is
 * missing; fp4jit_seal forbids that, once everything is prepared. docs/hot-path.md tells what
 * happens on a hit and on every kind of miss.
 *
 *     fp4jit_runtime *runtime;
 *     fp4jit_runtime_create(NULL, &runtime);
 *
 *     fp4jit_spec spec = {.struct_size = sizeof spec};
 *     fp4jit_spec_from_text("nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a", &spec);
 *
 *     int32_t device = 0;
 *     fp4jit_prepare_args all = {.struct_size = sizeof all, .specs = &spec, .spec_count = 1,
 *                                .devices = &device, .device_count = 1};
 *     fp4jit_prepare(runtime, &all);
 *
 *     fp4jit_kernel kernel;
 *     fp4jit_find(runtime, &spec, device, &kernel);
 *
 *     fp4jit_launch_args call = {.struct_size = sizeof call, .m = rows, .input = x,
 *                                .global_scale = scale, .data = q, .sf = sf, .stream = stream};
 *     fp4jit_launch(runtime, kernel, &call);
 *
 * Every call returns a status that this sketch leaves unread; examples/embed.c is a whole program.
 *
 * CONVENTIONS
 *
 *  1. C99. Every function returns a fp4jit_status, except those that return a constant text or
 *     number. No function aborts, prints, or lets a C++ exception out.
 *  2. Every struct begins with struct_size, which the caller sets to sizeof of the struct, for
 *     results too. All other members: zero is the default. A struct of another size is refused with
 *     FP4JIT_E_ABI_MISMATCH, except a longer one whose further bytes are zero: a program built
 *     against a newer header may run with an older library as long as it uses nothing new. No
 *     struct will ever be larger than 4096 bytes. Those of an array are all of one size.
 *  3. Enumerations are int32_t with named values. Values are never reused or renumbered.
 *  4. Texts are UTF-8 and end with NUL. Nothing that a function returns is to be freed; what a call
 *     gives as `const char *` says how long it lives.
 *  5. Sizes ending in `_bytes` count bytes; m, k and k_out count rows and elements. Two FP4 values
 *     share a byte, the first one in its low half.
 *  6. Three families, visible in the names:
 *       pure          fp4jit_spec_*, fp4jit_infer_*: no lock, file, driver or runtime; also before
 *                     any runtime exists, in a forked child, and while a stream is captured. On
 *                     success they do not allocate, except for the two that handle text.
 *       may block     fp4jit_runtime_*, fp4jit_compile, fp4jit_load, fp4jit_prepare, fp4jit_seal,
 *                     fp4jit_drain, fp4jit_host_*: may read and write files, compile, take locks,
 *                     wait for each other.
 *       never blocks  fp4jit_find, fp4jit_launch, fp4jit_launch_spec of a loaded kernel: no file,
 *                     lock, allocation or system call of ours when they succeed (glibc allocates
 *                     once for a thread in a process that has made 32 pthread keys). A failure
 *                     allocates its message.
 *  7. Threads: every function may be called from any thread at any time, on one runtime too. The
 *     one exception: a fp4jit_runtime_release that may be the last must not run beside another
 *     call. A runtime that has ended, or never was one, is refused. A thread that is cancelled
 *     (pthread_cancel) in a call that may block ends after it, not in it.
 *  8. Capture: "legal" below means that a call on any thread leaves a stream capture under way
 *     valid, in every capture mode. The NULL stream is CUDA's exception: work on it ends the
 *     captures of blocking streams.
 *  9. Devices are ordinals of the CUDA driver (after CUDA_VISIBLE_DEVICES) and always come from the
 *     caller; no function changes the current context. Kernels live in the device's primary
 *     context, the one that the CUDA runtime and the frameworks use.
 * 10. A child of fork() whose parent had used the driver through this library may compile and
 *     quantise on the host; loading and launching there give FP4JIT_E_FORKED. fork() waits for what
 *     other threads compile or load at that moment, ten seconds at most, so that no lock is held in
 *     the child.
 * 11. The environment is read once, in fp4jit_runtime_create (see fp4jit_config).
 * 12. The shared library stays in the process: dlclose leaves it mapped, since graphs hold its
 *     kernels and exit() its handlers. Several copies of it may live in one process; each refuses
 *     the runtimes of the others, and their handles but for one in thousands.
 */
#ifndef FP4JIT_FP4JIT_H
#define FP4JIT_FP4JIT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FP4JIT_VERSION_MAJOR 0
#define FP4JIT_VERSION_MINOR 1
#define FP4JIT_VERSION_PATCH 0

#define FP4JIT_API __attribute__((visibility("default")))

/* ---- Version and errors ---------------------------------------------------------------------- */

/* major << 16 | minor of the library that runs, to compare with the FP4JIT_VERSION_* it was built
 * with. Until 1.0 a new minor version may change structs. Pure. Legal under capture. */
FP4JIT_API uint32_t fp4jit_abi_version(void);

/* "0.1.0"; lives as long as the library. Pure. Legal under capture. */
FP4JIT_API const char* fp4jit_version_string(void);

typedef int32_t fp4jit_status;
enum {
  FP4JIT_OK = 0,
  FP4JIT_E_INVALID_ARGUMENT = 100,        /* a null pointer, a size, an alignment, an overlap */
  FP4JIT_E_ABI_MISMATCH = 101,            /* struct_size is not one that this library knows */
  FP4JIT_E_INVALID_SPEC = 110,            /* a spec that no kernel can mean */
  FP4JIT_E_UNSUPPORTED = 111,             /* no template yet, or a target that cannot run it */
  FP4JIT_E_NOT_PREPARED = 200,            /* find: the kernel is not loaded on this device */
  FP4JIT_E_SEALED = 210,                  /* more than the runtime's seal allows */
  FP4JIT_E_NOT_PREPARED_IN_CAPTURE = 211, /* a miss while the stream is being captured */
  FP4JIT_E_NO_DRIVER = 300,               /* no libcuda or no GPU: compiling and host calls work */
  FP4JIT_E_DRIVER = 301,                  /* the driver refused; the message has its own text */
  FP4JIT_E_FORKED = 302,                  /* a child of a process that had used the driver */
  FP4JIT_E_NO_NVRTC = 400,                /* NVRTC is absent and the kernel is not in the cache */
  FP4JIT_E_COMPILE = 401,                 /* NVRTC refused; its log is in the message */
  FP4JIT_E_CANCELLED = 402,               /* the caller asked to stop */
  FP4JIT_E_IO = 500,                      /* a file could not be read or written */
  FP4JIT_E_CORRUPT = 501,                 /* bytes that do not prove themselves */
  FP4JIT_E_OUT_OF_MEMORY = 600,
  FP4JIT_E_INTERNAL = 900 /* a defect of this library: please report it */
};

/* "FP4JIT_E_UNSUPPORTED"; constant. Pure. Legal under capture. */
FP4JIT_API const char* fp4jit_status_name(fp4jit_status status);

/* What the last failure on this thread was about: the thing, its value, what is allowed, what to do
 * next; for a compile, NVRTC's log. "" before any failure; a success does not clear it. Lives until
 * the next failure on this thread. Legal under capture. */
FP4JIT_API const char* fp4jit_last_error(void);

/* ---- Spec: the full request for one kernel, a plain value ------------------------------------ */

typedef int32_t fp4jit_op;
enum {
  FP4JIT_OP_QUANTIZE = 0,
  FP4JIT_OP_SILU_MUL_QUANTIZE = 1,
  FP4JIT_OP_RMSNORM_QUANTIZE = 2,
  FP4JIT_OP_ADD_RMSNORM_QUANTIZE = 3,
  FP4JIT_OP_DEQUANTIZE = 4,
  FP4JIT_OP_INTERLEAVE_SF = 5,
  FP4JIT_OP_DEINTERLEAVE_SF = 6,
  FP4JIT_OP_AMAX = 7
};

/* Element type, scale type and sf_vec_size (values per scale factor). */
typedef int32_t fp4jit_format;
enum {
  FP4JIT_FORMAT_NVFP4 = 0, /* E2M1, UE4M3 scales, 16 */
  FP4JIT_FORMAT_MXFP4 = 1, /* E2M1, UE8M0 scales, 32 */
  FP4JIT_FORMAT_MXFP8 = 2  /* E4M3, UE8M0 scales, 32 */
};

typedef int32_t fp4jit_dtype;
enum { FP4JIT_DTYPE_F16 = 0, FP4JIT_DTYPE_BF16 = 1, FP4JIT_DTYPE_E4M3 = 2, FP4JIT_DTYPE_F32 = 3 };

/* How scale factors lie in memory. With n scale columns, the byte of row r and column c stands at
 *   linear   r*n + c
 *   128x4    (r/128)*ceil(n/4)*512 + (c/4)*512 + (r%32)*16 + ((r%128)/32)*4 + c%4
 *   8x4      (r/8)*ceil(n/4)*32    + (c/4)*32  + (r%8)*4 + c%4
 * Rows and columns that pad the last two are part of the buffer and are written as zero. */
typedef int32_t fp4jit_sf_layout;
enum { FP4JIT_SF_LAYOUT_LINEAR = 0, FP4JIT_SF_LAYOUT_128X4 = 1, FP4JIT_SF_LAYOUT_8X4 = 2 };

/* Where the per-tensor encode multiplier, 448*6/amax, comes from. */
typedef int32_t fp4jit_scale;
enum {
  FP4JIT_SCALE_DEFAULT = 0, /* the format's own: tensor for nvfp4, and for MX no multiplier */
  FP4JIT_SCALE_TENSOR = 1,  /* one float in device memory */
  FP4JIT_SCALE_INVERSE = 2, /* one float in device memory, whose reciprocal is used; of
                               FP4JIT_NUMERICS_TORCHAO alone, whose per_tensor_scale it is */
  FP4JIT_SCALE_ROW = 3      /* one float per row */
};

typedef int32_t fp4jit_numerics;
enum {
  FP4JIT_NUMERICS_TRTLLM = 0, /* TensorRT-LLM's and FlashInfer's CUDA path, to the bit on a GPU */
  FP4JIT_NUMERICS_EXACT = 1,  /* correctly rounded: the same bits on every GPU and on the host */
  FP4JIT_NUMERICS_TORCHAO = 2 /* torchao's recipe on a CPU, see docs/torchao.md: the same bits on
                                 every GPU and on the host */
};

/* How an MX block's scale is rounded to a power of two; torchao's names. Of FP4JIT_NUMERICS_TORCHAO
 * alone but for rceil. */
typedef int32_t fp4jit_ue8m0;
enum {
  FP4JIT_UE8M0_RCEIL = 0,
  FP4JIT_UE8M0_FLOOR = 1,
  FP4JIT_UE8M0_CEIL = 2,
  FP4JIT_UE8M0_EVEN = 3
};

typedef int32_t fp4jit_grouping;
enum { FP4JIT_GROUPING_FLAT = 0, FP4JIT_GROUPING_BATCHED = 1, FP4JIT_GROUPING_MASKED = 2 };

/* Programmatic dependent launch: when the kernel lets its successor start. sm_90 and later. */
typedef int32_t fp4jit_pdl;
enum { FP4JIT_PDL_OFF = 0, FP4JIT_PDL_TRIGGER_LAST = 1, FP4JIT_PDL_TRIGGER_FIRST = 2 };

/* "", "a" (one architecture alone) or "f" (its family). */
typedef int32_t fp4jit_target_suffix;
enum { FP4JIT_TARGET_PLAIN = 0, FP4JIT_TARGET_ARCH = 1, FP4JIT_TARGET_FAMILY = 2 };

typedef struct fp4jit_spec {
  uint32_t struct_size;
  fp4jit_op op;
  fp4jit_format format;
  uint32_t k;     /* quantised axis, a multiple of sf_vec_size; 0: given at each launch */
  uint32_t k_out; /* padded K to write, the gap as zeros; 0: k */
  fp4jit_dtype in;
  fp4jit_sf_layout sf_layout;
  fp4jit_scale scale;
  fp4jit_numerics numerics;
  fp4jit_ue8m0 ue8m0;
  fp4jit_grouping grouping;
  fp4jit_pdl pdl;
  int32_t target_sm; /* 90 for sm_90; 0: the device's own, where a device is named */
  fp4jit_target_suffix target_suffix;
  int32_t target_is_ptx; /* 1: compute_XY, compiled by the driver when it is loaded */
} fp4jit_spec;

/* Reads the canonical text, fields in any order:
 *   nvfp4_quantize[k=4096,in=bf16,layout=128x4,scale=tensor,numerics=exact,pdl=1]@sm_100a
 * k, in, layout and the target must be there. Errors name the field, the value, what is allowed and
 * the nearest word. Pure; allocates for its own time. Legal under capture. */
FP4JIT_API fp4jit_status fp4jit_spec_from_text(const char* text, fp4jit_spec* spec);

/* Writes the canonical text and its NUL to `buffer`. *size holds the buffer's bytes and receives
 * the text's (NUL included); with a buffer that is NULL or too small only *size is written:
 * FP4JIT_OK for NULL, else FP4JIT_E_INVALID_ARGUMENT. The spec must have a target. Pure; allocates
 * for its own time. Legal under capture. */
FP4JIT_API fp4jit_status fp4jit_spec_to_text(const fp4jit_spec* spec, char* buffer, size_t* size);

/* Whether the spec means something (else FP4JIT_E_INVALID_SPEC) and this library has a template for
 * it (else FP4JIT_E_UNSUPPORTED). Pure. Legal under capture. */
FP4JIT_API fp4jit_status fp4jit_spec_validate(const fp4jit_spec* spec);

/* ---- Shapes ---------------------------------------------------------------------------------- */

/* Both outputs are contiguous bytes, rows by columns. */
typedef struct fp4jit_output_shape {
  uint32_t struct_size;
  int32_t sf_vec_size;  /* values per scale factor */
  int64_t data_rows;    /* m */
  int64_t data_columns; /* k_out/2 for FP4, k_out for mxfp8 */
  int64_t sf_rows;      /* m, padded to a multiple of 128 or 8 as the layout asks */
  int64_t sf_columns;   /* k_out/sf_vec_size, padded to a multiple of 4 for 128x4 and 8x4 */
  int64_t data_bytes;
  int64_t sf_bytes;
  int64_t input_bytes;
} fp4jit_output_shape;

/* The sizes of a call with m rows. `k` and `k_out` are for a spec whose k is 0 (k_out 0: k);
 * otherwise they are 0 or the spec's own. Pure. Legal under capture. */
FP4JIT_API fp4jit_status fp4jit_infer_outputs(const fp4jit_spec* spec, int64_t m, int64_t k,
                                              int64_t k_out, fp4jit_output_shape* shape);

/* ---- Runtime --------------------------------------------------------------------------------- */

/* Owns the tables of kernels and the connection to the store. Loaded code outlives it: CUDA graphs
 * may hold kernels, so none is ever unloaded before the process ends. */
typedef struct fp4jit_runtime fp4jit_runtime;

typedef int32_t fp4jit_artifact;
enum { FP4JIT_ARTIFACT_DEFAULT = 0, FP4JIT_ARTIFACT_CUBIN = 1, FP4JIT_ARTIFACT_PTX = 2 };

/* What fp4jit_launch_spec does about a kernel that is not loaded. */
typedef int32_t fp4jit_on_miss;
enum {
  FP4JIT_ON_MISS_DEFAULT = 0,
  FP4JIT_ON_MISS_BUILD = 1,  /* builds it, while the call waits */
  FP4JIT_ON_MISS_GENERIC = 2 /* launches the run-time-K kernel of the same spec, where that is
                                loaded, and builds in the background; same bytes, slower kernel */
};

typedef int32_t fp4jit_log_level;
enum {
  FP4JIT_LOG_DEFAULT = 0,
  FP4JIT_LOG_ERROR = 1,
  FP4JIT_LOG_WARN = 2,
  FP4JIT_LOG_INFO = 3,
  FP4JIT_LOG_DEBUG = 4
};

/* Called on any thread, possibly on several at once; must not call back into the runtime, nor wait
 * for a thread that may be in fork(), which waits for the call that logs. */
typedef void (*fp4jit_log_fn)(void* user, fp4jit_log_level level, const char* message);

/* A member that is set beats its environment variable; what neither sets has the default given
 * here. */
typedef struct fp4jit_config {
  uint32_t struct_size;
  fp4jit_artifact artifact;   /* FP4JIT_ARTIFACT: cubin or ptx; else cubin */
  const char* cache_dir;      /* FP4JIT_CACHE_DIR; else fp4jit in $XDG_CACHE_HOME or ~/.cache */
  const char* nvrtc_path;     /* FP4JIT_NVRTC; else searched for */
  const char* driver_path;    /* FP4JIT_CUDA_DRIVER; else libcuda.so.1 */
  fp4jit_log_fn log;          /* NULL: nothing is logged */
  void* log_user;             /* handed to `log` */
  fp4jit_log_level log_level; /* FP4JIT_LOG: error, warn, info or debug; else warn */
  fp4jit_on_miss on_miss;     /* FP4JIT_ON_MISS: build or generic; else build */
  const char* record_path;    /* FP4JIT_RECORD; else nothing is recorded. The trace: every spec that
                                 is prepared or missed, once, as a line of canonical text, appended.
                                 `fp4jit prewarm --from-trace` reads it */
} fp4jit_config;

/* `config` may be NULL: all defaults. Reads the environment and looks at the cache folder; creates
 * nothing and opens neither driver nor NVRTC. Several runtimes may exist. Legal under capture. */
FP4JIT_API fp4jit_status fp4jit_runtime_create(const fp4jit_config* config,
                                               fp4jit_runtime** runtime);

/* A runtime begins with one reference; the last release ends it: what is queued in the background
 * is dropped, what is under way there is stopped and waited for. release(NULL) does nothing.
 * Handles of an ended runtime are invalid; its kernels in graphs are not. Legal under capture. */
FP4JIT_API fp4jit_status fp4jit_runtime_retain(fp4jit_runtime* runtime);
FP4JIT_API fp4jit_status fp4jit_runtime_release(fp4jit_runtime* runtime);

/* ---- Getting kernels ready: these may block -------------------------------------------------- */

/* 32 bits that name a kernel loaded on one device, for one runtime. 0 is none. Look it up again in
 * another process; never store it in a graph or a file. */
typedef uint32_t fp4jit_kernel;

/* Sees to it that the artifact exists, in the cache and in memory: no driver, no GPU. The spec must
 * have a target. Legal under capture, though slow: it calls no driver. */
FP4JIT_API fp4jit_status fp4jit_compile(fp4jit_runtime* runtime, const fp4jit_spec* spec);

/* As fp4jit_compile, then loads the kernel on the device and registers it, so that fp4jit_find sees
 * it. At once when that was done before. With target_sm 0 the target is the device's own.
 * Concurrent calls for one kernel do the work once; an error reaches all of them and is forgotten.
 * With FP4JIT_ON_MISS_GENERIC also loads the run-time-K kernel that serves misses of such specs,
 * and gets the compiler ready for the background, where there is one. `kernel` may be NULL. Loads
 * under the relaxed capture mode, which leaves captures of other threads and streams valid; call it
 * before capture all the same. */
FP4JIT_API fp4jit_status fp4jit_load(fp4jit_runtime* runtime, const fp4jit_spec* spec,
                                     int32_t device, fp4jit_kernel* kernel);

/* A flag that stops a fp4jit_prepare; zero at first; the caller's for as long as the call runs. */
typedef struct fp4jit_cancel {
  uint8_t requested;
} fp4jit_cancel;

/* May be called from any thread and from a signal handler. */
FP4JIT_API void fp4jit_cancel_request(fp4jit_cancel* cancel);

/* One piece of work that fp4jit_prepare has finished. Lives as long as the callback runs. */
typedef struct fp4jit_progress {
  uint32_t struct_size;
  int32_t device;       /* -1 for compile only */
  size_t spec_index;    /* into fp4jit_prepare_args.specs */
  size_t done;          /* pieces finished, this one included */
  size_t total;         /* spec_count times max(1, device_count) */
  fp4jit_status status; /* of this piece */
  int32_t reserved;
  const char* message; /* of a failure; else "" */
} fp4jit_progress;

/* Called on any thread of the pool, never on two at once; must not call back into the runtime. */
typedef void (*fp4jit_progress_fn)(void* user, const fp4jit_progress* progress);

typedef struct fp4jit_prepare_args {
  uint32_t struct_size;
  int32_t jobs; /* threads; 0: one per core */
  const fp4jit_spec* specs;
  size_t spec_count;           /* at most 262144: what handles can name */
  const int32_t* devices;      /* NULL with a count of 0: compile only */
  size_t device_count;         /* at most 1024 */
  fp4jit_progress_fn progress; /* may be NULL */
  void* progress_user;
  const fp4jit_cancel* cancel; /* may be NULL */
} fp4jit_prepare_args;

/* fp4jit_load of every spec on every device (fp4jit_compile without devices), on several threads.
 * One failure stops nothing: the status is that of the first failure in the order of `specs`, and
 * the message counts them all. After a cancel, what was finished stays, and the status is
 * FP4JIT_E_CANCELLED. Under capture: as fp4jit_load. */
FP4JIT_API fp4jit_status fp4jit_prepare(fp4jit_runtime* runtime, const fp4jit_prepare_args* args);

/* How far the runtime may still go on a miss, in every function. */
typedef int32_t fp4jit_seal_mode;
enum {
  FP4JIT_SEAL_OFF = 0,  /* store, compiler and driver */
  FP4JIT_SEAL_SOFT = 1, /* store and driver: what is in the store is loaded, nothing is compiled */
  FP4JIT_SEAL_HARD = 2  /* look-ups alone: no file, compile or load */
};

/* From its return on, what needs more than `mode` allows gives FP4JIT_E_SEALED, with the spec and
 * the `fp4jit prewarm` command that would have prepared it. What is queued in the background is
 * dropped, and the build under way there is waited for: call fp4jit_drain first to have them all.
 * Calls on other threads that are under way may still finish. Legal under capture. */
FP4JIT_API fp4jit_status fp4jit_seal(fp4jit_runtime* runtime, fp4jit_seal_mode mode);

/* fp4jit_seal with FP4JIT_SEAL_OFF. */
FP4JIT_API fp4jit_status fp4jit_unseal(fp4jit_runtime* runtime);

/* Waits until no build is queued or under way in the background. The status and message of the
 * first that failed since the last drain, if any; a miss of that kernel may then try again. Legal
 * under capture. */
FP4JIT_API fp4jit_status fp4jit_drain(fp4jit_runtime* runtime);

/* ---- Finding and launching: these never block ------------------------------------------------ */

/* The kernel that fp4jit_load or fp4jit_prepare registered for this spec (as it was given there:
 * with target_sm 0, or with the target) and device; else FP4JIT_E_NOT_PREPARED (FP4JIT_E_SEALED
 * after fp4jit_seal(FP4JIT_SEAL_HARD)), *kernel 0, and a message that names the spec and how to
 * prepare it. Legal under capture. */
FP4JIT_API fp4jit_status fp4jit_find(fp4jit_runtime* runtime, const fp4jit_spec* spec,
                                     int32_t device, fp4jit_kernel* kernel);

/* The buffers of one call. Pointers are device memory for fp4jit_launch and host memory for
 * fp4jit_host_*; input, data and sf are aligned to 16 bytes, global_scale to 4, and outputs overlap
 * nothing. */
typedef struct fp4jit_launch_args {
  uint32_t struct_size;
  int32_t host_threads;      /* fp4jit_host_* only; 0: as many as there are cores and work for */
  int64_t m;                 /* rows; 0: nothing is done, and no pointer is looked at */
  int64_t k, k_out;          /* as in fp4jit_infer_outputs; 0 unless the spec's k is 0 */
  const void* input;         /* [m, k], rows contiguous */
  const float* global_scale; /* encode multiplier, for scale=tensor, or its inverse; else NULL */
  void* data;                /* fp4jit_output_shape.data_bytes; every byte is written */
  void* sf;                  /* fp4jit_output_shape.sf_bytes; likewise, padding included */
  int64_t input_bytes;       /* sizes of the buffers, to be checked; 0: not checked */
  int64_t data_bytes;
  int64_t sf_bytes;
  void* stream; /* CUstream (cudaStream_t) on the kernel's device; NULL: see below */
} fp4jit_launch_args;

/* Checks the arguments and puts one kernel on the stream. The NULL stream is the default stream of
 * the current context, which must be the kernel's device's, or of that device where the thread has
 * no context. Legal under capture: becomes a kernel node, and with pdl a programmatic edge. */
FP4JIT_API fp4jit_status fp4jit_launch(fp4jit_runtime* runtime, fp4jit_kernel kernel,
                                       const fp4jit_launch_args* args);

/* fp4jit_find and fp4jit_launch in one. Where the kernel is not loaded, the arguments are checked
 * first, and then the first of these that fits:
 *
 *   m is 0: nothing is done.
 *
 *   FP4JIT_ON_MISS_GENERIC, not sealed hard, and the run-time-K kernel is loaded: that is launched,
 *   in a capture too, and the spec's own is built in the background.
 *
 *   The stream is captured: FP4JIT_E_NOT_PREPARED_IN_CAPTURE, and the capture stays valid.
 *
 *   Sealed: FP4JIT_E_SEALED for what the seal forbids.
 *
 *   Else as fp4jit_load, then fp4jit_launch: may block.
 *
 * Legal under capture. */
FP4JIT_API fp4jit_status fp4jit_launch_spec(fp4jit_runtime* runtime, const fp4jit_spec* spec,
                                            int32_t device, const fp4jit_launch_args* args);

/* ---- Host ------------------------------------------------------------------------------------ */

/* The same operator on host memory, with the same bytes for numerics exact and torchao; target, pdl
 * and stream say nothing here. Needs no runtime, driver or GPU. Returns when done. Legal under
 * capture. */
FP4JIT_API fp4jit_status fp4jit_host_quantize(const fp4jit_spec* spec,
                                              const fp4jit_launch_args* args);

/* ---- Counters -------------------------------------------------------------------------------- */

typedef int32_t fp4jit_store_state;
enum { FP4JIT_STORE_READ_WRITE = 0, FP4JIT_STORE_READ_ONLY = 1, FP4JIT_STORE_MEMORY_ONLY = 2 };

/* Since the runtime was created. Hits and launches are counted on a line of each thread's own,
 * since a shared counter would cost more than the look-up. */
typedef struct fp4jit_counters {
  uint32_t struct_size;
  fp4jit_store_state store_state;
  int32_t compiler_opened; /* 1: NVRTC was opened by this runtime */
  int32_t driver_opened;   /* 1: the driver was opened by this runtime */
  uint64_t find_misses;    /* fp4jit_find without a kernel */
  uint64_t kernels;        /* registered for fp4jit_find */
  uint64_t loads;          /* kernels loaded on a device */
  uint64_t load_failures;
  uint64_t memory_hits; /* artifacts found in memory, */
  uint64_t store_hits;  /* in the store, */
  uint64_t compiles;    /* or made */
  uint64_t compile_failures;
  uint64_t io_ops;         /* calls into the file system */
  uint64_t quarantined;    /* damaged records that were set aside */
  uint64_t write_failures; /* records that could not be stored */
  uint64_t too_new;        /* look-ups that passed over what the driver is too old for */
  uint64_t look_ups;       /* by fp4jit_find and fp4jit_launch_spec: hits + misses of both */
  uint64_t hits;           /* look-ups that found a loaded kernel */
  uint64_t launches;       /* kernels put on a stream */
  uint64_t launch_misses;  /* fp4jit_launch_spec, of a call in order, without a kernel; of those: */
  uint64_t built_misses;   /*   waited for a build, */
  uint64_t generic_misses; /*   were served by the run-time-K kernel, */
  uint64_t capture_misses; /*   or were refused because the stream was captured */
  uint64_t sealed_misses;  /* refused because of the seal, in any function */
  uint64_t waits;          /* of a thread for what another one built */
  uint64_t background_builds;
  uint64_t background_failures;
  uint64_t recorded;      /* specs noted for the trace */
  double compile_seconds; /* over all threads, failures included */
  double load_seconds;
} fp4jit_counters;

/* Waits for no build or file: each counter is exact, and they are read one after another. Legal
 * under capture. */
FP4JIT_API fp4jit_status fp4jit_stats(fp4jit_runtime* runtime, fp4jit_counters* counters);

#ifdef __cplusplus
}
#endif

#endif
