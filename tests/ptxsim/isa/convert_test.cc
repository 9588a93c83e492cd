// Every row of cvt does what its name says. The oracle reads a number of any type as a long double,
// which holds each exactly, and writes it by the format's code.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/testing/check_rows.h"
#include "tests/ptxsim/testing/machine.h"
#include "tests/ptxsim/testing/spelling.h"

namespace ptxsim {
namespace {

using Values = std::vector<uint64_t>;

bool is_integer(const std::string& type) {
  return format_of(type).bias == 0;
}

long double read(const std::string& type, uint64_t bits) {
  if (!is_integer(type)) return static_cast<long double>(decode(format_of(type), bits));
  if (type[0] == 'u') return static_cast<long double>(bits);
  const uint32_t spare = 64 - bits_of(type);
  return static_cast<long double>(static_cast<int64_t>(bits << spare) >> spare);
}

long double to_whole(long double value, Rounding rounding) {
  switch (rounding) {
    case Rounding::kZero:
      return std::trunc(value);
    case Rounding::kDown:
      return std::floor(value);
    case Rounding::kUp:
      return std::ceil(value);
    default:
      return std::rint(value);
  }
}

uint64_t write_integer(const std::string& type, long double value) {
  const uint32_t bits = bits_of(type);
  const bool is_signed = type[0] == 's';
  const long double least = is_signed ? -std::ldexp(1.0L, static_cast<int>(bits) - 1) : 0;
  const long double most = std::ldexp(1.0L, static_cast<int>(bits) - is_signed) - 1;
  const long double kept = std::clamp(value, least, most);
  return kept < 0 ? static_cast<uint64_t>(static_cast<int64_t>(kept)) : static_cast<uint64_t>(kept);
}

uint64_t write_float(const std::string& type, long double value, const Mode& mode) {
  const FloatFormat format = format_of(type);
  const int spare = type == "tf32" ? 13 : 0;
  if (std::isnan(value)) {
    return mode.sat ? 0 : (format.nan() + 1) * (uint64_t{1} << spare) - 1;
  }
  const bool negative = std::signbit(value);
  if (negative && (mode.relu || mode.sat)) return 0;
  if (mode.sat && value > 1) value = 1;
  if (std::isinf(value)) {
    return encode(format, static_cast<double>(value), mode) << spare;
  }
  int exponent = 0;
  const long double fraction = std::frexp(std::abs(value), &exponent);
  const auto significand = static_cast<uint64_t>(std::ldexp(fraction, 64));
  const uint64_t code = encode(format, {significand, exponent - 64}, negative, mode);
  const bool subnormal = (code & (format.sign() - 1)) < format.smallest_normal();
  const bool flush = mode.ftz && type == "f32" && subnormal;
  return (flush ? code & format.sign() : code) << spare;
}

bool is_subnormal_f32(const std::string& type, uint64_t bits) {
  return type == "f32" && (bits & 0x7FFFFFFF) < 0x00800000;
}

// Nothing where the manual leaves it open.
std::optional<uint64_t> converted(const Spelling& s, const std::string& to, const std::string& from,
                                  uint64_t bits) {
  long double value = read(from, bits);
  if (s.mode.ftz && is_subnormal_f32(from, bits)) value = std::copysign(0.0L, value);
  if (std::isnan(value) && to == "f32" && from == "bf16") return std::nullopt;
  if (is_integer(to) && is_integer(from)) {
    if (s.mode.sat) return write_integer(to, value);
    return bits_of(from) == 64 ? bits : static_cast<uint64_t>(static_cast<int64_t>(value));
  }
  if (!is_integer(to)) {
    return write_float(to, s.integral ? to_whole(value, s.mode.rounding) : value, s.mode);
  }
  if (!std::isnan(value)) return write_integer(to, to_whole(value, s.mode.rounding));
  const bool wide = from == "f64" || bits_of(to) == 64;
  return wide ? uint64_t{1} << (bits_of(to) - 1) : 0;
}

Oracle convert_oracle(const isa::Row& row) {
  const Spelling s = spelling_of(row.mnemonic);
  if (s.types.size() != 2) return {};
  const std::string to = element_of(s.types[0]), from = element_of(s.types[1]);
  return [=](const Values& n) -> std::optional<Expected> {
    if (elements_of(s.types[0]) == 1) {
      const auto result = converted(s, to, from, n[0]);
      if (!result) return std::nullopt;
      return Expected{*result};
    }
    // Of two operands the first is the upper half.
    const bool pair = elements_of(s.types[1]) == 2;
    const uint64_t high = pair ? low_bits(n[0] >> bits_of(from), bits_of(from)) : n[0];
    const uint64_t low = pair ? low_bits(n[0], bits_of(from)) : n[1];
    const auto upper = converted(s, to, from, high), lower = converted(s, to, from, low);
    return Expected{*upper << bits_of(to) | *lower};
  };
}

TEST(Convert, EveryRow) {
  check_rows(isa::convert_rows(), convert_oracle);
}

// A signed result fills a wider register with its sign, others fill it with zeros; of a wider
// source the low bits are read.
TEST(Convert, WiderRegisters) {
  Machine machine;
  ASSERT_EQ(machine.load(R"(
.version 9.0
.target sm_100a
.address_size 64
.entry test(.param .u64 out)
{
.reg .b16 %h<8>;
.reg .b32 %r<8>;
.reg .b64 %d<8>, %out;
ld.param.u64 %out, [out];
mov.u32 %r0, 0x12FF80;
cvt.s8.s32 %h1, %r0;
cvt.s8.s32 %r1, %r0;
cvt.s8.s32 %d1, %r0;
cvt.u8.u32 %r2, %r0;
cvt.s32.s8 %r3, %r0;
cvt.s16.s32 %d2, %r0;
cvt.rn.satfinite.e2m1x2.f32 %r4, 0f40800000, 0fBF800000;
cvt.u32.u16 %r5, %h1;
st.global.b32 [%out], %r1;
st.global.b32 [%out+4], %r2;
st.global.b32 [%out+8], %r3;
st.global.b32 [%out+12], %r4;
st.global.b32 [%out+16], %r5;
st.global.b32 [%out+20], 0;
st.global.b64 [%out+24], %d1;
st.global.b64 [%out+32], %d2;
ret;
}
)"),
            "");
  const uint64_t out = machine.zeros(40);
  machine.launch("test", 1, 1, {out});
  ASSERT_EQ(machine.complete(), CUDA_SUCCESS) << machine.findings();
  EXPECT_EQ(machine.read<uint32_t>(out, 10),
            (std::vector<uint32_t>{0xFFFFFF80, 0x80, 0xFFFFFF80, 0x6A, 0xFF80, 0, 0xFFFFFF80,
                                   0xFFFFFFFF, 0xFFFFFF80, 0xFFFFFFFF}));
}

// What PTX has not is no row: a rounding that says nothing, one that is missing, a wrong clamp.
TEST(Convert, WhatPtxHasNotIsNotFound) {
  for (const char* mnemonic : {"cvt.rn.f32.f16",      "cvt.f16.f32",
                               "cvt.rn.e2m1x2.f32",   "cvt.sat.u16.u8",
                               "cvt.rn.s32.f32",      "cvt.rni.f32.s32",
                               "cvt.rn.ftz.f16.s32",  "cvt.rz.satfinite.e4m3x2.f32",
                               "cvt.rn.ue8m0x2.f32",  "cvt.s32.f32",
                               "cvt.rn.sat.bf16.f32", "cvt.rm.satfinite.f16.f32",
                               "add.ftz.bf16",        "fma.f32",
                               "mul.rz.f16",          "div.f32",
                               "setp.lo.f32",         "max.ftz.bf16",
                               "ex2.approx.bf16",     "tanh.approx.ftz.f32",
                               "add.sat.f32x2",       "fma.rn.ftz.f32.bf16",
                               "min.xorsign.f32",     "rcp.f32"}) {
    EXPECT_TRUE(isa::find_rows(mnemonic).empty()) << mnemonic;
  }
}

}  // namespace
}  // namespace ptxsim
