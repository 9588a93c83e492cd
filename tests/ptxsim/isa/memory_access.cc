#include "tests/ptxsim/isa/memory_access.h"

#include <cstring>
#include <string>

#include "tests/ptxsim/checker/access_text.h"

namespace ptxsim::isa {
namespace {

using ptx::Space;

struct Location {
  Space space;
  uint64_t address;  // an offset, but for global memory
};

Location locate(const Instruction& instruction, uint64_t address) {
  constexpr uint64_t kWindowBytes = uint64_t{1} << 32;
  if (instruction.space != kGenericSpace) return {static_cast<Space>(instruction.space), address};
  if (address - kSharedWindow < kWindowBytes) return {Space::kShared, address - kSharedWindow};
  if (address - kLocalWindow < kWindowBytes) return {Space::kLocal, address - kLocalWindow};
  return {Space::kGlobal, address};
}

// Memory that is the thread's own, or the parameters: nobody else touches it.
struct OwnMemory {
  uint8_t* begin;
  uint64_t bytes;
  const char* name;
};

OwnMemory own_memory(Warp& warp, int lane, Space space) {
  Launch& launch = warp.block().launch();
  if (space == Space::kParam) {
    return {launch.parameters.data(), launch.parameters.size(), "the parameters"};
  }
  return {warp.local(lane), launch.program->local_bytes, "local memory"};
}

// Null with *problem filled.
uint8_t* own_bytes(const OwnMemory& memory, uint64_t offset, uint32_t bytes, const char* verb,
                   Problem* problem) {
  const bool is_within = offset <= memory.bytes && bytes <= memory.bytes - offset;
  if (is_within && offset % bytes == 0) return memory.begin + offset;
  const std::string what =
      access_text(verb, bytes) + " at offset " + std::to_string(offset) + " of " + memory.name;
  if (is_within) {
    *problem = {FindingKind::kMisaligned,
                what + ": the offset is no multiple of " + std::to_string(bytes)};
  } else {
    *problem = {FindingKind::kOutOfBounds,
                what + ", of which there are " + std::to_string(memory.bytes) + " bytes"};
  }
  return nullptr;
}

// What a programmatic launch may not touch yet, and a note of what it touched while its predecessor
// may still have been running.
bool check_dependency(Warp& warp, const Instruction& instruction, int lane, const Touch& touch) {
  Launch& launch = warp.block().launch();
  const bool waited = (warp.waited >> lane & 1) != 0;
  const auto& withheld = waited ? launch.withheld_after_wait : launch.withheld_before_wait;
  if (withheld.empty()) return true;
  const std::string what = launch.memory->written_by(touch, withheld);
  if (!what.empty()) {
    const std::string why = waited ? Launch::after_wait_text() : Launch::before_wait_text();
    warp.block().report(FindingKind::kBeforeWait, what + why, warp, lane, instruction);
    return false;
  }
  if (!waited && !launch.predecessor_completed) {
    launch.remember(touch, {warp.block().number(), warp.thread(lane), &instruction});
  }
  return true;
}

bool is_device_memory(const Location& at) {
  return at.space == Space::kGlobal || at.space == Space::kConst;
}

// Runs `access`, which fills its Problem where it fails, and reports that.
template <class AccessFunction>
bool checked(Warp& warp, const Instruction& instruction, int lane, const Location& at,
             const Touch& touch, AccessFunction access) {
  if (is_device_memory(at) && !check_dependency(warp, instruction, lane, touch)) return false;
  Problem problem;
  if (access(&problem)) return true;
  warp.block().report(problem.kind, problem.what, warp, lane, instruction);
  return false;
}

}  // namespace

bool is_shared(const Instruction& instruction, uint64_t address) {
  return locate(instruction, address).space == Space::kShared;
}

bool load_bytes(Warp& warp, const Instruction& instruction, int lane, uint64_t address, void* to,
                uint32_t bytes) {
  const Location at = locate(instruction, address);
  const Touch touch{at.address, bytes, false};
  return checked(warp, instruction, lane, at, touch, [&](Problem* problem) {
    Block& block = warp.block();
    if (is_device_memory(at)) return block.launch().memory->load(at.address, to, bytes, problem);
    if (at.space == Space::kShared) {
      return block.shared().load(block.access(warp, lane), at.address, to, bytes, problem);
    }
    const uint8_t* from =
        own_bytes(own_memory(warp, lane, at.space), at.address, bytes, "load", problem);
    if (from != nullptr) std::memcpy(to, from, bytes);
    return from != nullptr;
  });
}

bool store_bytes(Warp& warp, const Instruction& instruction, int lane, uint64_t address,
                 const void* from, uint32_t bytes) {
  const Location at = locate(instruction, address);
  const Touch touch{at.address, bytes, true};
  return checked(warp, instruction, lane, at, touch, [&](Problem* problem) {
    Block& block = warp.block();
    if (is_device_memory(at)) {
      return block.launch().memory->store(block.access(warp, lane), at.address, from, bytes,
                                          problem);
    }
    if (at.space == Space::kShared) {
      return block.shared().store(block.access(warp, lane), at.address, from, bytes, problem);
    }
    uint8_t* to = own_bytes(own_memory(warp, lane, at.space), at.address, bytes, "store", problem);
    if (to != nullptr) std::memcpy(to, from, bytes);
    return to != nullptr;
  });
}

bool modify_bytes(Warp& warp, const Instruction& instruction, int lane, uint64_t address,
                  uint32_t bytes, const std::function<void(void*)>& change) {
  const Location at = locate(instruction, address);
  const Touch touch{at.address, bytes, true};
  return checked(warp, instruction, lane, at, touch, [&](Problem* problem) {
    Block& block = warp.block();
    if (at.space == Space::kShared) {
      return block.shared().modify(block.access(warp, lane), at.address, bytes, change, problem);
    }
    return block.launch().memory->modify(block.access(warp, lane), at.address, bytes, change,
                                         problem);
  });
}

}  // namespace ptxsim::isa
