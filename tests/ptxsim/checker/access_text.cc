#include "tests/ptxsim/checker/access_text.h"

#include <algorithm>
#include <cstdio>

namespace ptxsim {
namespace {

// Beyond which an allocation has nothing to do with an address.
constexpr uint64_t kFar = uint64_t{1} << 30;

std::string range_text(const Allocation& allocation) {
  return (allocation.freed ? "freed allocation #" : "allocation #") +
         std::to_string(allocation.id) + " (" + std::to_string(allocation.bytes) + " bytes at " +
         hex(allocation.address) + ", " + allocation.origin + ")";
}

// By the nearer of the allocations around it, since an address may miss one on either side.
std::string outside_text(const Allocation* before, const Allocation* after, uint64_t address) {
  const uint64_t past =
      before == nullptr ? ~uint64_t{0} : address - before->address - before->bytes;
  const uint64_t short_of = after == nullptr ? ~uint64_t{0} : after->address - address;
  if (std::min(past, short_of) > kFar) return "near no allocation";
  if (short_of < past) return std::to_string(short_of) + " bytes before " + range_text(*after);
  const std::string distance = past == 0 ? "right" : std::to_string(past) + " bytes";
  return distance + " past the end of " + range_text(*before);
}

}  // namespace

std::string hex(uint64_t value) {
  char text[32];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

std::string access_text(const char* verb, uint32_t bytes) {
  return std::string(verb) + " of " + std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
}

std::string access_text(const char* verb, uint32_t bytes, uint64_t address,
                        const Allocations& allocations) {
  const std::string what = access_text(verb, bytes) + " at " + hex(address) + ", ";
  const Allocation* before = allocations.nearest(address);
  if (before == nullptr || address - before->address >= before->bytes) {
    return what + outside_text(before, allocations.following(address), address);
  }
  const uint64_t offset = address - before->address;
  const bool crosses = before->bytes - offset < bytes;
  return what + (crosses ? "across the end, from offset " : "offset ") + std::to_string(offset) +
         " of " + range_text(*before);
}

std::string thread_text(uint64_t block, uint32_t thread) {
  return "thread " + std::to_string(thread) + " of block " + std::to_string(block);
}

}  // namespace ptxsim
