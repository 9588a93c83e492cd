#include "tests/ptxsim/checker/shared_memory.h"

#include <algorithm>
#include <cstring>

namespace ptxsim {
namespace {

bool ordered(const SharedAccess& before, const SharedAccess& now) {
  if (before.thread == now.thread || before.interval != now.interval) return true;
  if (before.atomic && now.atomic) return true;
  return before.warp == now.warp && before.warp_interval != now.warp_interval;
}

std::string access_text(const char* verb, uint32_t bytes, uint64_t offset) {
  return std::string(verb) + " of " + std::to_string(bytes) + " bytes of shared memory at " +
         std::to_string(offset);
}

}  // namespace

bool SharedMemory::check(uint64_t offset, uint32_t bytes, const char* verb,
                         Problem* problem) const {
  if (offset > value_.size() || bytes > value_.size() - offset) {
    *problem = {FindingKind::kOutOfBounds, access_text(verb, bytes, offset) + ": the block has " +
                                               std::to_string(value_.size()) + " bytes"};
    return false;
  }
  if (offset % bytes != 0) {
    *problem = {FindingKind::kMisaligned, access_text(verb, bytes, offset) + ", which " +
                                              std::to_string(bytes) + " does not divide"};
    return false;
  }
  return true;
}

bool SharedMemory::check_order(const SharedAccess& access, uint64_t offset, uint32_t bytes,
                               bool writes, Problem* problem) {
  for (uint32_t i = 0; i < bytes; ++i) {
    Mark& mark = marks_[offset + i];
    const bool after_writer = !mark.has_writer || ordered(mark.writer, access);
    const bool after_reader = !writes || !mark.has_reader || ordered(mark.reader, access);
    if (!after_writer || !after_reader) {
      const SharedAccess& other = after_writer ? mark.reader : mark.writer;
      *problem = {FindingKind::kSharedRace,
                  access_text(writes ? "store" : "load", bytes, offset + i) + ": thread " +
                      std::to_string(other.thread) + (after_writer ? " read" : " wrote") +
                      " it with no barrier between"};
      return false;
    }
    // A reader that would hide an earlier one of another thread stays: that one is what a writer
    // must be ordered after.
    const bool hides = mark.has_reader && !ordered(mark.reader, access);
    if (writes) {
      mark.writer = access;
      mark.has_writer = true;
    } else if (!hides) {
      mark.reader = access;
      mark.has_reader = true;
    }
  }
  return true;
}

bool SharedMemory::load(const SharedAccess& access, uint64_t offset, void* to, uint32_t bytes,
                        Problem* problem) {
  if (!check(offset, bytes, "load", problem)) return false;
  const auto first = written_.begin() + static_cast<ptrdiff_t>(offset);
  if (std::find(first, first + bytes, 0) != first + bytes) {
    *problem = {FindingKind::kNeverWritten,
                access_text("load", bytes, offset) + ", which was never written"};
    return false;
  }
  if (!check_order(access, offset, bytes, false, problem)) return false;
  std::memcpy(to, value_.data() + offset, bytes);
  return true;
}

bool SharedMemory::store(const SharedAccess& access, uint64_t offset, const void* from,
                         uint32_t bytes, Problem* problem) {
  if (!check(offset, bytes, "store", problem)) return false;
  if (!check_order(access, offset, bytes, true, problem)) return false;
  std::memcpy(value_.data() + offset, from, bytes);
  std::memset(written_.data() + offset, 1, bytes);
  return true;
}

bool SharedMemory::modify(const SharedAccess& access, uint64_t offset, uint32_t bytes,
                          const std::function<void(void*)>& change, Problem* problem) {
  uint64_t value = 0;
  if (!load(access, offset, &value, bytes, problem)) return false;
  change(&value);
  return store(access, offset, &value, bytes, problem);
}

}  // namespace ptxsim
