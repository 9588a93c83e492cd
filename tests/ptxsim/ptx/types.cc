#include "tests/ptxsim/ptx/types.h"

#include <utility>

namespace ptxsim::ptx {

std::optional<Type> find_type(std::string_view dot_word) {
  static constexpr std::pair<std::string_view, Type> kTypes[] = {
      {".pred", {1, false}},  {".b8", {8, false}},     {".b16", {16, false}}, {".b32", {32, false}},
      {".b64", {64, false}},  {".b128", {128, false}}, {".u8", {8, false}},   {".u16", {16, false}},
      {".u32", {32, false}},  {".u64", {64, false}},   {".s8", {8, false}},   {".s16", {16, false}},
      {".s32", {32, false}},  {".s64", {64, false}},   {".f16", {16, true}},  {".bf16", {16, true}},
      {".f16x2", {32, true}}, {".bf16x2", {32, true}}, {".f32", {32, true}},  {".f64", {64, true}},
      {".f32x2", {64, true}},
  };
  for (const auto& [word, type] : kTypes) {
    if (word == dot_word) return type;
  }
  return std::nullopt;
}

}  // namespace ptxsim::ptx
