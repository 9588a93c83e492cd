/* A libcuda.so of one GPU that loads and launches anything and runs nothing. The environment says
 * what it plays: FAKE_LIBCUDA_VERSION (13000), FAKE_LIBCUDA_SM (90), FAKE_LIBCUDA_INIT (0: what
 * cuInit answers), and FAKE_LIBCUDA_LACKS (an entry that it has not). */
#include <cuda.h>
#include <stdlib.h>
#include <string.h>

static int number(const char* name, int otherwise) {
  const char* text = getenv(name);
  return text ? atoi(text) : otherwise;
}

static CUresult init(unsigned flags) {
  (void)flags;
  return (CUresult)number("FAKE_LIBCUDA_INIT", CUDA_SUCCESS);
}

static CUresult version(int* out) {
  *out = number("FAKE_LIBCUDA_VERSION", 13000);
  return CUDA_SUCCESS;
}

static CUresult count(int* out) {
  *out = 1;
  return CUDA_SUCCESS;
}

static CUresult attribute(int* out, CUdevice_attribute which, CUdevice device) {
  int sm = number("FAKE_LIBCUDA_SM", 90);
  (void)device;
  *out = which == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR ? sm / 10 : sm % 10;
  return CUDA_SUCCESS;
}

static CUresult name(char* out, int length, CUdevice device) {
  (void)device;
  strncpy(out, "Fake GPU", (size_t)length);
  return CUDA_SUCCESS;
}

static CUresult error_text(CUresult result, const char** out) {
  (void)result;
  *out = "of the fake libcuda";
  return CUDA_SUCCESS;
}

/* Every entry that hands out a handle does so by its first argument. */
static CUresult give_handle(void** out) {
  *out = (void*)0x1000;
  return CUDA_SUCCESS;
}

static CUresult give_zero(int* out) {
  *out = 0;
  return CUDA_SUCCESS;
}

static CUresult accept(void) {
  return CUDA_SUCCESS;
}

static const struct {
  const char* symbol;
  void* address;
} entries[] = {
    {"cuInit", init},
    {"cuDriverGetVersion", version},
    {"cuDeviceGetCount", count},
    {"cuDeviceGet", give_zero},
    {"cuDeviceGetAttribute", attribute},
    {"cuDeviceGetName", name},
    {"cuDevicePrimaryCtxRetain", give_handle},
    {"cuCtxPopCurrent", give_handle},
    {"cuLibraryLoadData", give_handle},
    {"cuLibraryGetKernel", give_handle},
    {"cuKernelGetFunction", give_handle},
    {"cuFuncGetAttribute", give_zero},
    {"cuGetErrorName", error_text},
    {"cuGetErrorString", error_text},
};

#undef cuGetProcAddress
__attribute__((visibility("default"))) CUresult cuGetProcAddress_v2(
    const char* symbol, void** address, int wanted, cuuint64_t flags,
    CUdriverProcAddressQueryResult* found) {
  const char* lacks = getenv("FAKE_LIBCUDA_LACKS");
  (void)wanted, (void)flags;
  *address = NULL;
  *found = CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
  if (lacks && strcmp(lacks, symbol) == 0) return CUDA_ERROR_NOT_FOUND;
  *address = accept;
  *found = CU_GET_PROC_ADDRESS_SUCCESS;
  for (size_t i = 0; i < sizeof entries / sizeof *entries; ++i) {
    if (strcmp(entries[i].symbol, symbol) == 0) *address = entries[i].address;
  }
  return CUDA_SUCCESS;
}
