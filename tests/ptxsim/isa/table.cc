#include "tests/ptxsim/isa/table.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace ptxsim::isa {
namespace {

// Modifiers of memory instructions that change no result here: cache hints, and orders and scopes,
// since accesses are done one after another as the program has them.
constexpr std::string_view kNoEffect[] = {"weak",
                                          "relaxed",
                                          "acquire",
                                          "release",
                                          "acq_rel",
                                          "volatile",
                                          "nc",
                                          "ca",
                                          "cg",
                                          "cs",
                                          "lu",
                                          "cv",
                                          "wb",
                                          "wt",
                                          "cta",
                                          "cluster",
                                          "gpu",
                                          "sys",
                                          "entry",
                                          "func",
                                          "L1::evict_normal",
                                          "L1::evict_unchanged",
                                          "L1::evict_first",
                                          "L1::evict_last",
                                          "L1::no_allocate",
                                          "L2::evict_first",
                                          "L2::evict_last",
                                          "L2::evict_normal",
                                          "L2::64B",
                                          "L2::128B",
                                          "L2::256B"};

bool has_effect(std::string_view opcode, std::string_view modifier) {
  const bool access = opcode == "ld" || opcode == "st" || opcode == "atom" || opcode == "red";
  return !access || std::ranges::find(kNoEffect, modifier) == std::end(kNoEffect);
}

// "ld.param::entry.u64" is "ld.param.u64".
std::string_view without_kind(std::string_view modifier) {
  return modifier == "param::entry" || modifier == "param::func" ? "param" : modifier;
}

std::string simplified(std::string_view mnemonic) {
  const size_t first = mnemonic.find('.');
  const std::string_view opcode = mnemonic.substr(0, first);
  std::string result(opcode);
  while (mnemonic.find('.') != std::string_view::npos) {
    mnemonic.remove_prefix(mnemonic.find('.') + 1);
    const std::string_view modifier = mnemonic.substr(0, mnemonic.find('.'));
    if (!has_effect(opcode, modifier)) continue;
    result += '.';
    result += without_kind(modifier);
  }
  return result;
}

Rows joined() {
  Rows all;
  for (Rows (*family)() : {integer_rows, logic_rows, select_rows, float32_rows, half_rows,
                           convert_rows, memory_rows, atomic_rows, control_rows, warp_rows}) {
    for (Row& row : family()) all.push_back(std::move(row));
  }
  return all;
}

}  // namespace

const Rows& all_rows() {
  static const Rows rows = joined();
  return rows;
}

std::vector<const Row*> find_rows(const std::string& mnemonic) {
  static const auto index = [] {
    std::unordered_map<std::string, std::vector<const Row*>> made;
    for (const Row& row : all_rows()) made[row.mnemonic].push_back(&row);
    return made;
  }();
  const auto found = index.find(simplified(mnemonic));
  return found == index.end() ? std::vector<const Row*>{} : found->second;
}

}  // namespace ptxsim::isa
