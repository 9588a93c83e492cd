/* A libcuda.so that can only be opened: every entry answers "initialise me". The environment says
 * what it plays: FAKE_LIBCUDA_VERSION (default 13000), and FAKE_LIBCUDA_LACKS, one entry that it
 * has not. */
#include <cuda.h>
#include <stdlib.h>
#include <string.h>

static CUresult version(int* out) {
  const char* text = getenv("FAKE_LIBCUDA_VERSION");
  *out = text ? atoi(text) : 13000;
  return CUDA_SUCCESS;
}

static CUresult uninitialised(void) {
  return CUDA_ERROR_NOT_INITIALIZED;
}

#undef cuGetProcAddress
__attribute__((visibility("default"))) CUresult cuGetProcAddress_v2(
    const char* symbol, void** address, int wanted, cuuint64_t flags,
    CUdriverProcAddressQueryResult* found) {
  const char* lacks = getenv("FAKE_LIBCUDA_LACKS");
  (void)wanted, (void)flags;
  if (lacks && strcmp(lacks, symbol) == 0) {
    *address = NULL;
    *found = CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
    return CUDA_ERROR_NOT_FOUND;
  }
  *address = strcmp(symbol, "cuDriverGetVersion") == 0 ? (void*)version : (void*)uninitialised;
  *found = CU_GET_PROC_ADDRESS_SUCCESS;
  return CUDA_SUCCESS;
}
