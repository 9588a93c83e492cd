#include "tests/ptxsim/driver/image.h"

#include <algorithm>
#include <cstring>

#include "tests/ptxsim/ptx/parser.h"

namespace ptxsim {
namespace {

constexpr uint8_t kElf[] = {0x7F, 'E', 'L', 'F'};
constexpr uint8_t kFatbin[] = {0x50, 0xED, 0x55, 0xBA};
constexpr uint8_t kFatbinWrapper[] = {0xB1, 0x43, 0x62, 0x46};

bool begins_with(const char* image, const uint8_t (&magic)[4]) {
  // Byte by byte, since nothing says that the image is as long as that.
  for (size_t i = 0; i < sizeof magic; ++i) {
    if (static_cast<uint8_t>(image[i]) != magic[i]) return false;
  }
  return true;
}

// Past white space and comments, in text that ends with a NUL.
const char* skip_blanks(const char* text) {
  while (true) {
    if (std::strchr(" \t\r\n\v\f", *text) != nullptr && *text != '\0') {
      ++text;
    } else if (text[0] == '/' && text[1] == '/') {
      text += std::strcspn(text, "\n");
    } else if (text[0] == '/' && text[1] == '*') {
      const char* end = std::strstr(text + 2, "*/");
      if (end == nullptr) return text + std::strlen(text);
      text = end + 2;
    } else {
      return text;
    }
  }
}

Error no_binary(const std::string& why) {
  return {CUDA_ERROR_NO_BINARY_FOR_GPU, why};
}

// How the driver's devices read in a message.
std::string device_names(const State& state) {
  std::string names;
  for (const Device& device : state.devices) {
    names += (names.empty() ? "" : ", ") + device.model.name;
  }
  return names;
}

Result<std::shared_ptr<const Image>> read_ptx(State& state, const char* text) {
  auto module = ptx::parse(text);
  if (!module.ok()) return module.error();
  const bool fits = std::ranges::any_of(
      state.devices, [&](const Device& device) { return runs_on(module->target, device.model); });
  if (!fits) {
    return no_binary("PTX for " + module->target + " does not run on " + device_names(state));
  }
  // An instruction that is not known is said now, not at the first launch.
  auto sample = load_module(*module, state.trial, 0);
  if (!sample.ok()) return sample.error();
  if (sample->variables != 0) state.trial.release(sample->variables);
  return std::make_shared<const Image>(Image{*std::move(module), *std::move(sample)});
}

}  // namespace

Result<std::shared_ptr<const Image>> read_image(State& state, const void* image) {
  const char* bytes = static_cast<const char*>(image);
  if (bytes == nullptr) return Error{CUDA_ERROR_INVALID_VALUE, ""};
  if (begins_with(bytes, kElf) || begins_with(bytes, kFatbin) ||
      begins_with(bytes, kFatbinWrapper)) {
    return no_binary(
        "ptxsim executes PTX; set FP4JIT_ARTIFACT=ptx or compile with -arch=compute_…");
  }
  const char* text = skip_blanks(bytes);
  if (*text == '\0') return Error{CUDA_ERROR_INVALID_IMAGE, "the image is empty"};
  if (*text != '.') return Error{CUDA_ERROR_INVALID_IMAGE, "the image is neither PTX nor a binary"};
  return read_ptx(state, bytes);
}

Answer check_target(const Image& image, const DeviceModel& device) {
  if (runs_on(image.module.target, device)) return CUDA_SUCCESS;
  return no_binary("PTX for " + image.module.target + " does not run on " + device.name);
}

}  // namespace ptxsim
