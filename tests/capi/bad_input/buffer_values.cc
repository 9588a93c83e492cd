// Buffers of a call that are null, misaligned, too small, in each other's way or beyond all memory.
#include "values.h"

namespace bad_input {
namespace {

constexpr const char* kArgs = "const fp4jit_launch_args* args";

struct Buffer {
  const char* name;
  uintptr_t (*get)(const fp4jit_launch_args& args);
  void (*set)(fp4jit_launch_args& args, uintptr_t address);
  uintptr_t alignment;
  bool is_output;
};

uintptr_t number(const void* pointer) {
  return reinterpret_cast<uintptr_t>(pointer);
}

const Buffer kBuffers[] = {
    {"data", [](const fp4jit_launch_args& args) { return number(args.data); },
     [](fp4jit_launch_args& args, uintptr_t at) { args.data = reinterpret_cast<void*>(at); }, 16,
     true},
    {"sf", [](const fp4jit_launch_args& args) { return number(args.sf); },
     [](fp4jit_launch_args& args, uintptr_t at) { args.sf = reinterpret_cast<void*>(at); }, 16,
     true},
    {"input", [](const fp4jit_launch_args& args) { return number(args.input); },
     [](fp4jit_launch_args& args, uintptr_t at) { args.input = reinterpret_cast<void*>(at); }, 16,
     false},
    {"global_scale", [](const fp4jit_launch_args& args) { return number(args.global_scale); },
     [](fp4jit_launch_args& args, uintptr_t at) {
       args.global_scale = reinterpret_cast<const float*>(at);
     },
     4, false},
};

BadValue at_address(const Buffer& buffer, const std::string& value, uintptr_t address,
                    std::vector<std::string> named) {
  return {kArgs,
          buffer.name,
          value,
          [=](Call& call) { buffer.set(*call.launch.get(), address); },
          FP4JIT_E_INVALID_ARGUMENT,
          std::move(named)};
}

BadValues places(const Buffer& buffer, uintptr_t good) {
  const std::string name = buffer.name;
  BadValues values = {at_address(buffer, "null", 0, {name + " must not be null"})};
  for (uintptr_t offset = 1; offset < buffer.alignment; ++offset) {
    values.push_back(
        at_address(buffer, fmt::format("misaligned by {}", offset), good + offset,
                   {fmt::format("{} must be aligned to {} bytes; it is {:#x}, {} bytes beyond",
                                name, buffer.alignment, good + offset, offset)}));
  }
  const uintptr_t last = ~uintptr_t{0} - buffer.alignment + 1;
  values.push_back(at_address(buffer, "at the end of the address space", last,
                              {fmt::format("{}={:#x}", name, last), "beyond the address space"}));
  return values;
}

// Every byte but the last is shared, or the first alone.
BadValues overlaps(const Buffer& output, const Buffer& other, uintptr_t place, int64_t bytes) {
  const std::vector<std::string> named = {fmt::format("{} [", output.name),
                                          fmt::format("{} [", other.name), " overlaps "};
  return {at_address(output, fmt::format("where {} is", other.name), place / 16 * 16, named),
          at_address(output, fmt::format("into the first bytes of {}", other.name),
                     (place - static_cast<uintptr_t>(bytes) + 1 + 15) / 16 * 16, named)};
}

BadValues sizes(const char* name, const std::string& buffer, int64_t fp4jit_launch_args::*place,
                int64_t needed) {
  BadValues values;
  for (int64_t bytes : {needed - 1, int64_t{1}, int64_t{-1}, kLowest64}) {
    values.push_back({kArgs,
                      name,
                      std::to_string(bytes),
                      [=](Call& call) { (*call.launch.get()).*place = bytes; },
                      FP4JIT_E_INVALID_ARGUMENT,
                      {fmt::format("{} has {} bytes; the call needs {}", buffer, bytes, needed)}});
  }
  return values;
}

}  // namespace

BadValues buffer_values(const Call& call) {
  const fp4jit_launch_args& good = *call.launch.get();
  const fp4jit_output_shape& shape = call.good_shape();
  // The MX formats look at no global_scale.
  const bool has_scale = call.world().text.starts_with("nvfp4");
  BadValues values;
  for (const Buffer& buffer : kBuffers) {
    if (buffer.alignment == 4 && !has_scale) continue;
    append(values, places(buffer, buffer.get(good)));
    for (const Buffer& output : kBuffers) {
      if (!output.is_output || output.name == buffer.name) continue;
      int64_t bytes = output.name == kBuffers[0].name ? shape.data_bytes : shape.sf_bytes;
      append(values, overlaps(output, buffer, buffer.get(good), bytes));
    }
  }
  append(values,
         sizes("input_bytes", "input", &fp4jit_launch_args::input_bytes, shape.input_bytes));
  append(values, sizes("data_bytes", "data", &fp4jit_launch_args::data_bytes, shape.data_bytes));
  append(values, sizes("sf_bytes", "sf", &fp4jit_launch_args::sf_bytes, shape.sf_bytes));
  return values;
}

}  // namespace bad_input
