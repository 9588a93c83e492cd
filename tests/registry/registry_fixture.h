// What: a registry over a fake driver and a fake compiler, with a store in memory alone.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "registry/registry.h"
#include "spec/text.h"
#include "tests/fakes/fake_compiler.h"
#include "tests/fakes/fake_driver.h"

namespace fp4jit {

class RegistryFixture : public testing::Test {
 protected:
  explicit RegistryFixture(std::vector<FakeGpu> gpus = {{9, 0, "Fake H100"}, {9, 0, "Fake H100"}})
      : driver(std::move(gpus)) {}

  static Spec spec(const std::string& text) { return *parse_spec(text); }

  FakeDriver driver;
  std::shared_ptr<FakeCompiler> compiler = std::make_shared<FakeCompiler>();
  std::vector<std::string> logged;
  Log log{[this](LogLevel, const std::string& text) { logged.push_back(text); }, LogLevel::kWarn};
  std::shared_ptr<ArtifactCache> artifacts = std::make_shared<ArtifactCache>(
      std::make_shared<cache::ObjectStore>("", "for a test", cache::real_file_system(), Log{}),
      compiler, cache::Kind::kCubin, Log{});
  std::shared_ptr<Devices> devices =
      std::make_shared<Devices>([this] { return Result<DriverApi>(driver.api()); });
  LibraryTable libraries;
  Registry registry{artifacts, devices, libraries, log};
};

}  // namespace fp4jit
