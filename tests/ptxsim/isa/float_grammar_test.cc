// The floating-point instructions are those of the manual, no more and no fewer: its syntax,
// written out. "[a|b]" is one of them or nothing, "(a|b)" one of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "tests/ptxsim/isa/table.h"

namespace ptxsim {
namespace {

using Names = std::set<std::string>;

void expand(const std::string& syntax, const std::string& before, Names* names) {
  const size_t open = syntax.find_first_of("[(");
  if (open == std::string::npos) {
    names->insert(before + syntax);
    return;
  }
  const size_t close = syntax.find_first_of("])", open);
  const std::string start = before + syntax.substr(0, open), rest = syntax.substr(close + 1);
  if (syntax[open] == '[') expand(rest, start, names);
  size_t from = open + 1;
  while (from <= close) {
    const size_t to = std::min(syntax.find('|', from), close);
    expand(rest, start + syntax.substr(from, to - from), names);
    from = to + 1;
  }
}

Names expanded(const std::vector<std::string>& syntaxes) {
  Names names;
  for (const std::string& syntax : syntaxes) expand(syntax, "", &names);
  return names;
}

Names names_of(const isa::Rows& rows) {
  Names names;
  for (const isa::Row& row : rows) names.insert(row.mnemonic);
  return names;
}

const std::string kComparison = "(.eq|.ne|.lt|.le|.gt|.ge|.equ|.neu|.ltu|.leu|.gtu|.geu|.num|.nan)";

TEST(Grammar, OfF32) {
  EXPECT_THAT(names_of(isa::float32_rows()),
              testing::ContainerEq(expanded({
                  "(add|sub|mul)[.rn|.rz|.rm|.rp][.ftz][.sat].f32",
                  "(add|sub|mul)[.rn|.rz|.rm|.rp][.ftz].f32x2",
                  "(add|sub)[.rn|.rz|.rm|.rp][.sat].f32(.f16|.bf16)",
                  "(fma|mad)(.rn|.rz|.rm|.rp)[.ftz][.sat].f32",
                  "fma(.rn|.rz|.rm|.rp)[.ftz].f32x2",
                  "fma(.rn|.rz|.rm|.rp)[.sat].f32(.f16|.bf16)",
                  "(div|rcp|sqrt)(.rn|.rz|.rm|.rp)[.ftz].f32",
                  "div(.approx|.full)[.ftz].f32",
                  "(rcp|sqrt|rsqrt|sin|cos|lg2|ex2).approx[.ftz].f32",
                  "tanh.approx.f32",
                  "(abs|neg)[.ftz].f32",
                  "(min|max)[.ftz][.NaN][.xorsign.abs].f32",
                  "(min|max)[.ftz][.NaN][.abs].f32",
                  "copysign.f32",
                  "testp(.finite|.infinite|.number|.notanumber|.normal|.subnormal).f32",
                  "setp" + kComparison + "[.and|.or|.xor][.ftz].f32",
                  "set" + kComparison + "[.ftz](.u32|.s32|.f32).f32",
              })));
}

TEST(Grammar, OfHalves) {
  EXPECT_THAT(names_of(isa::half_rows()),
              testing::ContainerEq(expanded({
                  "(add|sub|mul)[.rn][.ftz][.sat](.f16|.f16x2)",
                  "(add|sub|mul)[.rn](.bf16|.bf16x2)",
                  "fma.rn[.ftz][.sat|.relu](.f16|.f16x2)",
                  "fma.rn[.relu](.bf16|.bf16x2)",
                  "(abs|neg)[.ftz](.f16|.f16x2)",
                  "(abs|neg)(.bf16|.bf16x2)",
                  "(min|max)[.ftz][.NaN][.xorsign.abs](.f16|.f16x2)",
                  "(min|max)[.NaN][.xorsign.abs](.bf16|.bf16x2)",
                  "(add|min|max)(.u16x2|.s16x2)",
                  "tanh.approx(.f16|.f16x2|.bf16|.bf16x2)",
                  "ex2.approx(.f16|.f16x2)",
                  "ex2.approx.ftz(.bf16|.bf16x2)",
                  "setp" + kComparison + "[.and|.or|.xor][.ftz](.f16|.f16x2)",
                  "setp" + kComparison + "[.and|.or|.xor](.bf16|.bf16x2)",
                  "set" + kComparison + "[.ftz](.u16|.s16|.u32|.s32|.f16).f16",
                  "set" + kComparison + "(.u16|.s16|.u32|.s32|.bf16).bf16",
                  "set" + kComparison + "[.ftz](.u32|.s32|.f16x2).f16x2",
                  "set" + kComparison + "(.u32|.s32|.bf16x2).bf16x2",
              })));
}

// Between integers .sat stands where a value may not fit: ranges by sign and width.
void add_between_integers(Names* names) {
  for (const char* to_sign : {"u", "s"}) {
    for (int to = 8; to <= 64; to *= 2) {
      for (const char* from_sign : {"u", "s"}) {
        for (int from = 8; from <= 64; from *= 2) {
          const std::string types =
              "." + (to_sign + std::to_string(to)) + "." + (from_sign + std::to_string(from));
          names->insert("cvt" + types);
          const bool to_signed = *to_sign == 's', from_signed = *from_sign == 's';
          const bool fits = to_signed == from_signed ? to >= from : to_signed && to > from;
          if (!fits) names->insert("cvt.sat" + types);
        }
      }
    }
  }
}

const std::string kInteger = "(.u8|.s8|.u16|.s16|.u32|.s32|.u64|.s64)";
const std::string kClamps = "[.relu|.satfinite|.relu.satfinite|.satfinite.relu]";
const std::string kSatfinite = "(.satfinite|.relu.satfinite|.satfinite.relu)";
const std::string kNarrow = "(.e4m3x2|.e5m2x2|.e2m1x2|.e2m3x2|.e3m2x2)";

TEST(Grammar, OfConversions) {
  Names expected = expanded({
      "cvt(.rn|.rz|.rm|.rp)[.sat](.f16|.f64)" + kInteger,
      "cvt(.rn|.rz|.rm|.rp)[.ftz][.sat].f32" + kInteger,
      "cvt(.rn|.rz|.rm|.rp).bf16" + kInteger,
      "cvt(.rni|.rzi|.rmi|.rpi)[.sat]" + kInteger + "(.f16|.f64)",
      "cvt(.rni|.rzi|.rmi|.rpi)[.ftz][.sat]" + kInteger + ".f32",
      "cvt(.rni|.rzi|.rmi|.rpi)" + kInteger + ".bf16",
      "cvt[.rni|.rzi|.rmi|.rpi][.sat].f16.f16",
      "cvt[.rni|.rzi|.rmi|.rpi].bf16.bf16",
      "cvt[.rni|.rzi|.rmi|.rpi][.ftz][.sat].f32.f32",
      "cvt[.rni|.rzi|.rmi|.rpi][.sat].f64.f64",
      "cvt[.sat].f64.f16",
      "cvt.f64.bf16",
      "cvt[.ftz][.sat](.f64.f32|.f32.f16)",
      "cvt[.ftz].f32.bf16",
      "cvt(.rn|.rz|.rm|.rp)[.ftz][.sat](.f16.f32|.f32.f64)",
      "cvt(.rn|.rz|.rm|.rp)[.ftz].bf16.f32",
      "cvt(.rn|.rz|.rm|.rp)[.sat].f16.f64",
      "cvt(.rn|.rz|.rm|.rp)(.bf16.f64|.bf16.f16|.f16.bf16)",
      "cvt(.rn|.rz)" + kClamps + "(.f16|.bf16|.f16x2|.bf16x2|.tf32).f32",
      "cvt.rna[.satfinite].tf32.f32",
      "cvt.rn" + kSatfinite + kNarrow + "(.f32|.f16x2|.bf16x2)",
      "cvt.rn[.relu].f16x2" + kNarrow,
      "cvt.rn" + kClamps + ".bf16x2" + kNarrow,
      "cvt(.rz|.rp)[.satfinite].ue8m0x2(.f32|.bf16x2)",
      "cvt.rn.bf16x2.ue8m0x2",
  });
  add_between_integers(&expected);
  EXPECT_THAT(names_of(isa::convert_rows()), testing::ContainerEq(expected));
}

// Rows of one mnemonic differ in their operands: min of two and of three, setp with "p" and "p|q".
TEST(Grammar, NoRowStandsTwice) {
  for (const isa::Rows& rows : {isa::float32_rows(), isa::half_rows(), isa::convert_rows()}) {
    std::set<std::tuple<std::string, size_t, isa::Role>> seen;
    for (const isa::Row& row : rows) {
      const auto key = std::tuple(row.mnemonic, row.operands.size(), row.operands[0].role);
      EXPECT_TRUE(seen.insert(key).second) << row.mnemonic;
    }
  }
}

}  // namespace
}  // namespace ptxsim
