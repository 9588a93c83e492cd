#include "base/enum_table.h"

#include <gtest/gtest.h>

#include <set>

#include "base/dtype.h"
#include "base/log.h"
#include "base/sf_layout.h"

namespace fp4jit {

enum class Swapped { kFirst, kSecond };
struct SwappedRow {
  Swapped value;
  std::string_view name;
};
template <>
inline constexpr SwappedRow kEnumTable<Swapped>[] = {{Swapped::kSecond, "second"},
                                                     {Swapped::kFirst, "first"}};

namespace {

template <class Enum>
class EnumTable : public testing::Test {};
using Enums = testing::Types<Dtype, SfLayout, LogLevel>;
TYPED_TEST_SUITE(EnumTable, Enums);

TYPED_TEST(EnumTable, NamesAreDistinctAndParseBack) {
  std::set<std::string_view> names;
  for (const auto& row : kEnumTable<TypeParam>) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(enum_parse<TypeParam>(row.name), row.value);
    EXPECT_EQ(enum_name(row.value), row.name);
    EXPECT_TRUE(enum_valid<TypeParam>(static_cast<int>(row.value)));
  }
}

TYPED_TEST(EnumTable, NothingElseParses) {
  for (std::string_view name : {"", " ", "nothing", "F16", "128X4", "bf16 ", "linear,"}) {
    EXPECT_EQ(enum_parse<TypeParam>(name), std::nullopt) << name;
  }
  EXPECT_FALSE(enum_valid<TypeParam>(-1));
  EXPECT_FALSE(enum_valid<TypeParam>(static_cast<int>(std::size(kEnumTable<TypeParam>))));
}

TEST(EnumNames, AreListedForMessages) {
  EXPECT_EQ(enum_names<SfLayout>(), "linear, 128x4, 8x4");
  EXPECT_EQ(enum_names<Dtype>(), "f16, bf16, e4m3, f32");
  EXPECT_EQ(enum_names<LogLevel>(), "error, warn, info, debug");
}

TEST(EnumOrder, IsChecked) {
  EXPECT_TRUE(enum_table_ordered<Dtype>());
  EXPECT_FALSE(enum_table_ordered<Swapped>());
}

TEST(Dtype, SizesAreThoseOfTheFormats) {
  EXPECT_EQ(dtype_bytes(Dtype::kF16), 2);
  EXPECT_EQ(dtype_bytes(Dtype::kBf16), 2);
  EXPECT_EQ(dtype_bytes(Dtype::kE4m3), 1);
  EXPECT_EQ(dtype_bytes(Dtype::kF32), 4);
}

TEST(SfLayout, PadsToTheTileOfItsName) {
  EXPECT_EQ(enum_row(SfLayout::kLinear).row_multiple, 1);
  EXPECT_EQ(enum_row(SfLayout::kLinear).column_multiple, 1);
  EXPECT_EQ(enum_row(SfLayout::k128x4).row_multiple, 128);
  EXPECT_EQ(enum_row(SfLayout::k128x4).column_multiple, 4);
  EXPECT_EQ(enum_row(SfLayout::k8x4).row_multiple, 8);
  EXPECT_EQ(enum_row(SfLayout::k8x4).column_multiple, 4);
}

}  // namespace
}  // namespace fp4jit
