// What: what the families of floating-point instructions share: the names of types and modifiers,
// and the parts that float32_rows, half_rows and convert_rows are joined from.
// Threads: pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "tests/ptxsim/isa/row.h"
#include "tests/ptxsim/values/mode.h"

namespace ptxsim::isa {

template <class T>
constexpr const char* kTypeName = nullptr;
template <>
inline constexpr const char* kTypeName<uint8_t> = ".u8";
template <>
inline constexpr const char* kTypeName<int8_t> = ".s8";
template <>
inline constexpr const char* kTypeName<uint16_t> = ".u16";
template <>
inline constexpr const char* kTypeName<int16_t> = ".s16";
template <>
inline constexpr const char* kTypeName<uint32_t> = ".u32";
template <>
inline constexpr const char* kTypeName<int32_t> = ".s32";
template <>
inline constexpr const char* kTypeName<uint64_t> = ".u64";
template <>
inline constexpr const char* kTypeName<int64_t> = ".s64";
template <>
inline constexpr const char* kTypeName<F16> = ".f16";
template <>
inline constexpr const char* kTypeName<Bf16> = ".bf16";
template <>
inline constexpr const char* kTypeName<F32> = ".f32";
template <>
inline constexpr const char* kTypeName<F64> = ".f64";
template <>
inline constexpr const char* kTypeName<F16x2> = ".f16x2";
template <>
inline constexpr const char* kTypeName<Bf16x2> = ".bf16x2";
template <>
inline constexpr const char* kTypeName<F32x2> = ".f32x2";
template <>
inline constexpr const char* kTypeName<U16x2> = ".u16x2";
template <>
inline constexpr const char* kTypeName<S16x2> = ".s16x2";
template <>
inline constexpr const char* kTypeName<E2m1x2> = ".e2m1x2";
template <>
inline constexpr const char* kTypeName<E2m3x2> = ".e2m3x2";
template <>
inline constexpr const char* kTypeName<E3m2x2> = ".e3m2x2";
template <>
inline constexpr const char* kTypeName<E4m3x2> = ".e4m3x2";
template <>
inline constexpr const char* kTypeName<E5m2x2> = ".e5m2x2";
template <>
inline constexpr const char* kTypeName<Ue8m0x2> = ".ue8m0x2";

const char* spelled(Rounding rounding);           // ".rn"
const char* spelled_integral(Rounding rounding);  // ".rni"
std::string spelled_clamps(const Mode& mode);  // ".ftz", ".sat", ".relu", ".satfinite" that it has

// Adds a row under the name that the parts make.
void push_as(Rows* rows, const Row& row, std::initializer_list<std::string_view> parts);

// An arithmetic instruction under its name; to nearest is what is meant where no rounding is said,
// if `optional`.
void push_rounded(Rows* rows, const Row& row, const std::string& opcode, const Mode& mode,
                  const std::string& type, bool optional);

void add_float_setp(Rows* rows);            // setp of f32
void add_float_set(Rows* rows);             // set of f32
void add_half_setp(Rows* rows);             // setp of f16, bf16 and pairs of them
void add_half_set(Rows* rows);              // set of them
void add_float_extremes(Rows* rows);        // min, max, abs, neg of f32
void add_half_extremes(Rows* rows);         // of f16, bf16 and pairs, of u16x2 and s16x2
void add_float_approximations(Rows* rows);  // rcp.approx, ex2.approx, div.full, …
void add_half_approximations(Rows* rows);   // ex2.approx, tanh.approx
void add_float_conversions(Rows* rows);     // cvt from one floating-point format to another
void add_integer_conversions(Rows* rows);   // cvt from or to an integer
void add_packed_conversions(Rows* rows);    // cvt to or from a pair

}  // namespace ptxsim::isa
