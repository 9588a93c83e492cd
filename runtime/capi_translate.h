// What: the structs of fp4jit.h to the library's values and back, with the checks that C callers
// need.
// Threads: pure. The path from a fp4jit_spec to a PackedSpec allocates nothing when it succeeds.
// Errors: kAbiMismatch for struct_size, kInvalidArgument for a null pointer, kInvalidSpec for a
// number that is no enumerator.
#pragma once

#include <cstring>

#include "base/format.h"
#include "fp4jit/fp4jit.h"
#include "registry/prepare_many.h"
#include "runtime_state.h"
#include "spec/arguments.h"

namespace fp4jit {

Status null_argument(const char* name);
Status size_mismatch(const char* name, size_t given, size_t known);

// No version's struct is larger: a struct_size beyond it was never set, and is no reason to look at
// so many bytes.
inline constexpr size_t kLargestStruct = 4096;

// Of a struct whose size is not the `known` one: whether it is a longer one that uses nothing new.
Status check_longer_struct(const void* in, size_t given, size_t known, const char* name);

// Whether `in` is a struct of this version, or a longer one of a newer version that uses nothing
// new.
template <class Struct>
Status check_struct(const Struct* in, const char* name) {
  if (in == nullptr) return null_argument(name);
  if (in->struct_size == sizeof(Struct)) [[likely]]
    return {};
  return check_longer_struct(in, in->struct_size, sizeof(Struct), name);
}

// Makes `out` a struct of zeros but for its size, after a check of that.
template <class Struct>
Status clear_struct(Struct* out, const char* name) {
  if (out == nullptr) return null_argument(name);
  uint32_t size = out->struct_size;
  if (size < sizeof(Struct) || size > kLargestStruct) {
    return size_mismatch(name, size, sizeof(Struct));
  }
  std::memset(out, 0, sizeof(Struct));
  out->struct_size = size;
  return {};
}

// Checks numbers and ranges, so that the result can be packed; whether it is valid is another
// question.
Status read_spec(const fp4jit_spec* in, Spec* spec);

// For a spec whose target says nothing (on the host) or is not known yet: one that takes every
// field.
inline constexpr Target kAnyTarget{90, TargetSuffix::kNone, false};

// A spec that passes require_template. One without a target passes when it would with one.
Status read_supported_spec(const fp4jit_spec* in, Spec* spec);

void write_spec(const Spec& spec, fp4jit_spec* out);

// Whether it can be a device's ordinal; how many there are is the driver's to say.
Status check_device(int32_t device, const std::string& name = "device");

Status read_settings(const fp4jit_config* config, RuntimeSettings* settings);
void request_cancel(fp4jit_cancel* cancel);
Status read_prepare(const fp4jit_prepare_args& args, PrepareRequest* request);
Buffers read_buffers(const fp4jit_launch_args& args);
Status read_seal(fp4jit_seal_mode mode, Seal* seal);
void write_counters(const RuntimeState& state, fp4jit_counters* out);

}  // namespace fp4jit
