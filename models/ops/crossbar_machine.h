// Parameters of an ISAAC-like machine: chips of tiles on a mesh, in-situ multiply-accumulate units of crossbar arrays.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/duration.h"
#include "core/quantity.h"
#include "core/schema.h"
#include "devices/cell_model.h"
#include "models/ops/component.h"
#include "models/ops/crossbar_config.h"
#include "models/ops/serial_read.h"
#include "models/ops/supply.h"

namespace cimera::ops {

/// When a layer may start: as soon as its window of inputs is there, or after the layer before it is done.
enum class Schedule { kPipelined, kLayered };
/// Element-wise and pooling functions that a tile can do; others go to the host.
enum class TileFunction { kRelu, kSigmoid, kTanh, kMaxPool, kAdd };

/// What happens to an input step in which no row of a tile's product is driven.
enum class ZeroSteps { kDriven, kSkipped };

/// Where weights that do not fit into the arrays go.
enum class Weights {
  kResident,      ///< nowhere: all weights stay in their cells, and a network that does not fit is refused
  kReprogrammed,  ///< they wait in host memory, and cells are written anew for every batch
};

/// Where products of two activations (attention) are made: by the host, by digital units of a tile, or by arrays into
/// which one of the two is written each time.
enum class DynamicMatmul { kHost, kDigital, kWriteArray };
std::string to_string(DynamicMatmul where);  ///< as in machine files

struct CrossbarOrganisation {
  std::int64_t chips = 1;
  std::int64_t tiles_x = 0, tiles_y = 0;  ///< tiles of one chip
  std::int64_t tiles_per_router = 1;      ///< concentration of the mesh, along x then y: 4 is 2 x 2
  std::int64_t imas_per_tile = 0, arrays_per_ima = 0, adcs_per_ima = 0;
  std::int64_t rows = 0, columns = 0;  ///< cells of one array
  std::int64_t active_rows = 0;        ///< rows that can be driven together; 0: all

  std::int64_t tiles() const { return tiles_x * tiles_y; }  ///< of one chip
  /// Tiles of one router along x and y: as near to a square as `tiles_per_router` goes, wider than high.
  std::int64_t router_x() const;
  std::int64_t router_y() const { return tiles_per_router / router_x(); }
  std::int64_t arrays_per_tile() const { return imas_per_tile * arrays_per_ima; }
};

struct CrossbarPrecision {
  std::int64_t weight_bits = 16, input_bits = 16;
  std::int64_t cell_bits = 2, dac_bits = 1, adc_bits = 8;
  std::int64_t result_bits = 16;  ///< of an activation and of a partial sum between tiles
  InputCoding input_coding = InputCoding::kAmplitude;
  WeightEncoding encoding = WeightEncoding::kFlip;
  AdcRange adc_range = AdcRange::kUnitStep;
  double adc_percentile = 99.9;
  AdcRangeOf adc_range_of = AdcRangeOf::kSlice;
  SliceLayout slices = SliceLayout::kTogether;
  bool noise_per_cell = false;
};

/// The machine is a static pipeline of stages; each row of capacities says how much one stage does.
struct CrossbarPipeline {
  Duration array_read;            ///< time of one read of an array for one input step; serial: of one integration
  std::optional<Hertz> adc_rate;  ///< conversions per second of one ADC; none: the read has them in it
  std::int64_t drain_stages = 0;  ///< stages after the last array read: ADC, shift-and-add, output register
  std::int64_t fetch_bits = 0;    ///< tile buffer to input registers, over the bus, per stage
  std::int64_t write_bits = 0;    ///< into the tile buffer per stage
  std::int64_t activations = 0;   ///< elements through the activation units per stage
  std::int64_t pool_outputs = 0;  ///< elements produced by the pooling unit per stage
  std::int64_t tile_adds = 0;     ///< additions of the tile's shift-and-add unit per stage
  ZeroSteps zero_steps = ZeroSteps::kDriven;
  Bits buffer;                        ///< capacity of the tile buffer
  std::optional<Seconds> cell_write;  ///< to write one row of cells, all at once; none when unknown
  std::optional<SerialRead> serial;   ///< arrays integrate, then convert; none: a column waits while others convert
};

struct CrossbarNetwork {
  Bits flit;  ///< width of a router link
  Duration flit_time;
  Duration hop_latency;     ///< router pipeline, per router
  BitsPerSecond chip_link;  ///< all links of one chip together
  Duration chip_link_latency;
  Bits chip_packet;  ///< granule of the chip link
};

struct CrossbarMachine {
  std::string model, description;
  std::string host;  ///< machine that feeds the chips and does what they cannot
  std::string cell;  ///< device name of the memory cell
  std::optional<Metres> feature_size;
  std::optional<Supply> supply;
  CrossbarOrganisation organisation;
  CrossbarPrecision precision;
  ConverterErrors adc;
  CrossbarPipeline pipeline;
  CrossbarNetwork network;
  Schedule schedule = Schedule::kPipelined;
  std::vector<TileFunction> tile_functions;
  DynamicMatmul dynamic_matmul = DynamicMatmul::kHost;
  Weights weights = Weights::kResident;
  ArrayWires wires;
  ComponentTable components;

  LevelCounts levels() const;
  /// Beat of a tile: time of one input step, in which the array is read while the ADCs convert the columns of the step
  /// before; of serial reads the longest time of which an integration, a decision and a pause are multiples.
  Duration step() const;
  /// Beats of one product: one an input step; of serial reads integrations, decisions and pauses of all phases.
  std::int64_t beats(const CrossbarConfig& config) const;
  Duration product_time(const CrossbarConfig& config) const { return step() * beats(config); }
  /// Where reads are serial, what a product takes; else zeros.
  SerialCounts serial(const CrossbarConfig& config) const;
  /// The arrays' value-determining parameters for a layer of these precisions. Serial reads: dac_bits is the longest
  /// input that is driven in one phase (phase_bits()).
  CrossbarConfig config(int weight_bits, int input_bits, bool input_signed) const;
  /// The same at the machine's own precision, unsigned inputs.
  CrossbarConfig config() const;
  bool can(TileFunction function) const;
  /// Takes from the cell what the file leaves unknown: time and energy of a write, and the area of arrays.
  void adopt(const devices::CellFigures& cell);
  /// Times and energies at the voltage of `supply`, from those in the file. Done when a machine is loaded, before
  /// figures are withdrawn; does nothing where there is no supply.
  void apply_supply();
  /// Power, area and rate of a row hold for its `count` instances; where the organisation has more or fewer converters,
  /// drivers, arrays or sample-and-holds in a unit, they scale with their number, and with them what serves these: the
  /// shift-and-adds of converters, the input registers of drivers, the output registers of sample-and-holds. Done when
  /// a machine is loaded.
  void fit_components();
};

EnumNames<WeightEncoding> enum_names(const WeightEncoding*);
EnumNames<AdcRange> enum_names(const AdcRange*);
EnumNames<AdcRangeOf> enum_names(const AdcRangeOf*);
EnumNames<SliceLayout> enum_names(const SliceLayout*);
EnumNames<InputCoding> enum_names(const InputCoding*);
EnumNames<ConverterType> enum_names(const ConverterType*);
EnumNames<Schedule> enum_names(const Schedule*);
EnumNames<TileFunction> enum_names(const TileFunction*);
EnumNames<DynamicMatmul> enum_names(const DynamicMatmul*);
EnumNames<ZeroSteps> enum_names(const ZeroSteps*);
EnumNames<Weights> enum_names(const Weights*);
Schema<CrossbarOrganisation> schema(const CrossbarOrganisation*);
Schema<CrossbarPrecision> schema(const CrossbarPrecision*);
Schema<ConverterErrors> schema(const ConverterErrors*);
Schema<CrossbarPipeline> schema(const CrossbarPipeline*);
Schema<CrossbarNetwork> schema(const CrossbarNetwork*);
Schema<CrossbarMachine> schema(const CrossbarMachine*);

}  // namespace cimera::ops
