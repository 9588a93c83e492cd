// What: the arguments of all functions of fp4jit.h at once, all of them good until a test spoils
// some; and what a call that is refused must leave as it was.
#pragma once

#include <fp4jit/fp4jit.h>

#include <array>
#include <string>
#include <vector>

#include "guarded.h"

namespace bad_input {

// What calls are made upon: runtimes in some state, and one spec.
struct World {
  fp4jit_runtime* runtime = nullptr;
  fp4jit_runtime* ended = nullptr;
  std::string text;                    // of the spec
  fp4jit_kernel kernel = 0;            // 0: not loaded here
  std::vector<fp4jit_kernel> strange;  // of other runtimes, living and ended
  bool sealed = false;                 // hard
};

// One member per parameter of the header.
struct Arguments {
  fp4jit_status status = 0;
  const char* text = nullptr;
  const fp4jit_spec* spec = nullptr;
  fp4jit_spec* parsed = nullptr;
  char* buffer = nullptr;
  size_t* size = nullptr;
  int64_t m = 0, k = 0, k_out = 0;
  fp4jit_output_shape* shape = nullptr;
  const fp4jit_config* config = nullptr;
  fp4jit_runtime** made = nullptr;
  fp4jit_runtime* runtime = nullptr;
  int32_t device = 0;
  fp4jit_kernel* found = nullptr;
  fp4jit_kernel kernel = 0;
  fp4jit_cancel* cancel = nullptr;
  const fp4jit_prepare_args* prepare = nullptr;
  fp4jit_seal_mode mode = FP4JIT_SEAL_OFF;
  const fp4jit_launch_args* launch = nullptr;
  fp4jit_counters* counters = nullptr;
};

class Call {
 public:
  static constexpr int64_t kRows = 8;
  static constexpr int64_t kWidth = 64;
  static constexpr fp4jit_kernel kNoKernel = 0xDEADBEEF;

  explicit Call(const World& world);

  void reset();

  const World& world() const { return world_; }
  // Whether K is given with each call.
  bool takes_k() const { return good_spec_.k == 0; }
  int32_t block() const { return shape_.sf_vec_size; }  // values per scale factor
  size_t text_bytes() const { return text_bytes_; }
  const fp4jit_output_shape& good_shape() const { return shape_; }

  // What a refused call must not have written: bytes of results that are neither as they were nor
  // zero, by name; "" if all is well.
  std::string damage() const;

  Arguments at;

  // What the pointers in `at` point to.
  Guarded<fp4jit_spec> spec, parsed;
  Guarded<fp4jit_output_shape> shape;
  Guarded<fp4jit_config> config;
  Guarded<fp4jit_prepare_args> prepare;
  Guarded<fp4jit_launch_args> launch;
  Guarded<fp4jit_counters> counters;
  fp4jit_runtime* made = nullptr;
  fp4jit_kernel found = kNoKernel;
  size_t size = 0;
  int32_t device = 0;  // of prepare
  std::string text;
  alignas(fp4jit_spec) std::array<char, 3 * sizeof(fp4jit_spec)> pair = {};  // for two of them
  fp4jit_cancel cancel = {};

 private:
  void reset_launch();
  void reset_prepare();

  const World& world_;
  const fp4jit_spec good_spec_;
  const fp4jit_output_shape shape_;
  const size_t text_bytes_;
  const GuardedBytes buffer_, input_, data_, sf_, scale_;
};

}  // namespace bad_input
