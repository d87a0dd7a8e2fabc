// digits_export PATH SEED FIRST COUNT: writes synthetic digits to an .npz file, for scripts/train_digits.py.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "core/error.h"
#include "workloads/synthetic/digits.h"

namespace {

template <class Integer>
bool read_integer(const char* text, Integer& value) {
  const char* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, value);
  return error == std::errc() && stop == end;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seed = 0;
  std::int64_t first = 0, count = 0;
  if (argc != 5 || !read_integer(argv[2], seed) || !read_integer(argv[3], first) || !read_integer(argv[4], count)) {
    std::fprintf(stderr, "usage: digits_export PATH.npz SEED FIRST COUNT\n");
    return 2;
  }
  try {
    cimera::workloads::write_digits(argv[1], seed, first, count);
  } catch (const cimera::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return error.kind() == cimera::Error::Kind::kInput ? 2 : 1;
  }
  return 0;
}
