#include "device/kernel.h"

#include "base/format.h"
#include "device/driver_scope.h"
#include "spec/text.h"

namespace fp4jit {
namespace {

// Only where all of these hold is a successor that starts early safe: without the wait in its code
// it would read what its predecessor has not written.
bool launches_dependently(const Device& device, const Spec& spec, const KernelImage& image) {
  return spec.pdl != Pdl::kOff && image.waits_for_predecessor &&
         spec.target.sm >= kFirstSmWithPdl && device.major * 10 + device.minor >= kFirstSmWithPdl;
}

Status check_driver(const Device& device, const KernelImage& image) {
  if (device.driver_version >= image.lowest_driver) return {};
  return {
      StatusCode::kUnsupported,
      formatted("the artifact needs a driver for CUDA {} or later and this one is for {}; update "
                "the driver, or compile with an NVRTC of the driver's version",
                driver_version_text(image.lowest_driver),
                driver_version_text(device.driver_version))};
}

// Makes the driver bring the code to the device now: what is left lazy would load in the first
// launch.
Status make_resident(const Device& device, LoadedKernel* kernel) {
  const DriverApi& api = *device.api;
  PrimaryContext context(device);
  FP4JIT_RETURN_IF_ERROR(driver_status(api, context.result(), "cuCtxPushCurrent"));
  FP4JIT_RETURN_IF_ERROR(driver_status(
      api, api.kernel_get_function(&kernel->function, kernel->handle), "cuKernelGetFunction"));
  CUfunction function = kernel->function;
  if (api.func_load != nullptr) {
    FP4JIT_RETURN_IF_ERROR(driver_status(api, api.func_load(function), "cuFuncLoad"));
  }
  return driver_status(
      api, api.func_get_attribute(&kernel->registers, CU_FUNC_ATTRIBUTE_NUM_REGS, function),
      "cuFuncGetAttribute");
}

Status load_into(LibraryTable& libraries, const KernelImage& image, LoadedKernel* kernel) {
  const Device& device = *kernel->device;
  FP4JIT_RETURN_IF_ERROR(check_target(device, kernel->spec.target));
  FP4JIT_RETURN_IF_ERROR(check_driver(device, image));
  RelaxedCapture relaxed(*device.api);
  FP4JIT_ASSIGN_OR_RETURN(CUlibrary library, libraries.load(*device.api, image.key, *image.bytes));
  FP4JIT_RETURN_IF_ERROR(driver_status(
      *device.api, device.api->library_get_kernel(&kernel->handle, library, image.symbol.c_str()),
      formatted("cuLibraryGetKernel of '{}'", image.symbol)));
  return make_resident(device, kernel);
}

}  // namespace

Result<LoadedKernel> load_kernel(LibraryTable& libraries, const Device& device, const Spec& spec,
                                 const KernelImage& image) {
  LoadedKernel kernel;
  kernel.spec = spec;
  kernel.device = &device;
  kernel.dependent_launch = launches_dependently(device, spec, image);
  Status status = load_into(libraries, image, &kernel);
  if (status.ok()) return kernel;
  return Status(
      status.code(),
      formatted("{} was not loaded on {}, driver {}: {}", spec_text(spec), device_text(device),
                driver_version_text(device.driver_version), status.message()));
}

}  // namespace fp4jit
