#include "study/progress_line.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

namespace cimera::study {
namespace {

/// A terminal and what was written on it.
class Terminal : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::access("/dev/pts/ptmx", F_OK) != 0) GTEST_SKIP() << "no pseudo-terminals: /dev/pts is not mounted";
    ASSERT_EQ(::openpty(&reader_, &terminal_, nullptr, nullptr, nullptr), 0);
    ::fcntl(reader_, F_SETFL, O_NONBLOCK);
  }
  void TearDown() override {
    ::close(reader_);
    ::close(terminal_);
  }
  std::string written() const {
    char text[4096];
    const ssize_t n = ::read(reader_, text, sizeof text);
    return n > 0 ? std::string(text, static_cast<std::size_t>(n)) : "";
  }

  int reader_ = -1, terminal_ = -1;
};

TEST_F(Terminal, LineIsWrittenOverAndWiped) {
  {
    ProgressLine line(terminal_, std::chrono::milliseconds(0));
    line.progress()("images", 5, 20);
    EXPECT_EQ(written(), "\r\x1b[Kimages: 5 of 20");
    line.progress()("images", 6, 20);
    EXPECT_EQ(written(), "") << "less than a tenth of a second later";
  }
  EXPECT_EQ(written(), "\r\x1b[K");
}

TEST_F(Terminal, ShortRunsShowNothing) {
  {
    ProgressLine line(terminal_);
    line.progress()("images", 20, 20);
  }
  EXPECT_EQ(written(), "");
}

TEST_F(Terminal, FilesAndPipesGetNothing) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_FALSE(ProgressLine(ends[1], std::chrono::milliseconds(0)).progress());
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace cimera::study
