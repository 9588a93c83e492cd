// What: makes the rows of emulated_kernels.h for one format. Included by one file per format.
#pragma once

#include "base/round.h"
#include "tests/kernels/emulated_kernels.h"

namespace fp4jit {

// The fields of a spec that say how a block's numbers are computed.
template <on_device::Scale kScaleValue, on_device::Numerics kNumericsValue,
          on_device::Ue8m0 kUe8m0Value>
struct RecipeConfig {
  static constexpr on_device::Scale kScale = kScaleValue;
  static constexpr on_device::Numerics kNumerics = kNumericsValue;
  static constexpr on_device::Ue8m0 kUe8m0 = kUe8m0Value;
};

template <on_device::Format kFormatValue, class InType, on_device::SfLayout kSfLayoutValue,
          class RecipeType, int kSmValue, uint32_t kKValue, uint32_t kKOutValue>
struct EmulatedConfig : RecipeType {
  static constexpr on_device::Format kFormat = kFormatValue;
  using In = InType;
  static constexpr on_device::SfLayout kSfLayout = kSfLayoutValue;
  static constexpr on_device::Pdl kPdl = on_device::Pdl::kTriggerLast;
  static constexpr int kSm = kSmValue;
  static constexpr uint32_t kK = kKValue, kKOut = kKOutValue;
};

// The observer and the grid of the thread's launch, for the hook, which has no parameter for them.
inline thread_local const EmulatedLaunch* current_launch = nullptr;

inline uint64_t current_cta() {
  const uint32_t* grid = current_launch->geometry.grid;
  const on_device::Dim3& cta = on_device::blockIdx;
  return cta.x + grid[0] * (cta.y + uint64_t{grid[1]} * cta.z);
}

inline void tell_observer(const void* to, uint32_t bytes) {
  (*current_launch->observer)(
      {current_cta(), on_device::threadIdx.x, static_cast<const uint8_t*>(to), bytes});
}

template <class Config>
void run_grid(const EmulatedLaunch& launch) {
  const uint32_t* grid = launch.geometry.grid;
  current_launch = &launch;
  on_device::on_store = *launch.observer ? tell_observer : nullptr;
  on_device::gridDim = {grid[0], grid[1], grid[2]};
  for (uint32_t z = 0; z < grid[2]; ++z) {
    for (uint32_t y = 0; y < grid[1]; ++y) {
      for (uint32_t x = 0; x < grid[0]; ++x) {
        on_device::blockIdx = {x, y, z};
        if (current_cta() < launch.first_cta) continue;
        for (uint32_t thread = 0; thread < launch.geometry.block[0]; ++thread) {
          on_device::threadIdx = {thread, 0, 0};
          on_device::quantize<Config>(launch.args);
        }
      }
    }
  }
  on_device::on_store = nullptr;
}

template <class In>
constexpr Dtype kDtypeOf = Dtype::kF32;
template <>
constexpr Dtype kDtypeOf<on_device::F16> = Dtype::kF16;
template <>
constexpr Dtype kDtypeOf<on_device::Bf16> = Dtype::kBf16;

template <auto... kValues, class Visit>
void for_each_value(Visit visit) {
  (visit.template operator()<kValues>(), ...);
}
template <class Visit>
void for_each_input(Visit visit) {
  visit.template operator()<on_device::F16>();
  visit.template operator()<on_device::Bf16>();
  visit.template operator()<on_device::F32>();
}
template <class Visit>
void for_each_layout(Visit visit) {
  using on_device::SfLayout;
  for_each_value<SfLayout::kLinear, SfLayout::k128x4, SfLayout::k8x4>(visit);
}

// A format's recipes, each once; those of every format, and then its own.
template <on_device::Format kFormat, class Visit>
void for_each_recipe(Visit visit) {
  using on_device::Numerics, on_device::Scale, on_device::Ue8m0;
  constexpr bool kIsMx = on_device::kIsMx<kFormat>;
  constexpr Scale kDefault = kIsMx ? Scale::kNone : Scale::kTensor;
  for_each_value<Numerics::kTrtllm, Numerics::kExact, Numerics::kTorchao>(
      [&]<Numerics kNumerics>() {
        visit.template operator()<RecipeConfig<kDefault, kNumerics, Ue8m0::kRceil>>();
      });
  if constexpr (kIsMx) {
    for_each_value<Ue8m0::kFloor, Ue8m0::kCeil, Ue8m0::kEven>([&]<Ue8m0 kMode>() {
      visit.template operator()<RecipeConfig<kDefault, Numerics::kTorchao, kMode>>();
    });
  } else {
    visit.template operator()<RecipeConfig<Scale::kInverse, Numerics::kTorchao, Ue8m0::kRceil>>();
  }
}

template <on_device::Format kFormat>
class Instances {
 public:
  static EmulatedKernels values() {
    EmulatedKernels kernels;
    for_each_input([&]<class In>() {
      for_each_recipe<kFormat>([&]<class RecipeType>() {
        for_each_value<80, 86, 89, 90, 100>([&]<int kSm>() {
          kernels.push_back(
              one<In, on_device::SfLayout::kLinear, RecipeType, kSm, kEmulatedK, kEmulatedK>());
        });
      });
    });
    return kernels;
  }

  static EmulatedKernels runtime_k() {
    EmulatedKernels kernels;
    for_each_input([&]<class In>() {
      for_each_layout([&]<on_device::SfLayout kLayout>() {
        for_each_value<90, 100>([&]<int kSm>() {
          kernels.push_back(one<In, kLayout, Exact, kSm, 0, 0>());
          kernels.push_back(one<In, kLayout, Torchao, kSm, 0, 0>());
        });
      });
    });
    return kernels;
  }

  // Each K alone, with one more block, and with a gap beyond whole tiles of columns.
  template <uint32_t... kKs>
  static EmulatedKernels constant_k() {
    EmulatedKernels kernels;
    for_each_layout([&]<on_device::SfLayout kLayout>() {
      for_each_value<kKs...>([&]<uint32_t kK>() {
        for_each_value<kK, kK + on_device::kSfVecSize<kFormat>, round_up(kK, 128u) + 128u>(
            [&]<uint32_t kKOut>() {
              kernels.push_back(one<on_device::Bf16, kLayout, Exact, 90, kK, kKOut>());
            });
      });
    });
    return kernels;
  }

 private:
  static constexpr on_device::Scale kDefault =
      on_device::kIsMx<kFormat> ? on_device::Scale::kNone : on_device::Scale::kTensor;
  using Exact = RecipeConfig<kDefault, on_device::Numerics::kExact, on_device::Ue8m0::kRceil>;
  using Torchao = RecipeConfig<kDefault, on_device::Numerics::kTorchao, on_device::Ue8m0::kRceil>;

  template <class In, on_device::SfLayout kLayout, class RecipeType, int kSm, uint32_t kK,
            uint32_t kKOut>
  static EmulatedKernel one() {
    // The templates' enumerators have the numbers of the spec's.
    return {kDtypeOf<In>,
            static_cast<SfLayout>(kLayout),
            {static_cast<Scale>(RecipeType::kScale), static_cast<Numerics>(RecipeType::kNumerics),
             static_cast<Ue8m0>(RecipeType::kUe8m0)},
            kSm,
            kK,
            kKOut,
            run_grid<EmulatedConfig<kFormat, In, kLayout, RecipeType, kSm, kK, kKOut>>};
  }
};

inline EmulatedKernels joined(std::vector<EmulatedKernels> lists) {
  EmulatedKernels all;
  for (const EmulatedKernels& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

}  // namespace fp4jit
