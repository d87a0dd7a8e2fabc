#include "models/cost/prefetcher.h"

#include <algorithm>

namespace cimera::cost {

void Prefetcher::observe(std::int64_t line, std::vector<std::int64_t>& lines) {
  lines.clear();
  if (shape_.pages == 0) return;
  const std::int64_t page = line / shape_.page_lines;
  const auto found = std::find_if(pages_.begin(), pages_.end(), [&](const Page& p) { return p.page == page; });
  if (found == pages_.end()) {
    if (static_cast<std::int64_t>(pages_.size()) == shape_.pages) pages_.pop_back();
    pages_.insert(pages_.begin(), {.page = page, .last = line});
    return;
  }
  std::rotate(pages_.begin(), found, found + 1);
  Page& here = pages_.front();
  const std::int64_t stride = line - here.last;
  const bool steady = stride != 0 && stride == here.stride;
  here.last = line, here.stride = stride;
  here.sent = steady ? std::max(here.sent - 1, std::int64_t{0}) : 0;
  here.reach = steady ? std::min(2 * here.reach, shape_.ahead) : 1;
  if (!steady) return;
  while (here.sent < here.reach) {
    const std::int64_t next = line + (here.sent + 1) * stride;
    if (next / shape_.page_lines != page || next < 0) return;
    lines.push_back(next);
    ++here.sent;
  }
}

}  // namespace cimera::cost
