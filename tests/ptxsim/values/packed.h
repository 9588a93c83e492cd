// What: two values in one: what its halves are, and how an operation on one is done on both.
// Threads: pure.
#pragma once

#include <type_traits>

#include "tests/ptxsim/values/types.h"

namespace ptxsim {

template <class Element, int kBits>
struct Pair {
  using ElementType = Element;
  static constexpr int kElementBits = kBits;
};

template <class Packed>
struct PairOf;
template <>
struct PairOf<F16x2> : Pair<F16, 16> {};
template <>
struct PairOf<Bf16x2> : Pair<Bf16, 16> {};
template <>
struct PairOf<F32x2> : Pair<F32, 32> {};
template <>
struct PairOf<U16x2> : Pair<uint16_t, 16> {};
template <>
struct PairOf<S16x2> : Pair<int16_t, 16> {};
template <>
struct PairOf<E2m1x2> : Pair<E2m1, 4> {};
template <>
struct PairOf<E2m3x2> : Pair<E2m3, 8> {};
template <>
struct PairOf<E3m2x2> : Pair<E3m2, 8> {};
template <>
struct PairOf<E4m3x2> : Pair<E4m3, 8> {};
template <>
struct PairOf<E5m2x2> : Pair<E5m2, 8> {};
template <>
struct PairOf<Ue8m0x2> : Pair<Ue8m0, 8> {};

template <class Packed>
using ElementOf = typename PairOf<Packed>::ElementType;

// `index` 0 is in the low bits.
template <class Packed>
ElementOf<Packed> element(Packed packed, int index) {
  constexpr int kBits = PairOf<Packed>::kElementBits;
  const uint64_t bits = uint64_t{packed.bits} >> index * kBits & ((uint64_t{1} << kBits) - 1);
  if constexpr (std::is_integral_v<ElementOf<Packed>>) {
    return static_cast<ElementOf<Packed>>(bits);
  } else {
    return {static_cast<typename ElementOf<Packed>::Word>(bits)};
  }
}

template <class Packed>
Packed pack(ElementOf<Packed> high, ElementOf<Packed> low) {
  constexpr int kBits = PairOf<Packed>::kElementBits;
  using Word = typename Packed::Word;
  if constexpr (std::is_integral_v<ElementOf<Packed>>) {
    return {
        static_cast<Word>(Word{static_cast<uint16_t>(high)} << kBits | static_cast<uint16_t>(low))};
  } else {
    return {static_cast<Word>(static_cast<Word>(high.bits) << kBits | low.bits)};
  }
}

template <class Packed, class Operation, class... Others>
Packed each_half(Operation operation, Packed first, Others... others) {
  return pack<Packed>(operation(element(first, 1), element(others, 1)...),
                      operation(element(first, 0), element(others, 0)...));
}

}  // namespace ptxsim
