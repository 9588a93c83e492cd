#include "tests/ptxsim/checker/shared_memory.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "tests/ptxsim/checker/access_text.h"

namespace ptxsim {
namespace {

// A mark: the stamp, the thread in 10 bits, whether it was an atomic, and a bit that is always set.
constexpr int kThreadShift = 2, kStampShift = 12;
constexpr uint32_t kAtomicBit = 2, kLastStamp = (1u << (32 - kStampShift)) - 1;

uint32_t mark_of(const Access& access, bool atomic) {
  return std::min(access.stamp, kLastStamp) << kStampShift | access.thread << kThreadShift |
         (atomic ? kAtomicBit : 0) | 1;
}
uint32_t thread_of(uint32_t mark) {
  return mark >> kThreadShift & 0x3FF;
}
bool is_atomic(uint32_t mark) {
  return (mark & kAtomicBit) != 0;
}
bool ordered(uint32_t mark, const Access& access) {
  const uint32_t stamp = mark >> kStampShift;
  return mark == 0 || stamp == kLastStamp || comes_before(thread_of(mark), stamp, access);
}

const char* verb_of(bool reads, bool writes) {
  if (reads && writes) return "atomic";
  return reads ? "load" : "store";
}

std::string at_offset(const char* verb, uint32_t bytes, uint64_t offset) {
  return access_text(verb, bytes) + " at offset " + std::to_string(offset) + " of shared memory";
}

}  // namespace

SharedMemory::SharedMemory(uint32_t bytes)
    : bytes_(bytes), value_(bytes), marks_(bytes * sizeof(Marks)) {}

bool SharedMemory::is_within(Kind kind, uint64_t offset, uint32_t bytes, Problem* problem) const {
  const char* verb = verb_of(kind != Kind::kStore, kind != Kind::kLoad);
  if (offset > bytes_ || bytes > bytes_ - offset) {
    *problem = {FindingKind::kOutOfBounds, at_offset(verb, bytes, offset) +
                                               ", of which the block has " +
                                               std::to_string(bytes_) + " bytes"};
    return false;
  }
  if (offset % bytes != 0) {
    *problem = {
        FindingKind::kMisaligned,
        at_offset(verb, bytes, offset) + ": the offset is no multiple of " + std::to_string(bytes)};
    return false;
  }
  for (uint32_t i = 0; i < bytes && kind != Kind::kStore; ++i) {
    if (marks()[offset + i].writer != 0) continue;
    *problem = {FindingKind::kNeverWritten, at_offset(verb, bytes, offset) + ": byte " +
                                                std::to_string(i) + " of it was never written"};
    return false;
  }
  return true;
}

bool SharedMemory::is_ordered(Kind kind, const Access& access, uint64_t offset, uint32_t bytes,
                              const void* stored, Problem* problem) const {
  auto races = [&](uint32_t mark) {
    return !ordered(mark, access) && !(kind == Kind::kAtomic && is_atomic(mark));
  };
  for (uint32_t i = 0; i < bytes; ++i) {
    const Marks& byte = marks()[offset + i];
    const bool writes = kind != Kind::kLoad;
    const bool is_same = stored != nullptr && !is_atomic(byte.writer) &&
                         static_cast<const uint8_t*>(stored)[i] == value_.data()[offset + i];
    const bool wrote = !is_same && races(byte.writer);
    const bool read = writes && (races(byte.readers[0]) || races(byte.readers[1]));
    if (!wrote && !read) continue;
    const uint32_t other = wrote ? byte.writer : byte.readers[races(byte.readers[0]) ? 0 : 1];
    *problem = {FindingKind::kSharedRace,
                at_offset(verb_of(kind != Kind::kStore, writes), bytes, offset) + ": " +
                    thread_text(access.block, thread_of(other)) + (wrote ? " wrote" : " read") +
                    " byte " + std::to_string(i) + " of it, with no barrier between the two"};
    return false;
  }
  return true;
}

bool SharedMemory::check(Kind kind, const Access& access, uint64_t offset, uint32_t bytes,
                         const void* stored, Problem* problem) {
  if (!is_within(kind, offset, bytes, problem)) return false;
  if (!is_ordered(kind, access, offset, bytes, stored, problem)) return false;
  const uint32_t mark = mark_of(access, kind == Kind::kAtomic);
  for (uint32_t i = 0; i < bytes; ++i) {
    Marks& byte = marks()[offset + i];
    if (kind != Kind::kLoad) {
      byte = {mark, {0, 0}};  // which come before this
    } else if (byte.readers[0] == 0 || ordered(byte.readers[0], access)) {
      byte.readers[0] = mark;
    } else {
      byte.readers[1] = mark;
    }
  }
  return true;
}

bool SharedMemory::load(const Access& access, uint64_t offset, void* to, uint32_t bytes,
                        Problem* problem) {
  if (!check(Kind::kLoad, access, offset, bytes, nullptr, problem)) return false;
  std::memcpy(to, value_.data() + offset, bytes);
  return true;
}

bool SharedMemory::store(const Access& access, uint64_t offset, const void* from, uint32_t bytes,
                         Problem* problem) {
  if (!check(Kind::kStore, access, offset, bytes, from, problem)) return false;
  std::memcpy(value_.data() + offset, from, bytes);
  return true;
}

bool SharedMemory::modify(const Access& access, uint64_t offset, uint32_t bytes,
                          const std::function<void(void*)>& change, Problem* problem) {
  if (!check(Kind::kAtomic, access, offset, bytes, nullptr, problem)) return false;
  change(value_.data() + offset);
  return true;
}

}  // namespace ptxsim
