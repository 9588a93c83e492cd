// What: the spec's space, for tests that must hold over all of it.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>

#include "spec/spec.h"
#include "spec/text.h"

namespace fp4jit {

inline Spec spec_of(std::string_view text) {
  Result<Spec> spec = parse_spec(text);
  EXPECT_TRUE(spec.ok()) << spec.status().message();
  return spec.ok() ? *spec : Spec{};
}

// Calls visit for every enumerator.
template <class Enum, class Visit>
void for_each_enumerator(Visit visit) {
  for (const auto& row : kEnumTable<Enum>) visit(row.value);
}

// Calls visit(spec) for each scale, numerics and ue8m0 that `spec` has a template with.
template <class Visit>
void for_each_recipe_of(Spec spec, Visit visit) {
  for_each_enumerator<Scale>([&](Scale scale) {
    for_each_enumerator<Numerics>([&](Numerics numerics) {
      for_each_enumerator<Ue8m0>([&](Ue8m0 ue8m0) {
        spec.scale = scale;
        spec.numerics = numerics;
        spec.ue8m0 = ue8m0;
        if (require_template(spec).ok()) visit(spec);
      });
    });
  });
}

// Takes one enumerator out of a number whose digits are the fields.
template <class Enum>
Enum take_digit(size_t* number) {
  constexpr size_t kSize = std::size(kEnumTable<Enum>);
  const Enum value = static_cast<Enum>(*number % kSize);
  *number /= kSize;
  return value;
}

// Every combination of the fields that say what is computed, valid or not; k, target and pdl are
// left to the visitor.
template <class Visit>
void for_each_meaning(Visit visit) {
  for (size_t number = 0;; ++number) {
    size_t rest = number;
    Spec spec;
    spec.op = take_digit<Op>(&rest);
    spec.format = take_digit<Format>(&rest);
    spec.in = take_digit<Dtype>(&rest);
    spec.sf_layout = take_digit<SfLayout>(&rest);
    spec.scale = take_digit<Scale>(&rest);
    spec.numerics = take_digit<Numerics>(&rest);
    spec.ue8m0 = take_digit<Ue8m0>(&rest);
    spec.grouping = take_digit<Grouping>(&rest);
    if (rest != 0) return;
    visit(spec);
  }
}

// Every meaning, with K, padding, pdl and target taken in turn so that each meets each of them
// often.
template <class Visit>
void for_each_spec(Visit visit) {
  struct Width {
    uint32_t k, k_out;
  };
  constexpr Width kWidths[] = {{4096, 4096}, {32, 64},     {0, 0},        {kMaxK, kMaxK},
                               {96, 4096},   {232, 232},   {48, 48},      {4096, 32},
                               {0, 32},      {2880, 3072}, {464, 464 + 8}};
  size_t turn = 0;
  for_each_meaning([&](Spec spec) {
    for (const Width& width : kWidths) {
      spec.k = width.k;
      spec.k_out = width.k_out;
      const Target target = all_targets()[turn % all_targets().size()];
      spec.target = turn % 3 == 0 ? ptx_target(target) : target;
      spec.pdl = static_cast<Pdl>(turn / 7 % std::size(kEnumTable<Pdl>));
      ++turn;
      visit(spec);
    }
  });
}

template <class Visit>
void for_each_valid_spec(Visit visit) {
  for_each_spec([&](const Spec& spec) {
    if (validate_spec(spec).ok()) visit(spec);
  });
}

}  // namespace fp4jit
