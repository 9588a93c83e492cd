// What: the values that instructions read and write, as bits. A type says how an operand is to be
// read; nothing here computes.
// Threads: values.
#pragma once

#include <cstdint>

namespace ptxsim {

template <class Tag, class BitsType>
struct Bits {
  using Word = BitsType;
  Word bits;
  friend bool operator==(const Bits&, const Bits&) = default;
};

using F16 = Bits<struct F16Tag, uint16_t>;
using Bf16 = Bits<struct Bf16Tag, uint16_t>;
using F32 = Bits<struct F32Tag, uint32_t>;
using F64 = Bits<struct F64Tag, uint64_t>;
using Tf32 = Bits<struct Tf32Tag, uint32_t>;  // an F32 whose 13 low bits are zero
// Narrow ones, in the low bits; they are only ever packed.
using E2m1 = Bits<struct E2m1Tag, uint8_t>;
using E2m3 = Bits<struct E2m3Tag, uint8_t>;
using E3m2 = Bits<struct E3m2Tag, uint8_t>;
using E4m3 = Bits<struct E4m3Tag, uint8_t>;
using E5m2 = Bits<struct E5m2Tag, uint8_t>;
using Ue8m0 = Bits<struct Ue8m0Tag, uint8_t>;
// Packed: the first element in the low bits.
using F16x2 = Bits<struct F16x2Tag, uint32_t>;
using Bf16x2 = Bits<struct Bf16x2Tag, uint32_t>;
using F32x2 = Bits<struct F32x2Tag, uint64_t>;
using U16x2 = Bits<struct U16x2Tag, uint32_t>;
using S16x2 = Bits<struct S16x2Tag, uint32_t>;
using E2m1x2 = Bits<struct E2m1x2Tag, uint8_t>;
using E2m3x2 = Bits<struct E2m3x2Tag, uint16_t>;
using E3m2x2 = Bits<struct E3m2x2Tag, uint16_t>;
using E4m3x2 = Bits<struct E4m3x2Tag, uint16_t>;
using E5m2x2 = Bits<struct E5m2x2Tag, uint16_t>;
using Ue8m0x2 = Bits<struct Ue8m0x2Tag, uint16_t>;

}  // namespace ptxsim
