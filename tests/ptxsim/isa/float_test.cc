// Every row of f32 and of the halves does what its name says, by the functions of values/, which
// have tests of their own.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/testing/check_rows.h"
#include "tests/ptxsim/testing/spelling.h"
#include "tests/ptxsim/values/approx.h"

namespace ptxsim {
namespace {

using Values = std::vector<uint64_t>;
using Scalar = std::function<uint64_t(const Values&)>;  // of one element

template <class T>
T operand(const Values& n, size_t index) {
  return T{static_cast<typename T::Word>(n[index])};
}

// sub, fma and the like, by their names; of min and max with two or three operands.
template <class T>
Scalar arithmetic(const Spelling& s) {
  const auto two = [s](T (*function)(T, T, const Mode&)) {
    return [=](const Values& n) -> uint64_t {
      return function(operand<T>(n, 0), operand<T>(n, 1), s.mode).bits;
    };
  };
  if (s.opcode == "add") return two(add<T>);
  if (s.opcode == "sub") return two(sub<T>);
  if (s.opcode == "mul") return two(mul<T>);
  if (s.opcode == "fma" || s.opcode == "mad") {
    return [s](const Values& n) -> uint64_t {
      return fma(operand<T>(n, 0), operand<T>(n, 1), operand<T>(n, 2), s.mode).bits;
    };
  }
  if (s.opcode == "abs" || s.opcode == "neg") {
    return [s](const Values& n) -> uint64_t {
      const T a = operand<T>(n, 0);
      return (s.opcode == "abs" ? abs(a, s.mode.ftz) : neg(a, s.mode.ftz)).bits;
    };
  }
  if (s.opcode == "min" || s.opcode == "max") {
    return [s](const Values& n) -> uint64_t {
      const Extreme which = s.opcode == "min" ? Extreme::kMin : Extreme::kMax;
      const T two = min_or_max(which, operand<T>(n, 0), operand<T>(n, 1), s.extreme);
      return (n.size() == 2 ? two : min_or_max(which, two, operand<T>(n, 2), s.extreme)).bits;
    };
  }
  return {};
}

Scalar inverse(const Spelling& s) {
  if (s.opcode == "copysign") {
    return [](const Values& n) -> uint64_t { return (n[0] & 0x80000000) | (n[1] & 0x7FFFFFFF); };
  }
  return [s](const Values& n) -> uint64_t {
    const F32 a = operand<F32>(n, 0);
    if (s.opcode == "rcp") return rcp(a, s.mode).bits;
    if (s.opcode == "sqrt") return sqrt(a, s.mode).bits;
    return div(a, operand<F32>(n, 1), s.mode).bits;
  };
}

Scalar approximate(const Spelling& s, const std::string& type) {
  const bool ftz = s.mode.ftz;
  if (type == "f16") {
    return [s](const Values& n) -> uint64_t {
      const F16 a = operand<F16>(n, 0);
      return (s.opcode == "ex2" ? ex2_approx(a) : tanh_approx(a)).bits;
    };
  }
  if (type == "bf16") {
    return [s](const Values& n) -> uint64_t {
      const Bf16 a = operand<Bf16>(n, 0);
      return (s.opcode == "ex2" ? ex2_approx_ftz(a) : tanh_approx(a)).bits;
    };
  }
  if (s.opcode == "div") {
    return [=](const Values& n) -> uint64_t {
      const F32 a = operand<F32>(n, 0), b = operand<F32>(n, 1);
      return (s.full ? div_full(a, b, ftz) : div_approx(a, b, ftz)).bits;
    };
  }
  if (s.opcode == "tanh") {
    return [](const Values& n) -> uint64_t { return tanh_approx(operand<F32>(n, 0)).bits; };
  }
  const std::map<std::string, F32 (*)(F32, bool)> functions = {
      {"rcp", rcp_approx}, {"sqrt", sqrt_approx}, {"rsqrt", rsqrt_approx}, {"ex2", ex2_approx},
      {"lg2", lg2_approx}, {"sin", sin_approx},   {"cos", cos_approx}};
  const auto function = functions.at(s.opcode);
  return [=](const Values& n) -> uint64_t { return function(operand<F32>(n, 0), ftz).bits; };
}

// A value's order by the manual, from the host's float; 2: unordered.
int order(const std::string& type, uint64_t a, uint64_t b, bool ftz) {
  const FloatFormat format = format_of(type);
  const auto read = [&](uint64_t bits) {
    const bool subnormal = (bits & (format.sign() - 1)) < format.smallest_normal();
    return decode(format, ftz && subnormal ? bits & format.sign() : bits);
  };
  const double x = read(a), y = read(b);
  return std::isnan(x) || std::isnan(y) ? 2 : x < y ? -1 : x > y;
}

bool compares(const std::string& name, int order) {
  if (name == "num") return order != 2;
  if (name == "nan") return order == 2;
  if (order == 2) return name.size() == 3;  // ltu and its like
  const std::string plain = name.substr(0, 2);
  const std::map<std::string, std::vector<int>> holding = {
      {"eq", {0}}, {"ne", {-1, 1}}, {"lt", {-1}}, {"le", {-1, 0}}, {"gt", {1}}, {"ge", {0, 1}}};
  return std::ranges::count(holding.at(plain), order) != 0;
}

bool joined(const std::string& how, bool a, bool b) {
  if (how == "and") return a && b;
  if (how == "or") return a || b;
  return how == "xor" ? a != b : a;
}

uint64_t half_of(uint64_t packed, int index, uint32_t bits) {
  return low_bits(packed >> static_cast<uint32_t>(index) * bits, bits);
}

Oracle setp_oracle(const Spelling& s) {
  const std::string type = element_of(s.types[0]);
  const bool packed = elements_of(s.types[0]) == 2;
  return [=](const Values& n) {
    const auto one = [&](int index) {
      const uint32_t bits = bits_of(type);
      return compares(s.comparison, order(type, half_of(n[0], index, bits),
                                          half_of(n[1], index, bits), s.mode.ftz));
    };
    const bool c = n.size() == 3 && n[2] != 0;
    const bool first = one(0), second = packed ? one(1) : !first;
    return Expected{joined(s.join, first, c), joined(s.join, second, c)};
  };
}

// 1 of the type, or all ones.
uint64_t true_of(const std::string& type, uint32_t bits) {
  const FloatFormat format = format_of(element_of(type));
  if (format.bias == 0) return low_bits(~uint64_t{0}, bits);
  return static_cast<uint64_t>(format.bias) << format.mantissa_bits;
}

Oracle set_oracle(const Spelling& s) {
  const std::string type = element_of(s.types[1]);
  const int elements = elements_of(s.types[1]);
  const uint32_t bits = bits_of(type);
  const uint32_t result_bits = elements == 2 ? 16 : bits_of(element_of(s.types[0]));
  return [=](const Values& n) {
    uint64_t result = 0;
    for (int i = 0; i < elements; ++i) {
      const int is = order(type, half_of(n[0], i, bits), half_of(n[1], i, bits), s.mode.ftz);
      if (compares(s.comparison, is)) result |= true_of(s.types[0], result_bits) << i * 16;
    }
    return Expected{result};
  };
}

// The same on each element of the operands.
Oracle on_elements(const std::string& type, const Scalar& scalar) {
  const int elements = elements_of(type);
  const uint32_t bits = bits_of(element_of(type));
  return [=](const Values& n) {
    uint64_t result = 0;
    for (int i = 0; i < elements; ++i) {
      Values part;
      for (uint64_t one : n) part.push_back(half_of(one, i, bits));
      result |= low_bits(scalar(part), bits) << static_cast<uint32_t>(i) * bits;
    }
    return Expected{result};
  };
}

Scalar integers(const Spelling& s) {
  const bool is_signed = s.types[0][0] == 's';
  return [=](const Values& n) {
    const auto read = [&](uint64_t bits) {
      return is_signed ? static_cast<int64_t>(static_cast<int16_t>(bits))
                       : static_cast<int64_t>(bits);
    };
    const int64_t a = read(n[0]), b = read(n[1]);
    if (s.opcode == "add") return static_cast<uint64_t>(a + b);
    return static_cast<uint64_t>(s.opcode == "min" ? std::min(a, b) : std::max(a, b));
  };
}

template <class T>
Oracle mixed(const Spelling& s) {
  return [=](const Values& n) {
    Values wide = n;
    for (size_t i = 0; i + 1 < n.size(); ++i) {
      const float value = static_cast<float>(to_double(operand<T>(n, i)));
      wide[i] = std::bit_cast<uint32_t>(value);
    }
    return Expected{arithmetic<F32>(s)(wide)};
  };
}

Oracle testp_oracle(const Spelling& s) {
  return [=](const Values& n) {
    const int kind = std::fpclassify(std::bit_cast<float>(static_cast<uint32_t>(n[0])));
    const std::map<std::string, bool> holds = {{"finite", kind != FP_NAN && kind != FP_INFINITE},
                                               {"infinite", kind == FP_INFINITE},
                                               {"number", kind != FP_NAN},
                                               {"notanumber", kind == FP_NAN},
                                               {"normal", kind == FP_NORMAL || kind == FP_ZERO},
                                               {"subnormal", kind == FP_SUBNORMAL}};
    return Expected{holds.at(s.property)};
  };
}

Oracle float_oracle(const isa::Row& row) {
  const Spelling s = spelling_of(row.mnemonic);
  if (s.opcode == "testp") return testp_oracle(s);
  if (s.opcode == "setp") return setp_oracle(s);
  if (s.opcode == "set") return set_oracle(s);
  if (s.types.size() == 2) return s.types[1] == "f16" ? mixed<F16>(s) : mixed<Bf16>(s);
  const std::string type = element_of(s.types[0]);
  if (format_of(type).bias == 0) return on_elements(s.types[0], integers(s));
  if (s.approximate || s.full) return on_elements(s.types[0], approximate(s, type));
  if (type == "f16") return on_elements(s.types[0], arithmetic<F16>(s));
  if (type == "bf16") return on_elements(s.types[0], arithmetic<Bf16>(s));
  const Scalar scalar = arithmetic<F32>(s);
  return on_elements(s.types[0], scalar ? scalar : inverse(s));
}

TEST(Float32, EveryRow) {
  check_rows(isa::float32_rows(), float_oracle);
}

TEST(Half, EveryRow) {
  check_rows(isa::half_rows(), float_oracle);
}

}  // namespace
}  // namespace ptxsim
