#include "mapping/host_product.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "core/integers.h"

namespace cimera::mapping {

Division divide(HostProduct& p, std::int64_t cores) {
  const std::int64_t first_input = p.planes * p.input.row, first_output = p.all_rows * p.output.row;
  struct Way {
    std::int64_t* parts;
    std::function<void()> apart;  // sets what lies between the parts of cores
  };
  Way groups{&p.groups, [&] {
               p.first_weight = p.groups * p.all_rows * p.depth;
               p.input.stride = p.groups * first_input, p.output.stride = p.groups * first_output;
             }};
  Way rows{&p.rows, [&] { p.first_row = p.rows, p.output.stride = p.rows * p.output.row; }};
  Way images{&p.images, [&] {
               for (HostOperand* matrix : {&p.input, &p.output}) matrix->stride = p.images * matrix->image;
             }};
  Way columns{&p.columns, [&] {
                for (HostOperand* matrix : {&p.input, &p.output})
                  matrix->stride = ceil_div(p.columns * matrix->columns, matrix->of) * matrix->column;
              }};
  std::vector<Way> ways{images, columns, rows};
  if (p.rows >= p.images * p.columns) ways = {rows, columns, images};
  if (p.groups > 1) ways.insert(ways.begin(), groups);
  const auto share = [&](const Way& way) {
    return static_cast<double>(ceil_div(*way.parts, cores)) / static_cast<double>(*way.parts);
  };
  double best = 1;
  for (const Way& way : ways) best = std::min(best, share(way));
  const Way& way = *std::ranges::find_if(ways, [&](const Way& w) { return share(w) <= 1.1 * best; });
  const double largest = share(way);
  const std::int64_t all = *way.parts;
  *way.parts = ceil_div(all, cores);
  way.apart();
  return {ceil_div(all, *way.parts), largest};
}

}  // namespace cimera::mapping
