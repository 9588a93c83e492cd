// What: the table of instructions: the rows of every family, by mnemonic.
// Threads: a constant after the first call.
#pragma once

#include <string>
#include <vector>

#include "tests/ptxsim/isa/row.h"

namespace ptxsim::isa {

// The families, one file each.
Rows integer_rows();  // add, sub, mul, mad, min, max, rem, div, abs, neg, …
Rows logic_rows();    // and, or, xor, not, shl, shr, shf, prmt, bfe, bfi, lop3, popc, …
Rows select_rows();   // mov, selp, setp of integers, set
Rows float32_rows();  // arithmetic and comparison of f32 and f32x2
Rows half_rows();     // of f16, bf16, f16x2, bf16x2
Rows convert_rows();  // cvt
Rows memory_rows();   // ld, st, cvta, fence, …
Rows atomic_rows();   // atom, red
Rows control_rows();  // bra, ret, exit, bar, griddepcontrol, …
Rows warp_rows();     // shfl, vote, redux, match, elect, activemask

// The rows of a mnemonic, which differ in what their operands are; empty for an unknown one.
// Modifiers that change no result (cache hints of ld and st) are passed over.
std::vector<const Row*> find_rows(const std::string& mnemonic);

// Every row, for tests that each has a test.
const Rows& all_rows();

}  // namespace ptxsim::isa
