// The trace: each spec once, whole lines, bounded, and never in the way.
#include "registry/recorder.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <thread>

#include "spec/text.h"
#include "tests/cache/scratch.h"
#include "tests/fakes/faulty_file_system.h"

namespace fp4jit {
namespace {

using cache::FaultyFileSystem;
using testing::HasSubstr;
using testing::SizeIs;

std::string text_of(int k) {
  return "nvfp4_quantize[k=" + std::to_string(k) + ",in=bf16,layout=linear]@sm_90";
}

class Trace : public testing::Test {
 protected:
  std::unique_ptr<Recorder> recorder() {
    return std::make_unique<Recorder>(path, files, log.log());
  }
  void record(Recorder& recorder, int k) {
    recorder.note(*parse_spec(text_of(k)));
    recorder.flush();
  }
  std::string trace() const { return cache::read_bytes(path); }
  std::vector<std::string> sorted_lines() const {
    std::vector<std::string> lines;
    std::istringstream text(trace());
    for (std::string line; std::getline(text, line);) {
      if (line != "#") lines.push_back(line);
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }

  cache::ScratchFolder folder;
  cache::KeptLog log;
  std::string path = folder.path("trace");
  std::shared_ptr<FaultyFileSystem> files = std::make_shared<FaultyFileSystem>();
};

TEST_F(Trace, HasEachSpecOnce) {
  auto first = recorder();
  for (int k : {16, 32, 16, 16, 32}) record(*first, k);
  EXPECT_EQ(trace(), text_of(16) + "\n" + text_of(32) + "\n");
  EXPECT_EQ(first->recorded(), 2u);
  EXPECT_EQ(first->io_ops(), 3u) << "one look at what was there, and two lines";
}

TEST_F(Trace, OfARestartedProcessDoesNotGrow) {
  record(*recorder(), 16);
  auto again = recorder();
  record(*again, 16);
  record(*again, 48);
  EXPECT_EQ(trace(), text_of(16) + "\n" + text_of(48) + "\n");
}

TEST_F(Trace, IsWrittenAtTheEndAtTheLatest) {
  auto noted = recorder();
  noted->note(*parse_spec(text_of(16)));
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(files->calls(), 0);
  noted.reset();
  EXPECT_EQ(trace(), text_of(16) + "\n");
}

TEST_F(Trace, WithoutAPathIsNone) {
  path = "";
  record(*recorder(), 16);
  EXPECT_EQ(files->calls(), 0);
}

TEST_F(Trace, GoesOnInALineOfItsOwnAfterOneThatWasCut) {
  std::ofstream(path) << text_of(16) << "\nnvfp4_quant";
  record(*recorder(), 32);
  EXPECT_EQ(trace(), text_of(16) + "\nnvfp4_quant#\n" + text_of(32) + "\n");
}

// And a line of '#' alone where one writer took another's for cut short: a comment.
TEST_F(Trace, OfManyWritersHasWholeLines) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      Recorder own(path, cache::real_file_system(), Log{});
      for (int k = 0; k < 50; ++k) record(own, 16 * (1 + 50 * i + k));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<std::string> lines = sorted_lines();
  ASSERT_THAT(lines, SizeIs(400));
  EXPECT_EQ(std::unique(lines.begin(), lines.end()), lines.end());
  for (const std::string& line : lines) EXPECT_TRUE(parse_spec(line).ok()) << line;
}

TEST_F(Trace, ThatCannotBeWrittenIsGivenUpWithOneLine) {
  files->fail(FaultyFileSystem::kAppendFile, FaultyFileSystem::kEveryCall, ENOSPC);
  auto failing = recorder();
  for (int k : {16, 32, 48}) record(*failing, k);
  ASSERT_THAT(log.lines(), SizeIs(1));
  EXPECT_THAT(log.lines()[0], HasSubstr(path));
  EXPECT_THAT(log.lines()[0], HasSubstr("No space left"));
  EXPECT_EQ(files->calls(FaultyFileSystem::kAppendFile), 1);
}

TEST_F(Trace, DoesNotGrowBeyondItsBound) {
  std::ofstream(path) << std::string(kMostTraceBytes - 10, '#') << "\n";
  record(*recorder(), 16);
  EXPECT_EQ(std::filesystem::file_size(path), kMostTraceBytes - 9);
  ASSERT_THAT(log.lines(), SizeIs(1));
  EXPECT_THAT(log.lines()[0], HasSubstr(std::to_string(kMostTraceBytes)));
}

TEST_F(Trace, IsNoFolderAndNoDevice) {
  path = "/dev/null";
  record(*recorder(), 16);
  path = folder.path();
  record(*recorder(), 16);
  EXPECT_THAT(log.lines(), SizeIs(2));
}

}  // namespace
}  // namespace fp4jit
