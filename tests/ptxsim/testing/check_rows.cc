#include "tests/ptxsim/testing/check_rows.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/ptxsim/testing/evaluate.h"

namespace ptxsim {
namespace {

using isa::OperandForm;
using isa::Role;

constexpr int kRandomCases = 600;

std::vector<uint32_t> widths_read(const isa::Row& row) {
  std::vector<uint32_t> widths;
  for (const OperandForm& form : row.operands) {
    if (form.role == Role::kRead || form.role == Role::kReadPredicate) widths.push_back(form.bits);
  }
  return widths;
}

// Each operand a boundary or anything; every boundary of each operand at least once.
std::vector<std::vector<uint64_t>> cases_for(const std::vector<uint32_t>& widths) {
  std::mt19937_64 random(7);
  std::vector<std::vector<uint64_t>> cases;
  std::map<uint32_t, std::vector<uint64_t>> edges;
  for (uint32_t bits : widths) edges[bits] = boundaries(bits);
  auto anything = [&](uint32_t bits) {
    const std::vector<uint64_t>& some = edges[bits];
    return random() % 2 == 0 ? low_bits(random(), bits) : some[random() % some.size()];
  };
  auto add = [&](size_t fixed, uint64_t value) {
    std::vector<uint64_t> one;
    for (uint32_t bits : widths) one.push_back(anything(bits));
    if (fixed < one.size()) one[fixed] = value;
    cases.push_back(one);
  };
  for (size_t i = 0; i < widths.size(); ++i) {
    for (uint64_t edge : edges[widths[i]]) add(i, edge);
  }
  for (int i = 0; i < kRandomCases; ++i) add(widths.size(), 0);
  // Equal operands, which comparisons and differences turn on.
  for (int i = 0; i < kRandomCases / 10; ++i) {
    const uint64_t same = anything(widths[0]);
    cases.emplace_back();
    for (uint32_t bits : widths) cases.back().push_back(low_bits(same, bits));
  }
  return cases;
}

std::string text_of(const std::vector<uint64_t>& operands) {
  std::string text;
  char one[24];
  for (uint64_t operand : operands) {
    std::snprintf(one, sizeof one, " 0x%llx", static_cast<unsigned long long>(operand));
    text += one;
  }
  return text;
}

void check_row(const isa::Row& row, size_t form, const Oracle& oracle) {
  const auto cases = cases_for(widths_read(row));
  const Results results = evaluate(row.mnemonic, cases, form);
  ASSERT_EQ(results.first.size(), cases.size()) << row.mnemonic;
  const uint32_t bits = row.operands[0].role == Role::kWritePair ? 1 : row.operands[0].bits;
  const bool is_pair = row.operands[0].role == Role::kWritePair;
  size_t told = 0;
  for (size_t i = 0; i < cases.size(); ++i) {
    const std::optional<Expected> expected = oracle(cases[i]);
    if (!expected) continue;
    ++told;
    ASSERT_EQ(results.first[i], low_bits(expected->first, bits))
        << row.mnemonic << " of" << text_of(cases[i]);
    if (!is_pair) continue;
    ASSERT_EQ(results.second[i], low_bits(expected->second, 1))
        << "second of " << row.mnemonic << " of" << text_of(cases[i]);
  }
  EXPECT_GT(told, cases.size() / 2) << row.mnemonic << ": the oracle says too little";
}

}  // namespace

void check_rows(const isa::Rows& rows, const FindOracle& find) {
  std::map<std::string, size_t> forms;
  for (const isa::Row& row : rows) {
    const size_t form = forms[row.mnemonic]++;
    const Oracle oracle = find(row);
    if (!oracle) {
      ADD_FAILURE() << "no oracle for " << row.mnemonic;
      continue;
    }
    check_row(row, form, oracle);
  }
}

std::vector<uint64_t> boundaries(uint32_t bits) {
  if (bits == 1) return {0, 1};
  std::vector<uint64_t> edges = {0, 3, low_bits(~uint64_t{0}, bits), low_bits(~uint64_t{1}, bits)};
  for (uint32_t i = 0; i < bits; ++i) {
    const uint64_t power = uint64_t{1} << i;
    edges.insert(edges.end(), {power - 1, power, low_bits(power + 1, bits)});
  }
  return edges;
}

std::vector<std::string> parts_of(const std::string& mnemonic) {
  std::vector<std::string> parts;
  size_t begin = 0;
  while (begin <= mnemonic.size()) {
    const size_t end = std::min(mnemonic.find('.', begin), mnemonic.size());
    parts.push_back(mnemonic.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

uint64_t low_bits(uint64_t value, uint32_t bits) {
  return bits >= 64 ? value : value & ((uint64_t{1} << bits) - 1);
}

}  // namespace ptxsim
