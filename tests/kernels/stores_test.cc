// Which thread stores which byte.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>

#include "spec/geometry.h"
#include "spec/text.h"
#include "tests/kernels/output_shapes.h"

namespace fp4jit {
namespace {

// Says which thread stored each byte. A thread may store a byte again: irregular blocks do.
class Owners {
 public:
  Owners(const uint8_t* begin, int64_t bytes)
      : begin_(begin), owners_(static_cast<size_t>(bytes)) {}

  bool take(const Store& store) {
    if (store.to < begin_ || store.to + store.bytes > begin_ + owners_.size()) return false;
    const uint64_t thread = store.cta << 32 | (store.thread + 1);
    for (uint32_t i = 0; i < store.bytes; ++i) {
      uint64_t& owner = owners_[static_cast<size_t>(store.to - begin_) + i];
      shared_ += owner != 0 && owner != thread;
      owner = thread;
    }
    return true;
  }

  int64_t shared() const { return shared_; }
  int64_t unwritten() const { return std::count(owners_.begin(), owners_.end(), 0); }

 private:
  const uint8_t* begin_;
  std::vector<uint64_t> owners_;
  int64_t shared_ = 0;
};

class Stores : public OutputTest {
 protected:
  static void expect_one_thread_per_byte(const Spec& spec, const Extent& extent,
                                         const Elements& input) {
    const OutputShape shape = output_shape(spec, extent);
    Outputs outputs(shape, 0);
    Owners data(outputs.data(), shape.data_bytes()), sf(outputs.sf(), shape.sf_bytes());
    int64_t stray = 0, misaligned = 0;
    auto observe = [&](const Store& store) {
      stray += !data.take(store) && !sf.take(store);
      misaligned += reinterpret_cast<uintptr_t>(store.to) % store.bytes != 0;
    };
    const Status status = run_template(spec, outputs.call(input, &kGlobalScale, extent), observe);
    ASSERT_TRUE(status.ok()) << status.message();
    const std::string what =
        spec_text(spec) + " m=" + std::to_string(extent.m) + " k=" + std::to_string(extent.k);
    EXPECT_EQ(stray, 0) << what;
    EXPECT_EQ(misaligned, 0) << what;
    EXPECT_EQ(data.shared() + sf.shared(), 0) << what;
    EXPECT_EQ(data.unwritten() + sf.unwritten(), 0) << what;
  }
};

TEST_P(Stores, EachByteByOneThread) {
  for (uint32_t k : widths(format())) {
    if (k > 480) continue;
    for_each_shape(Dtype::kBf16, k, [&](const Extent& extent, const Elements& input) {
      const auto k_out = static_cast<uint32_t>(extent.k_out);
      expect_one_thread_per_byte(spec(Dtype::kBf16, 90, k, k_out), extent, input);
      for (int sm : {90, 100}) {
        expect_one_thread_per_byte(runtime_k_spec(Dtype::kBf16, sm), extent, input);
      }
    });
  }
}

struct Free {
  void operator()(uint8_t* memory) const { std::free(memory); }
};
// Zeros, of which only what is touched takes memory.
using Zeros = std::unique_ptr<uint8_t[], Free>;
Zeros zeros(int64_t bytes) {
  return Zeros(static_cast<uint8_t*>(std::calloc(static_cast<size_t>(bytes), 1)));
}

// A grid of two layers of 32768 tiles, of which the second has one tile with a row and many beyond
// the output.
TEST_P(Stores, SurplusTilesOfTheGridStoreNothing) {
  constexpr uint64_t kTilesOfALayer = 32768;
  const Spec spec = runtime_k_spec(Dtype::kBf16, 100);
  const int64_t k = enum_row(format()).sf_vec_size;
  const Extent extent{kTilesOfALayer * kTileRows + 1, k, k};
  const OutputShape shape = output_shape(spec, extent);
  const Zeros input = zeros(extent.m * k * 2), data = zeros(shape.data_bytes());
  const Zeros sf = zeros(shape.sf_bytes());
  int64_t inside = 0, stray = 0;
  auto observe = [&](const Store& store) {
    const uint64_t from_data = static_cast<uint64_t>(store.to - data.get());
    const uint64_t from_sf = static_cast<uint64_t>(store.to - sf.get());
    const bool in_data = from_data + store.bytes <= static_cast<uint64_t>(shape.data_bytes());
    const bool in_sf = from_sf + store.bytes <= static_cast<uint64_t>(shape.sf_bytes());
    in_data || in_sf ? ++inside : ++stray;
  };
  const Status status = run_template(
      spec, {input.get(), &kGlobalScale, data.get(), sf.get(), extent}, observe, kTilesOfALayer);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_GT(inside, 0);
  EXPECT_EQ(stray, 0);
}

INSTANTIATE_TEST_SUITE_P(Layouts, Stores,
                         every_format({SfLayout::kLinear, SfLayout::k128x4, SfLayout::k8x4}),
                         layout_name);

// A warp's stores to the scales of whole tiles, padding rows included, fill whole sectors of
// memory.
class Sectors : public OutputTest {
 protected:
  void expect_full_sectors(int64_t m) const {
    constexpr int64_t kSectorBytes = 32, kWarpThreads = 32;
    const int64_t k = 2 * kTileColumns * enum_row(format()).sf_vec_size;
    const Spec spec = runtime_k_spec(Dtype::kBf16, 100);
    const Extent extent{m, k, k};
    const OutputShape shape = output_shape(spec, extent);
    const Elements input(Dtype::kBf16, m * k);
    Outputs outputs(shape, 0);
    std::map<std::pair<uint64_t, int64_t>, std::set<int64_t>> bytes;  // by warp and sector
    auto observe = [&](const Store& store) {
      const int64_t offset = store.to - outputs.sf();
      if (offset < 0 || offset >= shape.sf_bytes()) return;
      const uint64_t warp = store.cta << 32 | store.thread / kWarpThreads;
      for (int64_t at = offset; at < offset + store.bytes; ++at) {
        bytes[{warp, at / kSectorBytes}].insert(at);
      }
    };
    const Status status = run_template(spec, outputs.call(input, &kGlobalScale, extent), observe);
    ASSERT_TRUE(status.ok()) << status.message();
    EXPECT_EQ(static_cast<int64_t>(bytes.size()) * kSectorBytes, shape.sf_bytes());
    for (const auto& [place, set] : bytes)
      EXPECT_EQ(set.size(), size_t{kSectorBytes}) << place.second;
  }
};

TEST_P(Sectors, AreFilledByOneWarp) {
  expect_full_sectors(256);
  expect_full_sectors(layout() == SfLayout::k128x4 ? 129 : 248);
}

INSTANTIATE_TEST_SUITE_P(Layouts, Sectors, every_format({SfLayout::k128x4, SfLayout::k8x4}),
                         layout_name);

}  // namespace
}  // namespace fp4jit
