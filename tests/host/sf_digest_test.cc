// Whole scale buffers against published hashes: SF(m, k) = 1 + (31m + 7k) mod 255, padding 0.
#include <gtest/gtest.h>
#ifdef FP4JIT_HAVE_LIBCRYPTO
#include <openssl/sha.h>
#endif

#include <vector>

#include "base/format.h"
#include "base/round.h"
#include "spec/sf_row.h"

namespace fp4jit {
namespace {

struct Digest {
  SfLayout layout;
  int64_t m, n, bytes;
  std::string_view sha256;  // its first half
};

constexpr Digest kDigests[] = {
    {SfLayout::k128x4, 1, 1, 512, "d839a3521723b8a55d09d8eed9848940"},
    {SfLayout::k128x4, 128, 4, 512, "3f4d2c49ded693f0e0cb25509676cf6a"},
    {SfLayout::k128x4, 130, 5, 2048, "1bd8e9200470ed6c29c129f0a6aef24e"},
    {SfLayout::k128x4, 200, 16, 4096, "5bb134a2d632e1ab33b2a62e609be5b9"},
    {SfLayout::k8x4, 1, 1, 32, "01d0fabd251fcbbe2b93b4b927b26ad2"},
    {SfLayout::k8x4, 13, 5, 128, "c449238707345cc1a974adf0d728d65e"},
    {SfLayout::k8x4, 200, 16, 3200, "8f36af3ca1b0ee89d5b81555161f9a93"},
};

std::vector<uint8_t> scale_buffer(const Digest& digest) {
  const SfLayoutRow& layout = enum_row(digest.layout);
  const int64_t columns = round_up<int64_t>(digest.n, layout.column_multiple);
  const int64_t rows = round_up<int64_t>(digest.m, layout.row_multiple);
  std::vector<uint8_t> buffer(static_cast<size_t>(rows * columns));
  for (int64_t m = 0; m < digest.m; ++m) {
    const SfRow row = sf_row(digest.layout, columns, m);
    for (int64_t k = 0; k < digest.n; ++k) {
      buffer.at(static_cast<size_t>(row.offset(k))) =
          static_cast<uint8_t>(1 + (31 * m + 7 * k) % 255);
    }
  }
  return buffer;
}

// The first half of the hash, or nothing without a library that makes it.
std::string sha256_half([[maybe_unused]] const std::vector<uint8_t>& buffer) {
  std::string text;
#ifdef FP4JIT_HAVE_LIBCRYPTO
  uint8_t hash[SHA256_DIGEST_LENGTH];
  SHA256(buffer.data(), buffer.size(), hash);
  for (size_t i = 0; i < sizeof hash / 2; ++i) text += formatted("{:02x}", hash[i]);
#endif
  return text;
}

TEST(ScaleBuffers, HaveThePublishedSizesAndHashes) {
  for (const Digest& digest : kDigests) {
    const std::vector<uint8_t> buffer = scale_buffer(digest);
    EXPECT_EQ(static_cast<int64_t>(buffer.size()), digest.bytes);
    const std::string hash = sha256_half(buffer);
    if (hash.empty()) GTEST_SKIP() << "built without libcrypto (Debian: libssl-dev), which hashes";
    EXPECT_EQ(hash, digest.sha256)
        << enum_name(digest.layout) << " " << digest.m << "x" << digest.n;
  }
}

}  // namespace
}  // namespace fp4jit
