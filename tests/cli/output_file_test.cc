// Results that appear whole or not at all.
#include "tools/cli/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cache/scratch.h"

namespace fp4jit::cli {
namespace {

TEST(OutputFile, AppearsWhenItIsCommittedAndNotBefore) {
  cache::ScratchFolder folder;
  {
    OutputFile abandoned = *OutputFile::create(folder.path("q.npy"));
    ASSERT_TRUE(abandoned.write("half").ok());
    EXPECT_FALSE(std::filesystem::exists(folder.path("q.npy")));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  OutputFile output = *OutputFile::create(folder.path("q.npy"));
  ASSERT_TRUE(output.write("whole").ok());
  ASSERT_TRUE(output.commit().ok());
  EXPECT_EQ(cache::read_bytes(folder.path("q.npy")), "whole");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(OutputFile, WhatCannotBeWrittenIsKnownAtOnce) {
  cache::ScratchFolder folder;
  EXPECT_EQ(OutputFile::create(folder.path("absent/q.npy")).status().code(), StatusCode::kIo);
  EXPECT_THAT(OutputFile::create(folder.path()).status().message(),
              testing::HasSubstr("no regular file"));
  EXPECT_EQ(OutputFile::create("/dev/null").status().code(), StatusCode::kIo);
}

}  // namespace
}  // namespace fp4jit::cli
