// Random blocks of mixed magnitudes: 10^8 elements for exact over formats, inputs and targets.
#include <bit>

#include "tests/kernels/element_bits.h"
#include "tests/kernels/emulator.h"
#include "tests/kernels/operator_cases.h"

namespace fp4jit {
namespace {

constexpr int64_t kChunk = 1 << 16;

// A block's own: where its exponents begin, how far they spread, how many mantissa bits are zero
// (few bits make ties), and how often an element is zero.
Elements random_elements(Dtype in, int lanes, uint64_t seed) {
  const ElementBits bits = element_bits(in);
  Elements elements(in, kChunk);
  for (int64_t index = 0; index < kChunk; ++index) {
    const uint64_t block = scrambled(seed ^ static_cast<uint64_t>(index / lanes) << 32);
    const uint64_t random = scrambled(seed + static_cast<uint64_t>(index));
    const uint32_t spread = 1 + block % 16;
    const uint32_t first = static_cast<uint32_t>(block >> 8) % (bits.last_exponent() + 1);
    const uint32_t exponent =
        (first + static_cast<uint32_t>(random >> 40) % spread) % (bits.last_exponent() + 1);
    const uint32_t zeros = static_cast<uint32_t>(block >> 24) % (bits.mantissa_bits + 1);
    const uint32_t mantissa = static_cast<uint32_t>(random) & bits.mantissa_mask() & ~0u << zeros;
    const bool is_zero = (block >> 48) % 8 == 0 && (random >> 56) % 4 == 0;
    const uint32_t sign = random >> 63 ? bits.sign() : 0;
    elements.set(index, (is_zero ? 0 : bits.magnitude(exponent, mantissa)) | sign);
  }
  return elements;
}

// Any normal float, and every other time one that goes with the elements.
float random_global_scale(uint64_t seed) {
  const uint64_t random = scrambled(~seed);
  const uint32_t exponent = seed % 2 ? 1 + random % 254 : 127 - 12 + random % 24;
  return std::bit_cast<float>(exponent << 23 | static_cast<uint32_t>(random >> 41));
}

class Random : public OperatorTest {};

TEST_P(Random, EqualsTheHost) {
  constexpr int64_t kOperators = 3 * 3, kExactElements = 100'000'000;
  const int64_t elements = kExactElements / (numerics() == Numerics::kExact ? 1 : 5);
  const int64_t runs = kOperators * static_cast<int64_t>(std::size(kEmulatedSms));
  const int64_t chunks = elements / (runs * kChunk) + 1;
  for (int64_t chunk = 0; chunk < chunks; ++chunk) {
    const uint64_t seed = scrambled(static_cast<uint64_t>(chunk));
    expect_host_bytes(spec(), random_elements(in(), sf_vec_size(spec()), seed),
                      random_global_scale(seed));
    if (HasFatalFailure()) return;
  }
  RecordProperty("elements",
                 std::to_string(chunks * kChunk * static_cast<int64_t>(std::size(kEmulatedSms))));
}

INSTANTIATE_TEST_SUITE_P(Operators, Random,
                         every_operator({Dtype::kF16, Dtype::kBf16, Dtype::kF32}), operator_name);

}  // namespace
}  // namespace fp4jit
