// What: the machine's own operations, one function each: loads, stores, rounding arithmetic,
// conversions. This file has the only __CUDA_ARCH__ split. Below it, inline PTX says rounding and
// flushing (.ftz) per operation, so that no compiler option can change a bit; the host branch
// computes the same results with C++, correctly rounded reciprocals included, so that every
// template runs on a CPU.
#pragma once

#include "device/types.cuh"

#ifdef __CUDA_ARCH__
#define FP4JIT_DEVICE __device__ __forceinline__
#define FP4JIT_COLD __device__ __noinline__
#else
#include "device/convert_host.cuh"
#endif

namespace fp4jit {

#ifdef __CUDA_ARCH__

FP4JIT_DEVICE u32 bits_of(float value) {
  return __float_as_uint(value);
}
FP4JIT_DEVICE float float_of(u32 bits) {
  return __uint_as_float(bits);
}

// a * b + c with a product of 64 bits: one instruction, as long as the compiler sees no sum to
// rearrange.
FP4JIT_DEVICE u64 mad_wide(u32 a, u32 b, u64 c) {
  u64 r;
  asm("mad.wide.u32 %0, %1, %2, %3;" : "=l"(r) : "r"(a), "r"(b), "l"(c));
  return r;
}

// Loads and stores go through asm volatile: the order against grid_dependency_wait is theirs to
// keep.
FP4JIT_DEVICE void load_16_bytes(const void* from, u32* words) {
  asm volatile("ld.global.v4.b32 {%0, %1, %2, %3}, [%4];"
               : "=r"(words[0]), "=r"(words[1]), "=r"(words[2]), "=r"(words[3])
               : "l"(from));
}
FP4JIT_DEVICE float load_float(const float* from) {
  float value;
  asm volatile("ld.global.f32 %0, [%1];" : "=f"(value) : "l"(from));
  return value;
}
FP4JIT_DEVICE void store_16_bytes(void* to, const u32* words) {
  asm volatile("st.global.v4.b32 [%0], {%1, %2, %3, %4};" ::"l"(to), "r"(words[0]), "r"(words[1]),
               "r"(words[2]), "r"(words[3])
               : "memory");
}
FP4JIT_DEVICE void store_8_bytes(void* to, const u32* words) {
  asm volatile("st.global.v2.b32 [%0], {%1, %2};" ::"l"(to), "r"(words[0]), "r"(words[1])
               : "memory");
}
FP4JIT_DEVICE void store_2_bytes(void* to, u32 value) {
  asm volatile("st.global.b16 [%0], %1;" ::"l"(to), "h"(static_cast<u16>(value)) : "memory");
}
FP4JIT_DEVICE void store_byte(void* to, u32 value) {
  asm volatile("st.global.b8 [%0], %1;" ::"l"(to), "r"(value) : "memory");
}

FP4JIT_DEVICE void grid_dependency_wait() {
  asm volatile("griddepcontrol.wait;" ::: "memory");
}
FP4JIT_DEVICE void grid_launch_dependents() {
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
}

FP4JIT_DEVICE float mul_rn(float a, float b) {
  float r;
  asm("mul.rn.f32 %0, %1, %2;" : "=f"(r) : "f"(a), "f"(b));
  return r;
}
FP4JIT_DEVICE float mul_ftz(float a, float b) {
  float r;
  asm("mul.rn.ftz.f32 %0, %1, %2;" : "=f"(r) : "f"(a), "f"(b));
  return r;
}
FP4JIT_DEVICE float fma_rn(float a, float b, float c) {
  float r;
  asm("fma.rn.f32 %0, %1, %2, %3;" : "=f"(r) : "f"(a), "f"(b), "f"(c));
  return r;
}
FP4JIT_DEVICE float div_rn(float a, float b) {
  float r;
  asm("div.rn.f32 %0, %1, %2;" : "=f"(r) : "f"(a), "f"(b));
  return r;
}
FP4JIT_DEVICE float reciprocal_rn(float a) {
  float r;
  asm("rcp.rn.f32 %0, %1;" : "=f"(r) : "f"(a));
  return r;
}
// Volatile: the compiler takes a reciprocal for cheap and would compute one again to save a
// register.
FP4JIT_DEVICE float reciprocal_approx_ftz(float a) {
  float r;
  asm volatile("rcp.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(a));
  return r;
}
// NaN operands are ignored.
FP4JIT_DEVICE float min_rn(float a, float b) {
  float r;
  asm("min.f32 %0, %1, %2;" : "=f"(r) : "f"(a), "f"(b));
  return r;
}
FP4JIT_DEVICE float max_rn(float a, float b) {
  float r;
  asm("max.f32 %0, %1, %2;" : "=f"(r) : "f"(a), "f"(b));
  return r;
}
// `value`, or 0 where `a` or `b` is zero or flushes to it.
FP4JIT_DEVICE float zero_unless_both_ftz(float value, float a, float b) {
  float r;
  asm volatile(
      "{.reg .pred p; setp.eq.ftz.f32 p, %2, 0f00000000; setp.eq.or.ftz.f32 p, %3, 0f00000000, p; "
      "selp.f32 %0, 0f00000000, %1, p;}"
      : "=f"(r)
      : "f"(value), "f"(a), "f"(b));
  return r;
}
FP4JIT_DEVICE float abs_rn(float a) {
  float r;
  asm("abs.f32 %0, %1;" : "=f"(r) : "f"(a));
  return r;
}

// Two products in one instruction (two on sm_120).
FP4JIT_DEVICE void mul_x2_rn(float* pair, float by) {
  asm("{.reg .b64 p, q; mov.b64 p, {%0, %1}; mov.b64 q, {%2, %2}; mul.rn.f32x2 p, p, q; "
      "mov.b64 {%0, %1}, p;}"
      : "+f"(pair[0]), "+f"(pair[1])
      : "f"(by));
}
// low and high bf16 of `word` times the bf16 in both halves of `by`, exactly rounded to f32.
FP4JIT_DEVICE void mul_bf16x2_to_f32(u32 word, u32 by, float* pair) {
  asm("{.reg .b16 l, h, s, t; mov.b32 {l, h}, %2; mov.b32 {s, t}, %3; "
      "fma.rn.f32.bf16 %0, l, s, %4; fma.rn.f32.bf16 %1, h, s, %4;}"
      : "=f"(pair[0]), "=f"(pair[1])
      : "r"(word), "r"(by), "f"(-0.0f));
}

FP4JIT_DEVICE float f32_from_f16(u32 half_bits) {
  float r;
  asm("cvt.f32.f16 %0, %1;" : "=f"(r) : "h"(static_cast<u16>(half_bits)));
  return r;
}

// max(|a|, |b|) per half, in the low 15 bits of each (the sign bits are anything). NaN: as named.
FP4JIT_DEVICE u32 abs_max_bf16x2(u32 a, u32 b) {
  u32 r;
  asm("max.xorsign.abs.bf16x2 %0, %1, %2;" : "=r"(r) : "r"(a), "r"(b));
  return r;
}
FP4JIT_DEVICE u32 abs_max_nan_bf16x2(u32 a, u32 b) {
  u32 r;
  asm("max.NaN.xorsign.abs.bf16x2 %0, %1, %2;" : "=r"(r) : "r"(a), "r"(b));
  return r;
}
FP4JIT_DEVICE u32 abs_max_f16x2(u32 a, u32 b) {
  u32 r;
  asm("max.xorsign.abs.f16x2 %0, %1, %2;" : "=r"(r) : "r"(a), "r"(b));
  return r;
}
FP4JIT_DEVICE u32 abs_max_nan_f16x2(u32 a, u32 b) {
  u32 r;
  asm("max.NaN.xorsign.abs.f16x2 %0, %1, %2;" : "=r"(r) : "r"(a), "r"(b));
  return r;
}
// As above for targets without abs_max (sm_80): operands have no sign bits. NaN wins.
FP4JIT_DEVICE u32 max_nan_bf16x2(u32 a, u32 b) {
  u32 r;
  asm("max.NaN.bf16x2 %0, %1, %2;" : "=r"(r) : "r"(a), "r"(b));
  return r;
}
FP4JIT_DEVICE u32 max_nan_f16x2(u32 a, u32 b) {
  u32 r;
  asm("max.NaN.f16x2 %0, %1, %2;" : "=r"(r) : "r"(a), "r"(b));
  return r;
}
FP4JIT_DEVICE float max_nan(float a, float b) {
  float r;
  asm("max.NaN.f32 %0, %1, %2;" : "=f"(r) : "f"(a), "f"(b));
  return r;
}

FP4JIT_DEVICE u32 fma_bf16x2(u32 a, u32 b, u32 c) {
  u32 r;
  asm("fma.rn.bf16x2 %0, %1, %2, %3;" : "=r"(r) : "r"(a), "r"(b), "r"(c));
  return r;
}
// On positive finite bf16 pairs the order of the numbers is the order of the bits.
FP4JIT_DEVICE u32 min_bf16x2(u32 a, u32 b) {
  u32 r;
  asm("min.bf16x2 %0, %1, %2;" : "=r"(r) : "r"(a), "r"(b));
  return r;
}
FP4JIT_DEVICE u32 min_u16x2(u32 a, u32 b) {
  u32 r;
  asm("min.u16x2 %0, %1, %2;" : "=r"(r) : "r"(a), "r"(b));
  return r;
}
FP4JIT_DEVICE u32 min_u32(u32 a, u32 b) {
  u32 r;
  asm("min.u32 %0, %1, %2;" : "=r"(r) : "r"(a), "r"(b));
  return r;
}
// The upper 32 of the 64 bits {high, low} shifted left by four.
FP4JIT_DEVICE u32 shift_in_nibble(u32 low, u32 high) {
  u32 r;
  asm("shf.l.wrap.b32 %0, %1, %2, 4;" : "=r"(r) : "r"(low), "r"(high));
  return r;
}
// Byte i of the result is byte (selector >> 4i & 7) of {b, a}.
FP4JIT_DEVICE u32 permute_bytes(u32 a, u32 b, u32 selector) {
  u32 r;
  asm("prmt.b32 %0, %1, %2, %3;" : "=r"(r) : "r"(a), "r"(b), "r"(selector));
  return r;
}

// Eight values times one, each product rounded to f32, as E2M1 codes, the first in the lowest
// nibble. NaN gives 7. One piece of assembly each, since every statement costs compile time:
// products to v0 to v7, then the codes.
#define FP4JIT_PRODUCTS_F32X2(mul)                         \
  "{.reg .b64 m, p; .reg .f32 v<8>; .reg .b8 a, b, c, d; " \
  "mov.b64 m, {%9, %9}; "                                  \
  "mov.b64 p, {%1, %2}; " mul                              \
  " p, p, m; mov.b64 {v0, v1}, p; "                        \
  "mov.b64 p, {%3, %4}; " mul                              \
  " p, p, m; mov.b64 {v2, v3}, p; "                        \
  "mov.b64 p, {%5, %6}; " mul                              \
  " p, p, m; mov.b64 {v4, v5}, p; "                        \
  "mov.b64 p, {%7, %8}; " mul " p, p, m; mov.b64 {v6, v7}, p; "
#define FP4JIT_E2M1X8_OF_PRODUCTS           \
  "cvt.rn.satfinite.e2m1x2.f32 a, v1, v0; " \
  "cvt.rn.satfinite.e2m1x2.f32 b, v3, v2; " \
  "cvt.rn.satfinite.e2m1x2.f32 c, v5, v4; " \
  "cvt.rn.satfinite.e2m1x2.f32 d, v7, v6; mov.b32 %0, {a, b, c, d};}"

FP4JIT_DEVICE u32 e2m1x8_mul_rn(const float* v, float by) {
  u32 r;
  asm(FP4JIT_PRODUCTS_F32X2("mul.rn.f32x2") FP4JIT_E2M1X8_OF_PRODUCTS
      : "=r"(r)
      : "f"(v[0]), "f"(v[1]), "f"(v[2]), "f"(v[3]), "f"(v[4]), "f"(v[5]), "f"(v[6]), "f"(v[7]),
        "f"(by));
  return r;
}
FP4JIT_DEVICE u32 e2m1x8_mul_ftz(const float* v, float by) {
  u32 r;
  asm(FP4JIT_PRODUCTS_F32X2("mul.rn.ftz.f32x2") FP4JIT_E2M1X8_OF_PRODUCTS
      : "=r"(r)
      : "f"(v[0]), "f"(v[1]), "f"(v[2]), "f"(v[3]), "f"(v[4]), "f"(v[5]), "f"(v[6]), "f"(v[7]),
        "f"(by));
  return r;
}
// Four words of two bf16 each, times the bf16 in both halves of `by`.
FP4JIT_DEVICE u32 e2m1x8_mul_bf16(const u32* words, u32 by) {
  u32 r;
  asm("{.reg .b16 l, h, m; .reg .f32 v<8>; .reg .b8 a, b, c, d; mov.b32 {m, _}, %5; "
      "mov.b32 {l, h}, %1; fma.rn.f32.bf16 v0, l, m, %6; fma.rn.f32.bf16 v1, h, m, %6; "
      "mov.b32 {l, h}, %2; fma.rn.f32.bf16 v2, l, m, %6; fma.rn.f32.bf16 v3, h, m, %6; "
      "mov.b32 {l, h}, %3; fma.rn.f32.bf16 v4, l, m, %6; fma.rn.f32.bf16 v5, h, m, %6; "
      "mov.b32 {l, h}, %4; fma.rn.f32.bf16 v6, l, m, %6; fma.rn.f32.bf16 v7, h, m, %6;"
      " " FP4JIT_E2M1X8_OF_PRODUCTS
      : "=r"(r)
      : "r"(words[0]), "r"(words[1]), "r"(words[2]), "r"(words[3]), "r"(by), "f"(-0.0f));
  return r;
}
// Two floats to two E2M1 codes in a byte.
FP4JIT_DEVICE u32 e2m1x2_convert(float low, float high) {
  u32 r;
  asm("{.reg .b8 a; cvt.rn.satfinite.e2m1x2.f32 a, %2, %1; cvt.u32.u8 %0, a;}"
      : "=r"(r)
      : "f"(low), "f"(high));
  return r;
}
// Two floats to two E4M3 bytes, the first in the lower. NaN gives 0x7F.
FP4JIT_DEVICE u32 e4m3x2_convert(float low, float high) {
  u16 r;
  asm("cvt.rn.satfinite.e4m3x2.f32 %0, %1, %2;" : "=h"(r) : "f"(high), "f"(low));
  return r;
}
// Both bytes, exactly.
FP4JIT_DEVICE void f32x2_from_e4m3x2_convert(u32 bytes, float* values) {
  asm("{.reg .b32 p; .reg .b16 l, h; cvt.rn.f16x2.e4m3x2 p, %2; mov.b32 {l, h}, p; cvt.f32.f16 %0, "
      "l; "
      "cvt.f32.f16 %1, h;}"
      : "=f"(values[0]), "=f"(values[1])
      : "h"(static_cast<u16>(bytes)));
}

#endif

}  // namespace fp4jit
