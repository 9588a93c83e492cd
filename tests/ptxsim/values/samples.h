// What: for tests: the f32 numbers where a rounding to a narrower format turns, and others worth
// trying.
// Threads: pure.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace ptxsim {

inline float float_from(uint32_t bits) {
  return std::bit_cast<float>(bits);
}

// `value`, its neighbours, and all of them negated.
inline void add_around(std::vector<float>* samples, float value) {
  const float least = std::nextafter(value, -HUGE_VALF), most = std::nextafter(value, HUGE_VALF);
  for (float one : {least, value, most}) {
    samples->push_back(one);
    samples->push_back(-one);
  }
}

inline std::vector<float> special_floats() {
  std::vector<float> samples;
  for (float one : {0.0f, 1.0f, 0x1p-149f, 0x1p-127f, 0x1p-126f, 0x1p126f, 0x1p127f, 0x1p-14f,
                    65504.0f, 65520.0f, 448.0f, 464.0f, 57344.0f, 61440.0f, 6.0f, 7.0f,
                    std::numeric_limits<float>::max()}) {
    add_around(&samples, one);
  }
  for (uint32_t bits : {0x7F800000u, 0xFF800000u, 0x7FC00000u, 0xFFC00000u, 0x7F800001u,
                        0xFFFFFFFFu, 0x7FFFFFFFu}) {
    samples.push_back(float_from(bits));
  }
  return samples;
}

// Every number of a format, by `value_of` its codes below `codes`, the middles between two that
// follow one another, the neighbours of all these, and the special ones.
template <class ValueOf>
std::vector<float> rounding_boundaries(uint32_t codes, ValueOf value_of) {
  std::vector<float> samples = special_floats();
  for (uint32_t code = 0; code < codes; ++code) {
    const double here = value_of(code), next = value_of(code + 1);
    if (std::isfinite(here)) add_around(&samples, static_cast<float>(here));
    if (std::isfinite(here) && std::isfinite(next)) {
      add_around(&samples, static_cast<float>((here + next) / 2));
    }
  }
  return samples;
}

// Special ones, and of every exponent some.
inline std::vector<float> float_samples(int of_each_exponent) {
  std::mt19937 random(11);
  std::vector<float> samples = special_floats();
  for (uint32_t exponent = 0; exponent < 256; ++exponent) {
    for (int i = 0; i < of_each_exponent; ++i) {
      const uint32_t bits = static_cast<uint32_t>(random());
      samples.push_back(float_from((bits & 0x807FFFFF) | exponent << 23));
    }
  }
  return samples;
}

}  // namespace ptxsim
