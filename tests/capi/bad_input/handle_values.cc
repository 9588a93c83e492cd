// Pointers that are no living runtime, and numbers that are no kernel's handle.
#include <random>

#include "values.h"

namespace bad_input {
namespace {

constexpr const char* kRuntime = "fp4jit_runtime* runtime";
constexpr const char* kKernel = "fp4jit_kernel kernel";

BadValue runtime_at(uintptr_t address, const char* what) {
  auto* runtime = reinterpret_cast<fp4jit_runtime*>(address);
  return {kRuntime,
          "",
          what,
          [=](Call& call) { call.at.runtime = runtime; },
          FP4JIT_E_INVALID_ARGUMENT,
          {fmt::format("runtime {:#x} is not alive", address)}};
}

BadValue handle(fp4jit_kernel kernel, const char* what) {
  return {kKernel,
          "",
          what,
          [=](Call& call) { call.at.kernel = kernel; },
          FP4JIT_E_INVALID_ARGUMENT,
          {fmt::format("kernel {} is not a handle", kernel)}};
}

}  // namespace

BadValues runtime_values(const Call& call) {
  auto living = reinterpret_cast<uintptr_t>(call.world().runtime);
  // release(NULL) does nothing.
  BadValue null = null_value(kRuntime, &Arguments::runtime, "runtime");
  null.except = {"fp4jit_runtime_release"};
  BadValues values = {null};
  for (uintptr_t bytes = 1; bytes < 16; ++bytes) {
    values.push_back(runtime_at(living + bytes, "in the middle of a living one"));
  }
  values.push_back(runtime_at(living + 16 * 1000, "a slot that no runtime had yet"));
  values.push_back(runtime_at(living + (1 << 20), "beyond all slots"));
  values.push_back(runtime_at(1, "1"));
  values.push_back(runtime_at(~uintptr_t{0}, "-1"));
  values.push_back(runtime_at(~uintptr_t{0} << 63, "no address at all"));
  values.push_back(runtime_at(reinterpret_cast<uintptr_t>(&living), "on the stack"));
  values.push_back(runtime_at(reinterpret_cast<uintptr_t>(&call), "another object"));
  values.push_back(runtime_at(reinterpret_cast<uintptr_t>(&fp4jit_find), "a function"));
  values.push_back(runtime_at(reinterpret_cast<uintptr_t>(call.world().ended), "released"));
  return values;
}

BadValues handle_values(const Call& call) {
  BadValues values = {handle(0, "none"), handle(1, "1"), handle(~0u, "-1")};
  for (fp4jit_kernel strange : call.world().strange) {
    values.push_back(handle(strange, "another runtime's"));
  }
  // The few handles that a runtime has given out stand side by side.
  constexpr fp4jit_kernel kFarFromAny = 1000;
  std::mt19937 random(5);
  for (int i = 0; i < 64; ++i) {
    auto kernel = static_cast<fp4jit_kernel>(random());
    if (kernel - call.world().kernel + kFarFromAny > 2 * kFarFromAny) {
      values.push_back(handle(kernel, "random"));
    }
  }
  return values;
}

}  // namespace bad_input
