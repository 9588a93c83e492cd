#include "tools/cli/store_summary.h"

#include "base/format.h"
#include "compile/artifact_kind.h"

namespace fp4jit::cli {
namespace {

// What is counted by; a listing has these in this order.
constexpr const char* kGroups[] = {"toolchain", "target", "kind", "format"};

// The format begins a spec's canonical text, whatever version wrote it.
std::string format_of(const std::string& spec) {
  return spec.substr(0, spec.find('_'));
}

void add(RecordCount* count, uint64_t bytes) {
  ++count->records;
  count->bytes += bytes;
}

void add_record(StoreSummary* summary, const cache::Record& record, uint64_t bytes) {
  add(&summary->good, bytes);
  add(&summary->by["toolchain"][record.toolchain.text()], bytes);
  add(&summary->by["target"][record.target], bytes);
  add(&summary->by["kind"][std::string(artifact_kind_name(record.kind))], bytes);
  add(&summary->by["format"][format_of(record.spec)], bytes);
}

}  // namespace

StoreSummary summarise(const std::vector<cache::StoredObject>& objects) {
  StoreSummary summary;
  for (const cache::StoredObject& object : objects) {
    if (object.reason.empty()) {
      add_record(&summary, object.decoded.record, object.bytes);
    } else {
      ++(object.is_foreign() ? summary.foreign : summary.bad);
    }
  }
  return summary;
}

Json summary_json(const cache::ObjectStore& store, const StoreSummary& summary) {
  Json json = {{"root", store.root()},           {"state", enum_name(store.state())},
               {"reason", store.state_reason()}, {"records", summary.good.records},
               {"bytes", summary.good.bytes},    {"bad", summary.bad},
               {"foreign", summary.foreign}};
  for (const char* group : kGroups) {
    Json values = Json::object();
    auto found = summary.by.find(group);
    if (found != summary.by.end()) {
      for (const auto& [value, count] : found->second) {
        values[value] = {{"records", count.records}, {"bytes", count.bytes}};
      }
    }
    json[std::string("by_") + group] = values;
  }
  return json;
}

void print_summary(const cache::ObjectStore& store, const StoreSummary& summary) {
  print_formatted(stdout, "store {} ({}): {} records, {} bytes, {} bad, {} foreign\n",
                  store.root().empty() ? "nowhere" : store.root(), enum_name(store.state()),
                  summary.good.records, summary.good.bytes, summary.bad, summary.foreign);
  for (const char* group : kGroups) {
    auto found = summary.by.find(group);
    if (found == summary.by.end()) continue;
    for (const auto& [value, count] : found->second) {
      print_formatted(stdout, "  {:<9}  {:<12} {:>7} records {:>11} bytes\n", group, value,
                      count.records, count.bytes);
    }
  }
}

}  // namespace fp4jit::cli
