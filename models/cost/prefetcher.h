// A stride prefetcher: watches the lines that are asked of a cache, page by page, and runs ahead of steady strides.
#pragma once

#include <cstdint>
#include <vector>

namespace cimera::cost {

class Prefetcher {
 public:
  struct Shape {
    std::int64_t pages = 0;       ///< pages watched at once; 0: no prefetching
    std::int64_t page_lines = 1;  ///< it never crosses the end of a page
    std::int64_t ahead = 0;       ///< lines that it runs ahead
  };
  explicit Prefetcher(const Shape& shape) : shape_(shape) {}

  /// Tells it of a request; the lines to be fetched are written to `lines` (cleared before). They come once the same
  /// stride, not zero, has been seen twice in a row within the page; each line once while the stride goes on. It runs
  /// 2, 4, .. up to `ahead` lines ahead, twice as far with each request.
  void observe(std::int64_t line, std::vector<std::int64_t>& lines);

 private:
  struct Page {
    std::int64_t page = -1, last = 0, stride = 0;
    std::int64_t sent = 0;   ///< strides from `last` to the last line that was fetched
    std::int64_t reach = 1;  ///< how far it runs ahead by now
  };
  Shape shape_;
  std::vector<Page> pages_;  ///< most recent first
};

}  // namespace cimera::cost
