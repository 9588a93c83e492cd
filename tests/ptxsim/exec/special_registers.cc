#include "tests/ptxsim/exec/special_registers.h"

#include <algorithm>

#include "tests/ptxsim/machine/block.h"

namespace ptxsim {
namespace {

template <int kAxis>
uint64_t thread_index(Warp& warp, int lane) {
  return warp.block().launch().thread_index(warp.thread(lane), kAxis);
}
template <int kAxis>
uint64_t block_shape(Warp& warp, int) {
  return warp.block().launch().block[kAxis];
}
template <int kAxis>
uint64_t block_index(Warp& warp, int) {
  return warp.block().index(kAxis);
}
template <int kAxis>
uint64_t grid_shape(Warp& warp, int) {
  return warp.block().launch().grid[kAxis];
}

uint64_t lane_bit(int lane) {
  return uint64_t{1} << lane;
}

// Multiprocessors are no more than the host threads that blocks run on.
constexpr SpecialRegister kRegisters[] = {
    {"%tid.x", 32, thread_index<0>},
    {"%tid.y", 32, thread_index<1>},
    {"%tid.z", 32, thread_index<2>},
    {"%ntid.x", 32, block_shape<0>},
    {"%ntid.y", 32, block_shape<1>},
    {"%ntid.z", 32, block_shape<2>},
    {"%ctaid.x", 32, block_index<0>},
    {"%ctaid.y", 32, block_index<1>},
    {"%ctaid.z", 32, block_index<2>},
    {"%nctaid.x", 32, grid_shape<0>},
    {"%nctaid.y", 32, grid_shape<1>},
    {"%nctaid.z", 32, grid_shape<2>},
    {"%laneid", 32, [](Warp&, int lane) { return static_cast<uint64_t>(lane); }},
    {"%warpid", 32, [](Warp& warp, int) { return uint64_t{warp.index()}; }},
    {"%nwarpid", 32, [](Warp&, int) { return uint64_t{64}; }},
    {"%smid", 32, [](Warp&, int) { return uint64_t{0}; }},
    {"%nsmid", 32, [](Warp&, int) { return uint64_t{1}; }},
    {"%gridid", 64, [](Warp& warp, int) { return warp.block().launch().id; }},
    {"%lanemask_eq", 32, [](Warp&, int lane) { return lane_bit(lane); }},
    {"%lanemask_lt", 32, [](Warp&, int lane) { return lane_bit(lane) - 1; }},
    {"%lanemask_le", 32, [](Warp&, int lane) { return lane_bit(lane) * 2 - 1; }},
    {"%lanemask_gt", 32, [](Warp&, int lane) { return ~(lane_bit(lane) * 2 - 1) & 0xFFFFFFFFu; }},
    {"%lanemask_ge", 32, [](Warp&, int lane) { return ~(lane_bit(lane) - 1) & 0xFFFFFFFFu; }},
    {"%total_smem_size", 32,
     [](Warp& warp, int) { return uint64_t{warp.block().launch().shared_bytes}; }},
    {"%dynamic_smem_size", 32,
     [](Warp& warp, int) {
       const Launch& launch = warp.block().launch();
       return uint64_t{launch.shared_bytes - launch.program->static_shared_bytes};
     }},
    {"WARP_SZ", 32, [](Warp&, int) { return uint64_t{kLanes}; }},
};

}  // namespace

const SpecialRegister* find_special_register(std::string_view name) {
  const auto* found = std::ranges::find(kRegisters, name, &SpecialRegister::name);
  return found == std::end(kRegisters) ? nullptr : found;
}

}  // namespace ptxsim
