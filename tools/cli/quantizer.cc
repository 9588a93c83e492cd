#include "tools/cli/quantizer.h"

#include <charconv>

#include "base/format.h"
#include "device/device_buffer.h"
#include "device/launch.h"
#include "host/quantize.h"
#include "registry/registry.h"
#include "tools/cli/workspace.h"

namespace fp4jit::cli {
namespace {

Quantized make_outputs(const Spec& spec, const Extent& extent) {
  OutputShape shape = output_shape(spec, extent);
  return {std::vector<uint8_t>(static_cast<size_t>(shape.data_bytes())),
          std::vector<uint8_t>(static_cast<size_t>(shape.sf_bytes()))};
}

class HostQuantizer : public Quantizer {
 public:
  Result<Quantized> run(const Spec& spec, const Extent& extent, const std::vector<uint8_t>& input,
                        float global_scale) override {
    Quantized output = make_outputs(spec, extent);
    host::QuantizeCall call{input.data(), &global_scale, output.data.data(), output.sf.data(),
                            extent};
    FP4JIT_RETURN_IF_ERROR(host::quantize(spec, call));
    return output;
  }
};

class CudaQuantizer : public Quantizer {
 public:
  CudaQuantizer(const Device& device, std::shared_ptr<Devices> devices, const Workspace& workspace)
      : device_(device),
        registry_(workspace.artifacts, std::move(devices), process_library_table(), workspace.log) {
  }

  Result<Quantized> run(const Spec& spec, const Extent& extent, const std::vector<uint8_t>& input,
                        float global_scale) override {
    Quantized output = make_outputs(spec, extent);
    if (extent.m == 0) return output;
    Spec own = spec;
    own.target = {};  // the device's
    FP4JIT_ASSIGN_OR_RETURN(const KernelRecord* record, registry_.prepare(own, device_.ordinal));
    FP4JIT_ASSIGN_OR_RETURN(DeviceBuffer in, DeviceBuffer::allocate(device_, input.size()));
    FP4JIT_ASSIGN_OR_RETURN(DeviceBuffer scale,
                            DeviceBuffer::allocate(device_, sizeof global_scale));
    FP4JIT_ASSIGN_OR_RETURN(DeviceBuffer data, DeviceBuffer::allocate(device_, output.data.size()));
    FP4JIT_ASSIGN_OR_RETURN(DeviceBuffer sf, DeviceBuffer::allocate(device_, output.sf.size()));
    FP4JIT_RETURN_IF_ERROR(in.copy_from(input.data(), input.size()));
    FP4JIT_RETURN_IF_ERROR(scale.copy_from(&global_scale, sizeof global_scale));
    LaunchArguments arguments;
    arguments.m = extent.m;
    arguments.buffers = {in.address(), scale.address(), data.address(), sf.address(),
                         in.bytes(),   data.bytes(),    sf.bytes()};
    FP4JIT_RETURN_IF_ERROR(launch(record->kernel, arguments));
    FP4JIT_RETURN_IF_ERROR(data.copy_to(output.data.data(), output.data.size()));
    FP4JIT_RETURN_IF_ERROR(sf.copy_to(output.sf.data(), output.sf.size()));
    return output;
  }

 private:
  const Device& device_;
  Registry registry_;
};

}  // namespace

Result<DeviceName> parse_device(const std::string& text) {
  constexpr std::string_view kCuda = "cuda:";
  if (text == "host") return DeviceName{};
  DeviceName device{false, 0};
  const char* end = text.data() + text.size();
  if (text.starts_with(kCuda)) {
    auto [stop, error] = std::from_chars(text.data() + kCuda.size(), end, device.ordinal);
    if (error == std::errc() && stop == end && device.ordinal >= 0) return device;
  }
  return Status(StatusCode::kInvalidArgument,
                formatted("--device must be host or cuda:N; it is '{}'", text));
}

Result<std::unique_ptr<Quantizer>> open_quantizer(const DeviceName& name) {
  if (name.is_host) return std::unique_ptr<Quantizer>(std::make_unique<HostQuantizer>());
  FP4JIT_ASSIGN_OR_RETURN(Workspace workspace, open_workspace(""));
  std::string driver = workspace.environment.cuda_driver;
  auto devices = std::make_shared<Devices>([driver] { return load_driver(driver); });
  FP4JIT_ASSIGN_OR_RETURN(const Device* device, devices->get(name.ordinal));
  return std::unique_ptr<Quantizer>(std::make_unique<CudaQuantizer>(*device, devices, workspace));
}

}  // namespace fp4jit::cli
