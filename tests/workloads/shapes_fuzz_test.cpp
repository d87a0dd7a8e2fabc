// Damaged catalog files and layer texts: whatever they say, they give a network, or throw Error.
#include <filesystem>

#include <gtest/gtest.h>

#include "core/files.h"
#include "core/resources.h"
#include "core/stream.h"
#include "tests/workloads/support.h"
#include "workloads/shapes_only/catalog.h"
#include "workloads/shapes_only/single_layer.h"

namespace cimera::workloads {
namespace {

/// `text` with one to four bytes replaced by bytes that mean something in it.
std::string damaged(std::string text, std::uint32_t round) {
  static constexpr std::string_view kBytes = "0129x,:=-$ \n[]{}@aio#'\"";
  const Stream stream(StreamKey{.seed = 11, .purpose = "fuzz"});
  std::vector<std::uint32_t> words(10);
  stream.bits({.unit = round}, words);
  for (std::uint32_t i = 0; i <= words[0] % 4; ++i)
    text[words[1 + 2 * i] % text.size()] = kBytes[words[2 + 2 * i] % kBytes.size()];
  if (words[9] % 8 == 0) text.erase(words[8] % text.size(), 5);
  return text;
}

template <class Read>
void fuzz(const std::string& text, std::uint32_t rounds, int least_refused, int least_read, const Read& read) {
  int refused = 0, good = 0;
  for (std::uint32_t round = 0; round < rounds; ++round) {
    const std::string bad = damaged(text, round);
    try {
      read(bad);
      ++good;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), Error::Kind::kInput) << error.what();
      ++refused;
    }
  }
  EXPECT_GE(refused, least_refused);
  EXPECT_GE(good, least_read);
}

TEST(ShapesFuzz, CatalogFiles) {
  const TemporaryFolder folder;
  for (const char* name : {"resnet18", "mobilenetv2", "bert_base", "llama2_7b"}) {
    const std::string text = read_whole(resource("workloads/catalog") / (std::string(name) + ".yaml"));
    fuzz(text, 400, 100, 5, [&](const std::string& bad) { load_catalog(folder.write("n.yaml", bad)); });
  }
}

TEST(ShapesFuzz, LayerTexts) {
  const auto read = [](const std::string& bad) { single_layer(bad); };
  fuzz("conv:64,128,3x3,56x56,stride=2,pad=1,groups=2", 4000, 2000, 20, read);
  fuzz("gemm:128,64,32", 2000, 800, 20, read);
  fuzz("gemv:10,20", 2000, 800, 20, read);
}

}  // namespace
}  // namespace cimera::workloads
