#include "tests/ptxsim/ptx/special_registers.h"

#include <cstddef>

namespace ptxsim::ptx {
namespace {

constexpr std::string_view kVectors[] = {
    "%tid",       "%ntid",       "%ctaid",         "%nctaid",
    "%clusterid", "%nclusterid", "%cluster_ctaid", "%cluster_nctaid",
};

constexpr std::string_view kScalars[] = {
    "%laneid",
    "%warpid",
    "%nwarpid",
    "%smid",
    "%nsmid",
    "%gridid",
    "%is_explicit_cluster",
    "%cluster_ctarank",
    "%cluster_nctarank",
    "%lanemask_eq",
    "%lanemask_le",
    "%lanemask_lt",
    "%lanemask_ge",
    "%lanemask_gt",
    "%clock",
    "%clock_hi",
    "%clock64",
    "%globaltimer",
    "%globaltimer_lo",
    "%globaltimer_hi",
    "%reserved_smem_offset_begin",
    "%reserved_smem_offset_end",
    "%reserved_smem_offset_cap",
    "%total_smem_size",
    "%aggr_smem_size",
    "%dynamic_smem_size",
    "%current_graph_exec",
    "WARP_SZ",
};

// Those with a number at the end, and how many there are.
struct Numbered {
  std::string_view prefix, suffix;
  int count;
};
constexpr Numbered kNumbered[] = {
    {"%pm", "", 8}, {"%pm", "_64", 8}, {"%envreg", "", 32}, {"%reserved_smem_offset_", "", 2}};

bool is_numbered(std::string_view name, const Numbered& form) {
  if (!name.starts_with(form.prefix) || !name.ends_with(form.suffix)) return false;
  name.remove_prefix(form.prefix.size());
  if (name.size() <= form.suffix.size()) return false;
  name.remove_suffix(form.suffix.size());
  if (name.size() > 2 || (name.size() == 2 && name[0] == '0')) return false;
  int number = 0;
  for (const char c : name) {
    if (c < '0' || c > '9') return false;
    number = number * 10 + (c - '0');
  }
  return number < form.count;
}

}  // namespace

bool is_special_register(std::string_view name) {
  const size_t dot = name.find('.');
  const std::string_view base = name.substr(0, dot);
  for (const std::string_view vector : kVectors) {
    if (base != vector) continue;
    const std::string_view component = name.substr(base.size());
    return component.empty() || component == ".x" || component == ".y" || component == ".z" ||
           component == ".w";
  }
  for (const std::string_view scalar : kScalars) {
    if (name == scalar) return true;
  }
  for (const Numbered& form : kNumbered) {
    if (is_numbered(name, form)) return true;
  }
  return false;
}

}  // namespace ptxsim::ptx
