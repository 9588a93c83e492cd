// What: the bad values of every parameter of fp4jit.h, and what is said of each.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "call.h"
#include "functions.h"

namespace bad_input {

// One thing that is wrong with one parameter.
struct BadValue {
  std::string parameter;  // as the header declares it
  std::string member;     // of the struct behind it; "" for the parameter itself
  std::string value;      // for the reader of a failure
  std::function<void(Call&)> spoil;
  fp4jit_status wanted = FP4JIT_E_INVALID_ARGUMENT;
  std::vector<std::string> named = {};   // what the message must have
  std::vector<std::string> only = {};    // the functions that it is bad for; none: all
  std::vector<std::string> except = {};  // the functions that it is good for
  bool asks_driver = false;              // one cannot know it without
  bool after_seal = false;               // a hard seal is refused first
};

using BadValues = std::vector<BadValue>;

inline constexpr fp4jit_status kAnyError = -1;  // as `wanted`
inline constexpr int32_t kLowest = std::numeric_limits<int32_t>::min();
inline constexpr int32_t kHighest = std::numeric_limits<int32_t>::max();
inline constexpr int64_t kLowest64 = std::numeric_limits<int64_t>::min();
inline constexpr int64_t kHighest64 = std::numeric_limits<int64_t>::max();
inline constexpr uint32_t kMaxK = (1u << 23) - 32;  // spec/spec.h

// For the calls of `call`, whose world and spec they depend on.
BadValues runtime_values(const Call& call);
BadValues handle_values(const Call& call);
BadValues spec_values(const Call& call);
BadValues text_values(const Call& call);
BadValues width_values(const Call& call);
BadValues buffer_values(const Call& call);
BadValues prepare_values(const Call& call);
BadValues plain_values(const Call& call);
BadValues all_values(const Call& call);

// The null pointer as the parameter, which the message calls `name`.
template <class Pointer>
BadValue null_value(const char* parameter, Pointer Arguments::*place, const std::string& name) {
  return {parameter,
          "",
          "null",
          [=](Call& call) { call.at.*place = nullptr; },
          FP4JIT_E_INVALID_ARGUMENT,
          {name + " must not be null"}};
}

// Sizes that the struct cannot have; `name` is what the message calls it.
template <class T>
BadValues size_values(const std::string& parameter, Guarded<T> Call::*place,
                      const std::string& name) {
  constexpr auto kSize = static_cast<uint32_t>(sizeof(T));
  BadValues values;
  for (uint32_t size : {0u, 4u, kSize - 1, uint32_t{1} << 20, uint32_t{kHighest}, ~0u}) {
    values.push_back({parameter,
                      "struct_size",
                      std::to_string(size),
                      [=](Call& call) { (call.*place)->struct_size = size; },
                      FP4JIT_E_ABI_MISMATCH,
                      {fmt::format("{}.struct_size is {};", name, size)}});
  }
  return values;
}

// For a struct that is read: a longer one whose further bytes say something.
template <class T>
BadValues longer_values(const std::string& parameter, Guarded<T> Call::*place,
                        const std::string& name) {
  BadValues values;
  for (size_t more = 1; more <= Guarded<T>::kTail; ++more) {
    auto size = static_cast<uint32_t>(sizeof(T) + more);
    auto spoil = [=](Call& call) {
      (call.*place)->struct_size = size;
      (call.*place).tail()[more - 1] = 1;
    };
    values.push_back({parameter,
                      "struct_size",
                      fmt::format("{} with a 1 at its end", size),
                      spoil,
                      FP4JIT_E_ABI_MISMATCH,
                      {fmt::format("{}.struct_size is {};", name, size)}});
  }
  return values;
}

inline void append(BadValues& values, BadValues more) {
  values.insert(values.end(), more.begin(), more.end());
}

}  // namespace bad_input
