// M, K and k_out that a call cannot have, as arguments of their own and in fp4jit_launch_args.
#include "values.h"

namespace bad_input {
namespace {

// The same value in both places.
BadValues both(const char* member, int64_t Arguments::*place,
               int64_t fp4jit_launch_args::*in_launch, int64_t value, fp4jit_status wanted,
               const std::vector<std::string>& named) {
  std::string text = std::to_string(value);
  return {{fmt::format("int64_t {}", member), "", text, [=](Call& call) { call.at.*place = value; },
           wanted, named},
          {"const fp4jit_launch_args* args", member, text,
           [=](Call& call) { (*call.launch.get()).*in_launch = value; }, wanted, named}};
}

// The sizes of so many rows can be computed and their buffers stood apart, but no grid covers them.
constexpr int64_t kTooMany = int64_t{1} << 40;

void ask_for_too_many(Call& call) {
  auto far_away = [](uintptr_t place) { return reinterpret_cast<void*>(place << 52); };
  fp4jit_launch_args& args = *call.launch.get();
  args.m = kTooMany;
  args.input_bytes = args.data_bytes = args.sf_bytes = 0;
  args.input = far_away(1);
  args.data = far_away(2);
  args.sf = far_away(3);
}

BadValues m_values() {
  BadValues values;
  auto add = [&](int64_t m, const std::string& named) {
    append(values, both("m", &Arguments::m, &fp4jit_launch_args::m, m, FP4JIT_E_INVALID_ARGUMENT,
                        {named, std::to_string(m)}));
  };
  for (int64_t m : {int64_t{-1}, kLowest64}) add(m, "m must not be negative");
  for (int64_t m : {int64_t{1} << 60, kHighest64 - 127, kHighest64}) add(m, "m=");
  values.push_back({"const fp4jit_launch_args* args",
                    "m",
                    "beyond every grid",
                    ask_for_too_many,
                    FP4JIT_E_INVALID_ARGUMENT,
                    {fmt::format("m={} is more rows", kTooMany)},
                    {"fp4jit_launch", "fp4jit_launch_spec"}});
  return values;
}

// Of a spec whose K is constant.
BadValues constant_widths(const Call& call) {
  BadValues values;
  for (int64_t width : {int64_t{-1}, int64_t{1}, int64_t{call.block()}, kLowest64, kHighest64}) {
    append(values, both("k", &Arguments::k, &fp4jit_launch_args::k, width,
                        FP4JIT_E_INVALID_ARGUMENT, {fmt::format("k={} differs", width)}));
    append(values, both("k_out", &Arguments::k_out, &fp4jit_launch_args::k_out, width,
                        FP4JIT_E_INVALID_ARGUMENT, {fmt::format("k_out={} differs", width)}));
  }
  return values;
}

BadValues run_time_widths(const Call& call) {
  BadValues values;
  const int64_t block = call.block(), most = kMaxK;
  for (int64_t k : {-block, int64_t{0}, block + 1, most + block, kLowest64, kHighest64}) {
    append(values, both("k", &Arguments::k, &fp4jit_launch_args::k, k, FP4JIT_E_INVALID_SPEC,
                        {"k must be a multiple of", std::to_string(k)}));
  }
  for (int64_t k_out :
       {-block, Call::kWidth - block, Call::kWidth + 1, most + block, kLowest64, kHighest64}) {
    append(values, both("k_out", &Arguments::k_out, &fp4jit_launch_args::k_out, k_out,
                        FP4JIT_E_INVALID_SPEC,
                        {"k_out must be a multiple of", fmt::format("it is {}", k_out)}));
  }
  return values;
}

}  // namespace

BadValues width_values(const Call& call) {
  BadValues values = m_values();
  append(values, call.takes_k() ? run_time_widths(call) : constant_widths(call));
  return values;
}

}  // namespace bad_input
