#include "models/timing/worker.h"

#include <cstdio>
#include <exception>
#include <vector>

#include "models/timing/simulate.h"

namespace cimera::timing {
namespace {

std::vector<std::uint8_t> read_all(std::FILE* file) {
  std::vector<std::uint8_t> bytes;
  std::uint8_t chunk[65536];
  while (const std::size_t n = std::fread(chunk, 1, sizeof chunk, file)) bytes.insert(bytes.end(), chunk, chunk + n);
  return bytes;
}

}  // namespace

int run_worker() {
  try {
    const std::vector<std::uint8_t> answer = ops::to_bytes(simulate(ops::timing_request(read_all(stdin))));
    if (std::fwrite(answer.data(), 1, answer.size(), stdout) != answer.size() || std::fflush(stdout) != 0) return 1;
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}

}  // namespace cimera::timing
