#include "registry/prepare_many.h"

#include <gmock/gmock.h>

#include <set>

#include "tests/registry/registry_fixture.h"

namespace fp4jit {
namespace {

using testing::HasSubstr;

class PrepareMany : public RegistryFixture {
 protected:
  PrepareMany() {
    for (int k = 16; k <= 96; k += 16) {
      request.specs.push_back(
          spec("nvfp4_quantize[k=" + std::to_string(k) + ",in=bf16,layout=linear]@sm_90"));
    }
    request.jobs = 3;
    request.progress = [this](const PrepareProgress& event) {
      EXPECT_EQ(event.total, total());
      EXPECT_EQ(event.done, ++reported);
      seen.insert({event.piece.spec_index, event.piece.device});
      if (cancel_after == reported) cancelled = true;
    };
  }

  size_t total() const {
    return request.specs.size() * std::max<size_t>(1, request.devices.size());
  }

  PrepareRequest request;
  size_t reported = 0, cancel_after = 0;
  std::set<std::pair<size_t, int32_t>> seen;
  std::atomic<bool> cancelled{false};
};

TEST_F(PrepareMany, LoadsEverySpecOnEveryDevice) {
  request.devices = {0, 1};
  std::vector<PreparedPiece> pieces = prepare_many(registry, request);
  ASSERT_TRUE(summary(pieces).ok()) << summary(pieces).message();
  ASSERT_EQ(pieces.size(), 12u);
  EXPECT_EQ(seen.size(), 12u);
  EXPECT_EQ(compiler->compiles, 6);
  for (size_t i = 0; i < pieces.size(); ++i) {
    EXPECT_EQ(pieces[i].spec_index, i / 2);
    EXPECT_EQ(pieces[i].device, static_cast<int32_t>(i % 2));
    EXPECT_NE(registry.find(pack_spec(request.specs[i / 2]), pieces[i].device), nullptr);
  }
}

TEST_F(PrepareMany, CompilesOnlyWhereNoDeviceIsNamed) {
  std::vector<PreparedPiece> pieces = prepare_many(registry, request);
  EXPECT_TRUE(summary(pieces).ok());
  EXPECT_EQ(pieces.size(), 6u);
  EXPECT_EQ(pieces[0].device, kNoDevice);
  EXPECT_EQ(compiler->compiles, 6);
  EXPECT_TRUE(driver.sequence().empty());
}

TEST_F(PrepareMany, RefusesADeviceThatIsNone) {
  request.devices = {kNoDevice};
  Status status = summary(prepare_many(registry, request));
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("device -1 does not exist"));
  EXPECT_EQ(compiler->compiles, 0);
}

TEST_F(PrepareMany, DoesTheRestWhenOneFails) {
  request.jobs = 1;
  request.specs[2].op = Op::kAmax;
  std::vector<PreparedPiece> pieces = prepare_many(registry, request);
  Status status = summary(pieces);
  EXPECT_EQ(status.code(), StatusCode::kUnsupported);
  EXPECT_THAT(status.message(), HasSubstr("1 of 6 failed; the first: "));
  EXPECT_EQ(compiler->compiles, 5);
  EXPECT_EQ(pieces[2].status.code(), StatusCode::kUnsupported);
}

TEST_F(PrepareMany, KeepsWhatWasDoneBeforeACancel) {
  request.jobs = 1;
  request.cancelled = &cancelled;
  cancel_after = 2;
  Status status = summary(prepare_many(registry, request));
  EXPECT_EQ(status.code(), StatusCode::kCancelled);
  EXPECT_THAT(status.message(), HasSubstr("2 of 6 done"));
  EXPECT_EQ(compiler->compiles, 2);
  EXPECT_EQ(reported, 6u) << "every piece is reported";
}

TEST_F(PrepareMany, TakesAnExceptionForAFailure) {
  compiler->before = [](const CompileRequest&) { throw std::bad_alloc(); };
  Status status = summary(prepare_many(registry, request));
  EXPECT_EQ(status.code(), StatusCode::kOutOfMemory);
  EXPECT_THAT(status.message(), HasSubstr("6 of 6"));
}

TEST_F(PrepareMany, HasNothingToDoForNoSpecs) {
  request.specs.clear();
  request.devices = {0};
  EXPECT_TRUE(prepare_many(registry, request).empty());
  EXPECT_TRUE(summary({}).ok());
}

}  // namespace
}  // namespace fp4jit
