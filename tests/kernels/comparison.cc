#include "tests/kernels/comparison.h"

#include <algorithm>

#include "base/format.h"
#include "spec/sf_row.h"
#include "spec/text.h"
#include "tests/kernels/emulated_kernels.h"

namespace fp4jit {
namespace {

static_assert(__STDCPP_DEFAULT_NEW_ALIGNMENT__ >= 16, "vectors stand in for device memory");

bool filled(const uint8_t* bytes, size_t count, uint8_t fill) {
  return std::all_of(bytes, bytes + count, [fill](uint8_t byte) { return byte == fill; });
}

std::string hex(const uint8_t* bytes, int64_t count) {
  std::string text;
  for (int64_t i = 0; i < count; ++i) text += formatted("{:02x} ", bytes[i]);
  return text;
}

// The bytes of one block of the outputs.
struct BlockBytes {
  const uint8_t* data;
  const uint8_t* sf;
};

std::string describe(const Spec& spec, const Extent& extent, const Elements& input, int64_t row,
                     int64_t column, BlockBytes actual, BlockBytes expected) {
  const int vec = sf_vec_size(spec);
  const int64_t data_bytes = vec * enum_row(spec.format).element_bits / 8;
  std::string text = formatted("{} row {} block {}:\n  elements", spec_text(spec), row, column);
  for (int i = 0; i < vec && column * vec < extent.k; ++i) {
    text += formatted(" {:x}", input.get(row * extent.k + column * vec + i));
  }
  return text + formatted("\n  template sf {:02x} data {}\n  host     sf {:02x} data {}",
                          *actual.sf, hex(actual.data, data_bytes), *expected.sf,
                          hex(expected.data, data_bytes));
}

}  // namespace

Outputs::Outputs(const OutputShape& shape, uint8_t fill)
    : fill_(fill),
      data_(static_cast<size_t>(shape.data_bytes()) + 2 * kGuardBytes, fill),
      sf_(static_cast<size_t>(shape.sf_bytes()) + 2 * kGuardBytes, fill) {}

host::QuantizeCall Outputs::call(const Elements& input, const float* global_scale,
                                 const Extent& extent) {
  return {input.bytes(), global_scale, data_.data() + kGuardBytes, sf_.data() + kGuardBytes,
          extent};
}

bool Outputs::guards_untouched() const {
  auto untouched = [this](const std::vector<uint8_t>& bytes) {
    return filled(bytes.data(), kGuardBytes, fill_) &&
           filled(bytes.data() + bytes.size() - kGuardBytes, kGuardBytes, fill_);
  };
  return untouched(data_) && untouched(sf_);
}

testing::AssertionResult same_bytes(const Spec& spec, const Extent& extent, const Elements& input,
                                    const Outputs& actual, const Outputs& expected) {
  const OutputShape shape = output_shape(spec, extent);
  auto same = [](const uint8_t* a, const uint8_t* b, int64_t count) {
    return std::memcmp(a, b, static_cast<size_t>(count)) == 0;
  };
  if (same(actual.data(), expected.data(), shape.data_bytes()) &&
      same(actual.sf(), expected.sf(), shape.sf_bytes())) {
    return testing::AssertionSuccess();
  }
  const int64_t columns = extent.k_out / sf_vec_size(spec);
  const int64_t block_bytes = shape.data_columns / columns;
  for (int64_t row = 0; row < extent.m; ++row) {
    const SfRow scales = sf_row(spec.sf_layout, shape.sf_columns, row);
    for (int64_t column = 0; column < columns; ++column) {
      const int64_t data = (row * columns + column) * block_bytes, sf = scales.offset(column);
      const BlockBytes a{actual.data() + data, actual.sf() + sf};
      const BlockBytes e{expected.data() + data, expected.sf() + sf};
      if (*a.sf == *e.sf && same(a.data, e.data, block_bytes)) continue;
      return testing::AssertionFailure() << describe(spec, extent, input, row, column, a, e);
    }
  }
  return testing::AssertionFailure()
         << spec_text(spec) << " m=" << extent.m << ": scale padding differs";
}

Spec values_spec(Format format, Dtype in, Numerics numerics) {
  return {.format = format,
          .k = kEmulatedK,
          .k_out = kEmulatedK,
          .in = in,
          .scale = default_scale(format),
          .numerics = numerics,
          .target = {}};
}

void expect_host_bytes(Spec spec, const Elements& elements, float global_scale) {
  ASSERT_EQ(elements.size() % kEmulatedK, 0);
  const Extent extent{elements.size() / kEmulatedK, kEmulatedK, kEmulatedK};
  const OutputShape shape = output_shape(spec, extent);
  spec.target = emulated_target(kEmulatedSms[0]);
  Outputs expected(shape, 0);
  const Status status =
      host::quantize(spec, expected.call(elements, &global_scale, extent), {.threads = 1});
  ASSERT_TRUE(status.ok()) << status.message();
  for (int sm : kEmulatedSms) {
    spec.target = emulated_target(sm);
    Outputs actual(shape, 0xFF);
    const Status run = run_template(spec, actual.call(elements, &global_scale, extent));
    ASSERT_TRUE(run.ok()) << run.message();
    ASSERT_TRUE(same_bytes(spec, extent, elements, actual, expected))
        << "global_scale " << global_scale;
    ASSERT_TRUE(actual.guards_untouched());
  }
}

}  // namespace fp4jit
