#include <sys/vfs.h>

#include <cstdlib>
#include <filesystem>
#include <memory>

#include "base/format.h"
#include "device/device.h"
#include "spec/target.h"
#include "tools/cli/output.h"
#include "tools/cli/verbs.h"
#include "tools/cli/workspace.h"

namespace fp4jit::cli {
namespace {

struct Options {
  bool json = false;
  std::string cache_dir;
};

struct FileSystemRow {
  unsigned long magic;  // as statfs(2) tells it
  std::string_view name;
};

constexpr FileSystemRow kFileSystems[] = {
    {0xef53, "ext4"},          {0x58465342, "xfs"},  {0x9123683e, "btrfs"}, {0x01021994, "tmpfs"},
    {0x794c7630, "overlayfs"}, {0x6969, "nfs"},      {0x2fc12fc1, "zfs"},   {0xff534d42, "cifs"},
    {0x0bd00bd0, "lustre"},    {0x65735546, "fuse"}, {0x47504653, "gpfs"},  {0x01021997, "9p"},
};

// Of the folder, or of the nearest one above it that exists.
std::string file_system_of(std::filesystem::path folder) {
  struct statfs state = {};
  while (statfs(folder.c_str(), &state) != 0) {
    if (!folder.has_relative_path()) return "unknown";
    folder = folder.parent_path();
  }
  unsigned long magic = static_cast<unsigned long>(state.f_type) & 0xffffffff;
  for (const FileSystemRow& row : kFileSystems) {
    if (row.magic == magic) return std::string(row.name);
  }
  return formatted("{:#x}", magic);
}

Json environment_json(const Environment& environment) {
  Json rows = Json::array();
  for (const EnvironmentRow& row : environment_table()) {
    rows.push_back({{"name", row.name},
                    {"value", environment.*row.field},
                    {"type", row.type},
                    {"default", row.default_value},
                    {"meaning", row.meaning}});
  }
  return rows;
}

Json nvrtc_json(const NvrtcSearch& search) {
  Json json = {{"candidates", nvrtc_candidates(search)}};
  Result<NvrtcInfo> info = nvrtc_info(search);
  if (!info.ok()) {
    json["error"] = info.status().message();
    return json;
  }
  json["path"] = info->path;
  json["version"] = info->version.text();
  if (info->builtins.ok()) json["builtins"] = *info->builtins;
  if (!info->builtins.ok()) json["builtins_error"] = info->builtins.status().message();
  return json;
}

Json driver_json(const std::string& path) {
  Devices devices([path] { return load_driver(path); });
  Json json = {{"devices", Json::array()}};
  Result<int> count = devices.count();
  if (!count.ok()) {
    json["error"] = count.status().message();
    return json;
  }
  for (int ordinal = 0; ordinal < *count; ++ordinal) {
    Result<const Device*> device = devices.get(ordinal);
    json["devices"].push_back(device.ok() ? device_text(**device) : device.status().message());
    if (device.ok()) json["version"] = driver_version_text((*device)->driver_version);
  }
  return json;
}

Json cache_json(const cache::ObjectStore& store) {
  return {{"root", store.root()},
          {"state", enum_name(store.state())},
          {"reason", store.state_reason()},
          {"file_system", store.root().empty() ? "" : file_system_of(store.root())}};
}

Json report(const Workspace& workspace) {
  Json targets = Json::array();
  for (Target target : all_targets()) targets.push_back(target_text(target));
  return {{"version", FP4JIT_VERSION_TEXT},
          {"environment", environment_json(workspace.environment)},
          {"cache", cache_json(*workspace.store)},
          {"nvrtc", nvrtc_json(workspace.nvrtc)},
          {"driver", driver_json(workspace.environment.cuda_driver)},
          {"targets", targets}};
}

void print_section(const char* title, const Json& members) {
  print_formatted(stdout, "{}\n", title);
  for (const auto& [name, value] : members.items()) {
    if (!value.is_array()) {
      print_formatted(stdout, "  {:<14} {}\n", name, value.get<std::string>());
      continue;
    }
    for (const Json& item : value)
      print_formatted(stdout, "  {:<14} {}\n", name, item.get<std::string>());
  }
}

void print_report(const Json& json) {
  print_formatted(stdout, "fp4jit {}\nenvironment\n", json["version"].get<std::string>());
  for (const Json& row : json["environment"]) {
    std::string value = row["value"];
    print_formatted(stdout, "  {:<20} {:<24} {}\n", row["name"].get<std::string>(),
                    value.empty() ? "(" + row["default"].get<std::string>() + ")" : value,
                    row["meaning"].get<std::string>());
  }
  for (const char* section : {"cache", "nvrtc", "driver"}) print_section(section, json[section]);
  print_formatted(stdout, "targets\n ");
  for (const Json& target : json["targets"])
    print_formatted(stdout, " {}", target.get<std::string>());
  print_formatted(stdout, "\n");
}

}  // namespace

void add_doctor(CLI::App& program, ExitCode* exit) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(
      program, "doctor", "say what fp4jit finds on this machine",
      "It reports and never fails: what is missing is said in its place.\nExamples:\n  fp4jit "
      "doctor\n"
      "  fp4jit doctor --json");
  add_json_flag(verb, &options->json);
  add_cache_dir_option(verb, &options->cache_dir);
  set_action(verb, [options, exit] {
    Result<Workspace> workspace = open_workspace(options->cache_dir);
    if (!workspace.ok()) {
      *exit = refuse(workspace.status());
      return;
    }
    Json json = report(*workspace);
    options->json ? print_json(json) : print_report(json);
    *exit = ExitCode::kDone;
  });
}

}  // namespace fp4jit::cli
