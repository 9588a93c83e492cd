#include "call.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace bad_input {
namespace {

constexpr int kUnwritten = 0x5A;

fp4jit_spec spec_of(const std::string& text) {
  fp4jit_spec spec = {};
  spec.struct_size = sizeof spec;
  EXPECT_EQ(fp4jit_spec_from_text(text.c_str(), &spec), FP4JIT_OK) << fp4jit_last_error();
  return spec;
}

fp4jit_output_shape shape_of(const fp4jit_spec& spec) {
  fp4jit_output_shape shape = {};
  shape.struct_size = sizeof shape;
  int64_t k = spec.k == 0 ? Call::kWidth : 0;
  EXPECT_EQ(fp4jit_infer_outputs(&spec, Call::kRows, k, 0, &shape), FP4JIT_OK)
      << fp4jit_last_error();
  return shape;
}

bool all_are(const char* bytes, size_t count, int value) {
  return std::all_of(bytes, bytes + count, [&](char byte) { return byte == value; });
}

template <class T>
void make_result(const Guarded<T>& result) {
  std::memset(result.get(), kUnwritten, sizeof(T) + Guarded<T>::kTail);
  result->struct_size = sizeof(T);
}

// The size is the caller's, and zeros or nothing is what was written.
template <class T>
bool is_untouched(const Guarded<T>& result) {
  const char* members = reinterpret_cast<const char*>(result.get()) + sizeof(uint32_t);
  size_t bytes = sizeof(T) - sizeof(uint32_t);
  return all_are(members, bytes, 0) || all_are(members, bytes, kUnwritten);
}

}  // namespace

Call::Call(const World& world)
    : world_(world),
      good_spec_(spec_of(world.text)),
      shape_(shape_of(good_spec_)),
      text_bytes_(world.text.size() + 1),
      buffer_(text_bytes_),
      input_(static_cast<size_t>(shape_.input_bytes)),
      data_(static_cast<size_t>(shape_.data_bytes)),
      sf_(static_cast<size_t>(shape_.sf_bytes)),
      scale_(sizeof(float)) {
  reset();
}

void Call::reset() {
  spec.reset();
  *spec.get() = good_spec_;
  config.reset();
  config->driver_path = config->nvrtc_path = "/nowhere/library.so";
  config->cache_dir = "/nowhere/store";
  make_result(parsed);
  make_result(shape);
  make_result(counters);
  buffer_.fill(kUnwritten);
  text = world_.text;
  size = text_bytes_;
  found = kNoKernel;
  made = world_.runtime;
  reset_launch();
  reset_prepare();
  at = {FP4JIT_OK,
        text.c_str(),
        spec.get(),
        parsed.get(),
        buffer_.flush(),
        &size,
        kRows,
        takes_k() ? kWidth : 0,
        0,
        shape.get(),
        config.get(),
        &made,
        world_.runtime,
        0,
        &found,
        world_.kernel,
        &cancel,
        prepare.get(),
        FP4JIT_SEAL_OFF,
        launch.get(),
        counters.get()};
}

void Call::reset_launch() {
  data_.fill(kUnwritten);
  sf_.fill(kUnwritten);
  launch.reset();
  launch->m = kRows;
  launch->k = takes_k() ? kWidth : 0;
  launch->input = input_.data();
  launch->global_scale = reinterpret_cast<const float*>(scale_.data());
  launch->data = data_.data();
  launch->sf = sf_.data();
  launch->input_bytes = shape_.input_bytes;
  launch->data_bytes = shape_.data_bytes;
  launch->sf_bytes = shape_.sf_bytes;
}

void Call::reset_prepare() {
  device = 0;
  prepare.reset();
  prepare->jobs = 1;
  prepare->specs = spec.get();
  prepare->spec_count = 1;
  prepare->devices = &device;
  prepare->device_count = 1;
}

std::string Call::damage() const {
  std::string names;
  auto check = [&](bool ok, const char* name) { names += ok ? "" : std::string(name) + " "; };
  check(is_untouched(parsed), "parsed");
  check(is_untouched(shape), "shape");
  check(is_untouched(counters), "counters");
  check(found == 0 || found == kNoKernel, "kernel");
  check(made == nullptr || made == world_.runtime, "runtime");
  check(all_are(buffer_.flush(), buffer_.size(), kUnwritten), "buffer");
  check(all_are(data_.data(), data_.size(), kUnwritten), "data");
  check(all_are(sf_.data(), sf_.size(), kUnwritten), "sf");
  return names;
}

}  // namespace bad_input
