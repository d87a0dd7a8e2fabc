// The value reading of a matrix on a grid of crossbar arrays: what a machine with these cells and converters computes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/stream.h"
#include "devices/cell_model.h"
#include "models/functional/crossbar/array.h"
#include "models/functional/crossbar/config.h"
#include "models/functional/crossbar/counts.h"
#include "models/functional/crossbar/encode.h"

namespace cimera::functional {

/// What is measured beside the results; and, for tests and benchmarks, how the numbers are computed: results and counts
/// are the same with every choice.
struct CrossbarOptions {
  std::vector<double> adc_limits = {};  ///< calibrated ranges of converters by slice, see calibrate.h
  bool cell_read = false;               ///< also measure what reads dissipate in the cells, see cell_read.h
  /// Also measure what converters draw for the conductance of columns, so much for each siemens.
  std::optional<devices::JoulesPerSiemens> adc_column = std::nullopt;
  bool exact_shortcut = true;  ///< one integer product where nothing is lost, instead of all planes
  bool vnni = true;            ///< use AVX-512 VNNI where the processor has it
};

/// Input codes, [positions][rows of the layer]: 0..2^b-1, or -2^(b-1)..2^(b-1)-1 when inputs are signed.
/// `steps`, by position: input steps that are executed; empty: all of them. A step that is not must be one in which no
/// row is driven: it adds nothing to the products, since no driven row gives the code 0 in every column.
struct CrossbarInputs {
  std::int64_t positions = 0;
  std::span<const std::int32_t> codes;
  std::span<const std::uint8_t> steps = {};
  /// Which reads of the arrays these are, for the noise of reads: position p and step t are read
  /// (first + p) * steps + t.
  std::uint64_t first = 0;
};

/// Blocks begin..end-1 of a grid.
struct BlockRange {
  int begin = 0, end = 0;
};

/// One weight matrix laid on arrays: row block r holds rows r * config.rows and on, column block c the weight columns
/// c * weights_per_array() and on; the last blocks may be smaller. Where slices lie in arrays of their own, row block r
/// is slice r % slice_arrays() of rows first_row(r) = r / slice_arrays() * config.rows and on. Array (r, c) is unit r *
/// column_blocks() + c of the stream. Any subset of arrays can be run, and partial results added in any order give the
/// same bits.
class CrossbarLayer {
 public:
  /// Checks the configuration and every weight code and programs the cells; throws Error(kInput) when a code cannot be
  /// stored, the cell cannot hold 2^cell_bits levels, or a figure that a measurement needs is unknown. `cell` and
  /// `weights` are not used afterwards.
  CrossbarLayer(const CrossbarConfig& config, const devices::CellModel& cell, const WeightBlock& weights,
                const Stream& stream, const CrossbarOptions& options = {});

  const CrossbarConfig& config() const { return setting_.config; }
  int rows() const { return rows_; }
  int columns() const { return columns_; }
  int row_blocks() const { return row_blocks_; }
  int column_blocks() const { return column_blocks_; }
  BlockRange all_row_blocks() const { return {0, row_blocks_}; }
  BlockRange all_column_blocks() const { return {0, column_blocks_}; }
  /// First row of a block of the layer.
  int first_row(int row_block) const;
  /// First weight column of a block, and columns() for column_blocks().
  int first_column(int column_block) const;
  const ProgrammedArray& array(int row_block, int column_block) const;
  const ArraySetting& setting() const { return setting_; }

  /// What programming took.
  const CrossbarCounts& programming() const { return programming_; }

  /// Adds to out[positions][weight columns of the blocks] the products of the inputs with the weights of these arrays,
  /// as the machine computes them, in units of (input code x weight code): whole numbers when the converter's step is
  /// one level. Runs on all threads. Throws Error(kRun) when an input code is out of range.
  void mvm(const CrossbarInputs& inputs, BlockRange row_blocks, BlockRange column_blocks, std::span<double> out,
           CrossbarCounts& counts) const;

 private:
  void check_arguments(const CrossbarInputs& inputs, BlockRange row_blocks, BlockRange column_blocks,
                       std::size_t out_size) const;

  PlaneKernels kernels_;
  ArraySetting setting_;
  int rows_, columns_, row_blocks_, column_blocks_;
  std::vector<ProgrammedArray> arrays_;  // [row block][column block]
  CrossbarCounts programming_;
};

}  // namespace cimera::functional
