#include "stubdriver.h"

#include <cuda.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "break.h"
#include "launches.h"

enum { FIRST_CAPTURE_ERROR = 900 };

static struct {
  int devices;
  int sm;
  int version;
  int init;
  char lacks[64];
} settings;
static _Atomic(stubdriver_deed) deed;
static atomic_uint_fast64_t libraries;

static int number(const char* name, int otherwise) {
  const char* text = getenv(name);
  return text ? atoi(text) : otherwise;
}

int stubdriver_break(const char* what) {
  int known = 0;
  stubdriver_deed wanted = stubdriver_deed_of(what, &known);
  if (!known) return -1;
  atomic_store(&deed, wanted);
  return 0;
}

static void read_environment(void) {
  const char* lacks = getenv("STUBDRIVER_LACKS");
  settings.devices = number("STUBDRIVER_DEVICES", 2);
  settings.sm = number("STUBDRIVER_SM", 100);
  settings.version = number("STUBDRIVER_VERSION", 13000);
  settings.init = number("STUBDRIVER_INIT", CUDA_SUCCESS);
  strncpy(settings.lacks, lacks ? lacks : "", sizeof settings.lacks - 1);
}

static CUresult init(unsigned flags) {
  const char* word = getenv("STUBDRIVER_BREAK");
  (void)flags;
  read_environment();
  if (word && stubdriver_break(word) != 0) return CUDA_ERROR_INVALID_VALUE;
  return (CUresult)settings.init;
}

static CUresult version(int* out) {
  *out = settings.version;
  return CUDA_SUCCESS;
}

static CUresult count(int* out) {
  *out = settings.devices;
  return CUDA_SUCCESS;
}

static CUresult device_of(CUdevice* out, int ordinal) {
  *out = ordinal;
  return ordinal < settings.devices ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

static CUresult attribute(int* out, CUdevice_attribute which, CUdevice device) {
  (void)device;
  *out =
      which == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR ? settings.sm / 10 : settings.sm % 10;
  return CUDA_SUCCESS;
}

static CUresult name(char* out, int length, CUdevice device) {
  (void)device;
  strncpy(out, "Stub GPU", (size_t)length);
  return CUDA_SUCCESS;
}

static CUresult error_text(CUresult result, const char** out) {
  (void)result;
  *out = "of the stub driver";
  return CUDA_SUCCESS;
}

/* Every entry that hands out a handle does so by its first argument. */
static CUresult give_handle(void** out) {
  *out = (void*)0x1000;
  return CUDA_SUCCESS;
}

static CUresult load_library(void** out) {
  atomic_fetch_add(&libraries, 1);
  return give_handle(out);
}

uint64_t stubdriver_libraries(void) {
  return atomic_load(&libraries);
}

static CUresult give_zero(int* out) {
  *out = 0;
  return CUDA_SUCCESS;
}

static CUresult accept(void) {
  return CUDA_SUCCESS;
}

static CUresult stub_launch(const CUlaunchConfig* config, CUfunction kernel, void** parameters,
                            void** extra) {
  stubdriver_deed extra_deed = atomic_load_explicit(&deed, memory_order_relaxed);
  (void)parameters, (void)extra;
  stubdriver_record_launch(config, kernel);
  if (extra_deed) extra_deed();
  return CUDA_SUCCESS;
}

static CUresult is_capturing(CUstream stream, CUstreamCaptureStatus* out) {
  int status = stubdriver_capture_status(stream);
  if (status >= FIRST_CAPTURE_ERROR) return (CUresult)status;
  *out = (CUstreamCaptureStatus)status;
  return CUDA_SUCCESS;
}

static const struct {
  const char* symbol;
  void* address;
} entries[] = {
    {"cuInit", init},
    {"cuDriverGetVersion", version},
    {"cuDeviceGetCount", count},
    {"cuDeviceGet", device_of},
    {"cuDeviceGetAttribute", attribute},
    {"cuDeviceGetName", name},
    {"cuDevicePrimaryCtxRetain", give_handle},
    {"cuCtxPopCurrent", give_handle},
    {"cuLibraryLoadData", load_library},
    {"cuLibraryGetKernel", give_handle},
    {"cuKernelGetFunction", give_handle},
    {"cuFuncGetAttribute", give_zero},
    {"cuLaunchKernelEx", stub_launch},
    {"cuStreamIsCapturing", is_capturing},
    {"cuGetErrorName", error_text},
    {"cuGetErrorString", error_text},
};

#undef cuGetProcAddress
STUBDRIVER_API CUresult cuGetProcAddress_v2(const char* symbol, void** address, int wanted,
                                            cuuint64_t flags,
                                            CUdriverProcAddressQueryResult* found) {
  (void)wanted, (void)flags;
  if (strcmp(symbol, "cuInit") == 0) {
    read_environment();
    usleep((useconds_t)number("STUBDRIVER_DELAY", 0) * 1000);
  }
  *address = NULL;
  *found = CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
  if (strcmp(settings.lacks, symbol) == 0) return CUDA_ERROR_NOT_FOUND;
  *address = accept;
  *found = CU_GET_PROC_ADDRESS_SUCCESS;
  for (size_t i = 0; i < sizeof entries / sizeof *entries; ++i) {
    if (strcmp(entries[i].symbol, symbol) == 0) *address = entries[i].address;
  }
  return CUDA_SUCCESS;
}
