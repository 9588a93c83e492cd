#include "tests/ptxsim/isa/float_rows.h"

namespace ptxsim::isa {

const char* spelled(Rounding rounding) {
  switch (rounding) {
    case Rounding::kZero:
      return ".rz";
    case Rounding::kDown:
      return ".rm";
    case Rounding::kUp:
      return ".rp";
    case Rounding::kNearestAway:
      return ".rna";
    case Rounding::kNearest:
      break;
  }
  return ".rn";
}

const char* spelled_integral(Rounding rounding) {
  switch (rounding) {
    case Rounding::kZero:
      return ".rzi";
    case Rounding::kDown:
      return ".rmi";
    case Rounding::kUp:
      return ".rpi";
    default:
      return ".rni";
  }
}

std::string spelled_clamps(const Mode& mode) {
  std::string text;
  if (mode.ftz) text += ".ftz";
  if (mode.sat) text += ".sat";
  if (mode.relu) text += ".relu";
  if (mode.satfinite) text += ".satfinite";
  return text;
}

void push_as(Rows* rows, const Row& row, std::initializer_list<std::string_view> parts) {
  rows->push_back(row);
  rows->back().mnemonic.clear();
  for (std::string_view part : parts) rows->back().mnemonic += part;
}

void push_rounded(Rows* rows, const Row& row, const std::string& opcode, const Mode& mode,
                  const std::string& type, bool optional) {
  push_as(rows, row, {opcode, spelled(mode.rounding), spelled_clamps(mode), type});
  if (!optional || mode.rounding != Rounding::kNearest) return;
  push_as(rows, row, {opcode, spelled_clamps(mode), type});
}

}  // namespace ptxsim::isa
