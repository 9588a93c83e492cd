// What: where `fp4jit quantize` computes: on the host, or on a GPU through the registry.
// Threads: one caller.
// Errors: kNoDriver where a GPU is asked for and there is none; those of the registry and the
// driver.
#pragma once

#include <memory>
#include <string>

#include "tools/cli/quantize_error.h"

namespace fp4jit::cli {

// A device as it was typed: "host" or "cuda:N".
struct DeviceName {
  bool is_host = true;
  int ordinal = 0;
};

Result<DeviceName> parse_device(const std::string& text);

class Quantizer {
 public:
  virtual ~Quantizer() = default;

  // `input` holds extent.m * extent.k elements. The spec's target is the quantiser's to choose.
  virtual Result<Quantized> run(const Spec& spec, const Extent& extent,
                                const std::vector<uint8_t>& input, float global_scale) = 0;
};

// Looks for the device; compiles nothing yet. The host needs neither store nor environment.
Result<std::unique_ptr<Quantizer>> open_quantizer(const DeviceName& device);

}  // namespace fp4jit::cli
