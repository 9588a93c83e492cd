#include "tests/ptxsim/testing/spelling.h"

#include <algorithm>
#include <map>

#include "tests/ptxsim/testing/check_rows.h"

namespace ptxsim {
namespace {

const std::map<std::string, Rounding> kRoundings = {
    {"rn", Rounding::kNearest}, {"rz", Rounding::kZero},     {"rm", Rounding::kDown},
    {"rp", Rounding::kUp},      {"rni", Rounding::kNearest}, {"rzi", Rounding::kZero},
    {"rmi", Rounding::kDown},   {"rpi", Rounding::kUp},      {"rna", Rounding::kNearestAway}};

bool take_flag(Spelling* spelling, const std::string& part) {
  const std::map<std::string, bool*> flags = {{"sat", &spelling->mode.sat},
                                              {"relu", &spelling->mode.relu},
                                              {"satfinite", &spelling->mode.satfinite},
                                              {"NaN", &spelling->extreme.nan},
                                              {"abs", &spelling->extreme.abs},
                                              {"xorsign", &spelling->extreme.xorsign},
                                              {"approx", &spelling->approximate},
                                              {"full", &spelling->full}};
  if (!flags.contains(part)) return false;
  return *flags.at(part) = true;
}

void take(Spelling* spelling, const std::string& part) {
  if (take_flag(spelling, part)) return;
  if (part == "ftz") {
    spelling->mode.ftz = spelling->extreme.ftz = true;
  } else if (kRoundings.contains(part)) {
    spelling->mode.rounding = kRoundings.at(part);
    spelling->integral = part.size() == 3 && part != "rna";
  } else if (part == "and" || part == "or" || part == "xor") {
    spelling->join = part;
  } else {
    spelling->types.push_back(part);
  }
}

}  // namespace

Spelling spelling_of(const std::string& mnemonic) {
  std::vector<std::string> parts = parts_of(mnemonic);
  Spelling spelling;
  spelling.opcode = parts[0];
  parts.erase(parts.begin());
  std::string* first = spelling.opcode == "testp" ? &spelling.property : &spelling.comparison;
  if (spelling.opcode == "testp" || spelling.opcode == "setp" || spelling.opcode == "set") {
    *first = parts[0];
    parts.erase(parts.begin());
  }
  for (const std::string& part : parts) take(&spelling, part);
  return spelling;
}

int elements_of(const std::string& type) {
  return type.ends_with("x2") ? 2 : 1;
}

std::string element_of(const std::string& type) {
  return type.ends_with("x2") ? type.substr(0, type.size() - 2) : type;
}

uint32_t bits_of(const std::string& element) {
  const FloatFormat format = format_of(element);
  if (format.bias == 0) return static_cast<uint32_t>(std::stoi(element.substr(1)));
  if (element == "tf32") return 32;
  if (element == "e2m1") return 4;
  if (element == "ue8m0") return 8;  // no sign
  return std::max(8u, static_cast<uint32_t>(std::bit_width(format.sign())));
}

FloatFormat format_of(const std::string& element) {
  if (element == "f32") return kFormatOf<F32>;
  if (element == "f64") return kFormatOf<F64>;
  if (element == "f16") return kFormatOf<F16>;
  if (element == "bf16") return kFormatOf<Bf16>;
  if (element == "tf32") return {8, 10, 127, Specials::kInfinity};
  if (element == "e2m1") return kFormatOf<E2m1>;
  if (element == "e2m3") return kFormatOf<E2m3>;
  if (element == "e3m2") return kFormatOf<E3m2>;
  if (element == "e4m3") return kFormatOf<E4m3>;
  if (element == "e5m2") return kFormatOf<E5m2>;
  if (element == "ue8m0") return kFormatOf<Ue8m0>;
  return {0, 0, 0, Specials::kNone};
}

}  // namespace ptxsim
