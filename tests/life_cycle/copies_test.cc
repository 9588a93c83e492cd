// Two copies of the library in one process: side by side, and strangers to each other.
#include <gmock/gmock.h>

#include "children.h"
#include "library.h"
#include "stubdriver.h"

namespace fp4jit::life_cycle {
namespace {

using testing::HasSubstr;

// A copy of the library, and a runtime of it in which kernel 16 is loaded.
struct Copy {
  Copy(const Folder& folder, const char* name) : library(copied(folder, name)) {
    fp4jit_config config = stub_config(store = folder.path("store"));
    require(library.create(&config, &runtime) == FP4JIT_OK, "create");
    require(load(16, &kernel) == FP4JIT_OK, error());
  }
  ~Copy() { library.release(runtime); }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  static std::string copied(const Folder& folder, const char* name) {
    std::filesystem::copy_file(FP4JIT_LIBRARY, folder.path(name));
    return folder.path(name);
  }

  fp4jit_status load(uint32_t k, fp4jit_kernel* out = nullptr) const {
    fp4jit_spec spec = spec_of(k);
    return library.load(runtime, &spec, 0, out);
  }
  fp4jit_status launch(fp4jit_runtime* on, fp4jit_kernel what) const {
    fp4jit_launch_args args = arguments_of(16);
    return library.launch(on, what, &args);
  }
  fp4jit_status launch_spec(uint32_t k) const {
    fp4jit_spec spec = spec_of(k);
    fp4jit_launch_args args = arguments_of(k);
    return library.launch_spec(runtime, &spec, 0, &args);
  }
  const char* error() const { return library.last_error(); }

  Library library;
  std::string store;
  fp4jit_runtime* runtime = nullptr;
  fp4jit_kernel kernel = 0;
};

class Copies : public testing::Test {
 protected:
  Folder folder;
  Copy one{folder, "libone.so"}, two{folder, "libtwo.so"};
};

TEST_F(Copies, WorkSideBySide) {
  ASSERT_NE(one.library.load, two.library.load);
  uint64_t before = stubdriver_launches();
  for (Copy* copy : {&one, &two}) {
    EXPECT_EQ(copy->launch(copy->runtime, copy->kernel), FP4JIT_OK) << copy->error();
    EXPECT_EQ(copy->launch_spec(32), FP4JIT_OK) << copy->error();
  }
  EXPECT_EQ(stubdriver_launches() - before, 4u);
  ASSERT_EQ(one.library.seal(one.runtime, FP4JIT_SEAL_HARD), FP4JIT_OK);
  EXPECT_EQ(one.launch_spec(48), FP4JIT_E_SEALED);
  EXPECT_EQ(two.launch_spec(48), FP4JIT_OK) << two.error();
}

TEST_F(Copies, RefuseWhatIsTheOthers) {
  EXPECT_EQ(one.launch(two.runtime, two.kernel), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_THAT(one.error(), HasSubstr("this copy of the library"));
  EXPECT_EQ(two.launch(one.runtime, one.kernel), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_THAT(two.error(), HasSubstr("this copy of the library"));
  EXPECT_EQ(one.library.release(two.runtime), FP4JIT_E_INVALID_ARGUMENT);
  ASSERT_NE(one.kernel, two.kernel);
  EXPECT_EQ(one.launch(one.runtime, two.kernel), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_THAT(one.error(), HasSubstr("not a handle of this runtime"));
  EXPECT_EQ(two.launch(two.runtime, one.kernel), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_THAT(two.error(), HasSubstr("not a handle of this runtime"));
}

TEST_F(Copies, BothSeeAFork) {
  EXPECT_EQ(in_child([&] {
              for (Copy* copy : {&one, &two}) {
                require(copy->load(64) == FP4JIT_E_FORKED, copy->error());
                fp4jit_spec spec = spec_of(16);
                require(copy->library.compile(copy->runtime, &spec) == 0, copy->error());
              }
            }),
            "");
}

}  // namespace
}  // namespace fp4jit::life_cycle
