#include "tests/ptxsim/values/nvidia_raw.h"

namespace ptxsim::nvidia {
namespace {

template <class Integer, auto kNearest, auto kZero, auto kDown, auto kUp>
F16 by_rounding(Integer value, Rounding rounding) {
  switch (rounding) {
    case Rounding::kZero:
      return bits(kZero(value));
    case Rounding::kDown:
      return bits(kDown(value));
    case Rounding::kUp:
      return bits(kUp(value));
    default:
      return bits(kNearest(value));
  }
}

}  // namespace

template <>
F16 f16_of_integer(int16_t value, Rounding rounding) {
  return by_rounding<int16_t, __short2half_rn, __short2half_rz, __short2half_rd, __short2half_ru>(
      value, rounding);
}
template <>
F16 f16_of_integer(uint16_t value, Rounding rounding) {
  return by_rounding<uint16_t, __ushort2half_rn, __ushort2half_rz, __ushort2half_rd,
                     __ushort2half_ru>(value, rounding);
}
template <>
F16 f16_of_integer(int32_t value, Rounding rounding) {
  return by_rounding<int32_t, __int2half_rn, __int2half_rz, __int2half_rd, __int2half_ru>(value,
                                                                                          rounding);
}
template <>
F16 f16_of_integer(uint32_t value, Rounding rounding) {
  return by_rounding<uint32_t, __uint2half_rn, __uint2half_rz, __uint2half_rd, __uint2half_ru>(
      value, rounding);
}
template <>
F16 f16_of_integer(int64_t value, Rounding rounding) {
  return by_rounding<int64_t, __ll2half_rn, __ll2half_rz, __ll2half_rd, __ll2half_ru>(value,
                                                                                      rounding);
}
template <>
F16 f16_of_integer(uint64_t value, Rounding rounding) {
  return by_rounding<uint64_t, __ull2half_rn, __ull2half_rz, __ull2half_rd, __ull2half_ru>(
      value, rounding);
}

template <>
Bf16 bf16_of_integer(int16_t value) {
  return bits(__short2bfloat16_rn(value));
}
template <>
Bf16 bf16_of_integer(uint16_t value) {
  return bits(__ushort2bfloat16_rn(value));
}
template <>
Bf16 bf16_of_integer(int32_t value) {
  return bits(__int2bfloat16_rn(value));
}
template <>
Bf16 bf16_of_integer(uint32_t value) {
  return bits(__uint2bfloat16_rn(value));
}
template <>
Bf16 bf16_of_integer(int64_t value) {
  return bits(__ll2bfloat16_rn(value));
}
template <>
Bf16 bf16_of_integer(uint64_t value) {
  return bits(__ull2bfloat16_rn(value));
}

template <>
int8_t integer_of(F16 value) {
  return __half2char_rz(raw(value));
}
template <>
uint8_t integer_of(F16 value) {
  return __half2uchar_rz(raw(value));
}
template <>
int16_t integer_of(F16 value) {
  return __half2short_rz(raw(value));
}
template <>
uint16_t integer_of(F16 value) {
  return __half2ushort_rz(raw(value));
}
template <>
int32_t integer_of(F16 value) {
  return __half2int_rz(raw(value));
}
template <>
uint32_t integer_of(F16 value) {
  return __half2uint_rz(raw(value));
}
template <>
int64_t integer_of(F16 value) {
  return __half2ll_rz(raw(value));
}
template <>
uint64_t integer_of(F16 value) {
  return __half2ull_rz(raw(value));
}

template <>
int8_t integer_of(Bf16 value) {
  return __bfloat162char_rz(raw(value));
}
template <>
uint8_t integer_of(Bf16 value) {
  return __bfloat162uchar_rz(raw(value));
}
template <>
int16_t integer_of(Bf16 value) {
  return __bfloat162short_rz(raw(value));
}
template <>
uint16_t integer_of(Bf16 value) {
  return __bfloat162ushort_rz(raw(value));
}
template <>
int32_t integer_of(Bf16 value) {
  return __bfloat162int_rz(raw(value));
}
template <>
uint32_t integer_of(Bf16 value) {
  return __bfloat162uint_rz(raw(value));
}
template <>
int64_t integer_of(Bf16 value) {
  return __bfloat162ll_rz(raw(value));
}
template <>
uint64_t integer_of(Bf16 value) {
  return __bfloat162ull_rz(raw(value));
}

}  // namespace ptxsim::nvidia
