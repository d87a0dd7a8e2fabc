#include "mapping/array_grid.h"

#include <algorithm>

#include "core/integers.h"

namespace cimera::mapping {

using workloads::Conv2d;
using workloads::Layer;
using workloads::Network;

ArrayGrid::ArrayGrid(const Network& network, const Layer& layer, const ops::CrossbarConfig& config)
    : shape_(mvm_shape(network, layer)),
      config_(config),
      slice_arrays_(config.slice_arrays()),
      row_blocks_(ceil_div(shape_.rows, config.rows) * slice_arrays_),
      column_blocks_(ceil_div(shape_.columns, config.weights_per_array())),
      rows_per_channel_(1),
      elements_per_channel_(1) {
  if (const auto* conv = std::get_if<Conv2d>(&layer.op)) {
    const workloads::Shape& in = network.tensor(layer.inputs[0]).shape;
    rows_per_channel_ = conv->kernel_h * conv->kernel_w;
    elements_per_channel_ = in[2] * in[3];
  } else {
    elements_per_channel_ = shape_.positions;
  }
}

ArrayGrid::At ArrayGrid::at(std::int64_t array) const {
  return {array / (row_blocks_ * column_blocks_), array / row_blocks_ % column_blocks_, array % row_blocks_};
}

std::int64_t ArrayGrid::first_row(std::int64_t row_block) const {
  return std::min<std::int64_t>(row_block / slice_arrays_ * config_.rows, shape_.rows);
}

std::int64_t ArrayGrid::rows_in(std::int64_t row_block) const {
  return std::min<std::int64_t>(config_.rows, shape_.rows - first_row(row_block));
}

std::int64_t ArrayGrid::rows_before(std::int64_t end) const {
  return first_row(end) * slice_arrays_ + end % slice_arrays_ * rows_in(end);
}

std::int64_t ArrayGrid::weights_in(std::int64_t column_block) const {
  const std::int64_t each = config_.weights_per_array();
  return std::min(each, shape_.columns - column_block * each);
}

std::int64_t ArrayGrid::reads_before(std::int64_t end) const {
  // All row blocks but the last ones, of one place in the matrix, are full.
  const std::int64_t full = std::min(end, shape_.rows / config_.rows * slice_arrays_);
  return full * config_.row_groups(config_.rows) + (end - full) * config_.row_groups(shape_.rows % config_.rows);
}

ArrayGrid::Totals ArrayGrid::totals(std::int64_t end) const {
  const At next = at(end);
  const std::int64_t columns = next.group * column_blocks_ + next.column_block;  // that are complete, of blocks
  const std::int64_t weights = next.group * shape_.columns + next.column_block * config_.weights_per_array();
  const std::int64_t here = weights_in(next.column_block);  // in the column block that is begun
  const std::int64_t rows = rows_before(next.row_block), all = shape_.rows * slice_arrays_;
  return {.rows = columns * all + rows,
          .weights = weights * row_blocks_ + next.row_block * here,
          .products = weights * all + rows * here,
          .heads = weights + (next.row_block > 0 ? here : 0),
          .reads = columns * reads_before(row_blocks_) + reads_before(next.row_block),
          .conversions =
              config_.slices_per_array() * (weights * reads_before(row_blocks_) + here * reads_before(next.row_block)) +
              config_.unit_columns() * (columns * reads_before(row_blocks_) + reads_before(next.row_block))};
}

std::vector<ArrayGrid::RowSpan> ArrayGrid::row_spans(std::int64_t first, std::int64_t last) const {
  std::vector<RowSpan> spans;
  const std::int64_t in_group = row_blocks_ * column_blocks_;
  while (first < last) {
    const At from = at(first);
    const std::int64_t whole = first % in_group == 0 ? (last - first) / in_group : 0;
    const std::int64_t end = whole > 0 ? first + whole * in_group : std::min(last, (from.group + 1) * in_group);
    const std::int64_t blocks = std::min(end - first, row_blocks_), beyond = from.row_block + blocks - row_blocks_;
    if (blocks == row_blocks_) {
      spans.push_back({from.group, std::max<std::int64_t>(whole, 1), 0, shape_.rows});
    } else {  // it may go on in the next column, with the first row blocks
      const auto end_row = [&](std::int64_t end) {
        return end > 0 ? first_row(end - 1) + rows_in(end - 1) : std::int64_t{0};
      };
      const std::int64_t again = end_row(beyond), begin = std::max(first_row(from.row_block), again);
      const std::int64_t stop = end_row(std::min(from.row_block + blocks, row_blocks_));
      if (again > 0) spans.push_back({from.group, 1, 0, again});
      if (begin < stop) spans.push_back({from.group, 1, begin, stop});
    }
    first = end;
  }
  return spans;
}

ops::Mvm ArrayGrid::mvm(std::int64_t first, std::int64_t last, std::int64_t result_bits) const {
  ops::Mvm op{.first = first, .last = last, .steps = config_.steps()};
  const Totals before = totals(first), after = totals(last);
  const std::int64_t weights = after.weights - before.weights;
  op.driven_rows = after.rows - before.rows;
  op.reads = after.reads - before.reads;
  op.used_columns = after.conversions - before.conversions;
  op.row_sums = config_.sums_inputs() ? op.reads : 0;
  op.result_bits = weights * result_bits;
  op.merges = weights - (after.heads - before.heads);
  if (const At from = at(first); from.row_block > 0) op.merges -= weights_in(from.column_block);
  for (const RowSpan& span : row_spans(first, last))
    op.fetch_bits += span.groups * (span.end - span.begin) * config_.input_bits;
  op.register_bits = op.driven_rows * config_.input_bits;
  return op;
}

std::int64_t ArrayGrid::cells(std::int64_t first, std::int64_t last) const {
  const Totals before = totals(first), after = totals(last);
  return (after.products - before.products) * config_.columns_per_weight() +
         (after.rows - before.rows) * config_.unit_columns();
}

std::int64_t ArrayGrid::weights(std::int64_t first, std::int64_t last) const {
  return totals(last).products - totals(first).products;
}

std::vector<Range> ArrayGrid::inputs(std::int64_t first, std::int64_t last) const {
  RangeSet ranges;
  const std::int64_t channels = shape_.rows / rows_per_channel_;
  for (const RowSpan& span : row_spans(first, last)) {
    const std::int64_t begin = span.group * channels + span.begin / rows_per_channel_;
    const std::int64_t end = (span.group + span.groups - 1) * channels + (span.end - 1) / rows_per_channel_ + 1;
    ranges.add(Range{begin * elements_per_channel_, end * elements_per_channel_});
  }
  return ranges.ranges();
}

Range ArrayGrid::outputs(const At& from, std::int64_t columns) const {
  const std::int64_t begin = from.group * shape_.columns + from.column_block * config_.weights_per_array();
  return {begin * shape_.positions, (begin + columns) * shape_.positions};
}

Range ArrayGrid::home(std::int64_t first, std::int64_t last) const {
  const std::int64_t begin = ceil_div(first, row_blocks_) * row_blocks_, end = (last - 1) / row_blocks_ * row_blocks_;
  if (begin >= last) return {};
  const At highest = at(end);
  return {outputs(at(begin), 0).begin, outputs(highest, weights_in(highest.column_block)).end};
}

Range ArrayGrid::continued(std::int64_t first, std::int64_t last) const {
  const At where = at(first);
  return where.row_block == 0 || first == last ? Range{} : outputs(where, weights_in(where.column_block));
}

}  // namespace cimera::mapping
