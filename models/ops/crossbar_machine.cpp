#include "models/ops/crossbar_machine.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace cimera::ops {

using namespace literals;

LevelCounts CrossbarMachine::levels() const {
  const std::int64_t tiles = organisation.chips * organisation.tiles();
  return {{"ima", tiles * organisation.imas_per_tile},
          {"tile", tiles},
          {"router", tiles / organisation.tiles_per_router},
          {"chip", organisation.chips}};
}

CrossbarConfig CrossbarMachine::config(int weight_bits, int input_bits, bool input_signed) const {
  const int magnitude = std::max(1, input_bits - (input_signed ? 1 : 0));
  auto dac_bits = static_cast<int>(precision.dac_bits);
  if (pipeline.serial) dac_bits = phase_bits(magnitude, dac_bits);
  return {.rows = static_cast<int>(organisation.rows),
          .columns = static_cast<int>(organisation.columns),
          .active_rows = static_cast<int>(organisation.active_rows),
          .cell_bits = static_cast<int>(precision.cell_bits),
          .weight_bits = weight_bits,
          .input_bits = input_bits,
          .input_signed = input_signed,
          .dac_bits = dac_bits,
          .input_coding = precision.input_coding,
          .encoding = precision.encoding,
          .adc_bits = static_cast<int>(precision.adc_bits),
          .adc_range = precision.adc_range,
          .adc_percentile = precision.adc_percentile,
          .adc_range_of = precision.adc_range_of,
          .slice_layout = precision.slices,
          .adc = adc,
          .columns_per_adc = static_cast<int>(std::max<std::int64_t>(
              1, organisation.columns * organisation.arrays_per_ima / organisation.adcs_per_ima)),
          .noise_per_cell = precision.noise_per_cell,
          .wires = wires};
}

CrossbarConfig CrossbarMachine::config() const {
  return config(static_cast<int>(precision.weight_bits), static_cast<int>(precision.input_bits), false);
}

std::int64_t CrossbarOrganisation::router_x() const {
  auto y = static_cast<std::int64_t>(std::sqrt(static_cast<double>(tiles_per_router)));
  while (tiles_per_router % y != 0) --y;
  return tiles_per_router / y;
}

void CrossbarMachine::fit_components() {
  const CrossbarOrganisation& o = organisation;
  const std::map<Event, std::int64_t> instances{{Event::kAdcConversions, o.adcs_per_ima},
                                                {Event::kRowDrives, o.rows * o.arrays_per_ima},
                                                {Event::kArrayReads, o.arrays_per_ima},
                                                {Event::kSampleHolds, o.columns * o.arrays_per_ima}};
  // What serves converters, rows or columns: there is as much more of it as of these.
  const std::map<Event, Event> serves{{Event::kShiftAdds, Event::kAdcConversions},
                                      {Event::kInputRegisterBits, Event::kRowDrives},
                                      {Event::kOutputRegisterBits, Event::kSampleHolds}};
  const auto of_unit = [](const Component& row) { return row.per == "ima" && row.events.size() == 1; };
  std::map<Event, double> scales;
  for (const auto& [name, row] : components)
    if (of_unit(row) && instances.contains(row.events[0]))
      scales[row.events[0]] = static_cast<double>(instances.at(row.events[0])) / static_cast<double>(row.count);
  for (auto& [name, row] : components) {
    if (!of_unit(row)) continue;
    const Event event = row.events[0];
    const auto scale = scales.find(serves.contains(event) ? serves.at(event) : event);
    if (scale == scales.end() || scale->second == 1.0) continue;
    const auto own = instances.find(event);
    row.count = own != instances.end()
                    ? own->second
                    : std::max<std::int64_t>(1, std::llround(static_cast<double>(row.count) * scale->second));
    if (row.area) row.area = *row.area * scale->second;
    if (row.power) row.power = *row.power * scale->second;
    if (row.full_rate) row.full_rate = *row.full_rate * scale->second;
  }
}

void CrossbarMachine::adopt(const devices::CellFigures& cell) {
  if (!pipeline.cell_write && cell.t_write) pipeline.cell_write = cell.t_write->seconds();
  for (auto& [name, row] : components) {
    if (row.charge != Charge::kEvents || row.events.size() != 1) continue;
    if (row.events[0] == Event::kCellWrites && !row.event_energy()) row.energy = cell.write_energy;
    if (row.events[0] == Event::kArrayReads && !row.area && feature_size && cell.area_f2) {
      const double cells = static_cast<double>(row.count * organisation.rows * organisation.columns);
      row.area = *feature_size * *feature_size * (*cell.area_f2 * cells);
    }
  }
}

bool CrossbarMachine::can(TileFunction function) const {
  return std::find(tile_functions.begin(), tile_functions.end(), function) != tile_functions.end();
}

EnumNames<WeightEncoding> enum_names(const WeightEncoding*) {
  return {{"differential", WeightEncoding::kDifferential},
          {"two_sided", WeightEncoding::kTwoSided},
          {"offset", WeightEncoding::kOffset},
          {"offset_column", WeightEncoding::kOffsetColumn},
          {"flip", WeightEncoding::kFlip}};
}
EnumNames<AdcRange> enum_names(const AdcRange*) {
  return {
      {"unit_step", AdcRange::kUnitStep}, {"full_range", AdcRange::kFullRange}, {"percentile", AdcRange::kPercentile}};
}
EnumNames<AdcRangeOf> enum_names(const AdcRangeOf*) {
  return {{"layer", AdcRangeOf::kLayer}, {"slice", AdcRangeOf::kSlice}};
}
EnumNames<SliceLayout> enum_names(const SliceLayout*) {
  return {{"together", SliceLayout::kTogether}, {"apart", SliceLayout::kApart}};
}
EnumNames<InputCoding> enum_names(const InputCoding*) {
  return {{"amplitude", InputCoding::kAmplitude}, {"pulse_width", InputCoding::kPulseWidth}};
}
EnumNames<ConverterType> enum_names(const ConverterType*) {
  return {{"sar", ConverterType::kSar}, {"ramp", ConverterType::kRamp}, {"flash", ConverterType::kFlash}};
}
EnumNames<Schedule> enum_names(const Schedule*) {
  return {{"pipelined", Schedule::kPipelined}, {"layered", Schedule::kLayered}};
}
EnumNames<TileFunction> enum_names(const TileFunction*) {
  return {{"relu", TileFunction::kRelu},
          {"sigmoid", TileFunction::kSigmoid},
          {"tanh", TileFunction::kTanh},
          {"max_pool", TileFunction::kMaxPool},
          {"add", TileFunction::kAdd}};
}

EnumNames<DynamicMatmul> enum_names(const DynamicMatmul*) {
  return {{"host", DynamicMatmul::kHost},
          {"digital", DynamicMatmul::kDigital},
          {"write_array", DynamicMatmul::kWriteArray}};
}

std::string to_string(DynamicMatmul where) {
  for (const auto& [name, value] : enum_names(static_cast<const DynamicMatmul*>(nullptr)))
    if (value == where) return name;
  return "";
}

EnumNames<Weights> enum_names(const Weights*) {
  return {{"resident", Weights::kResident}, {"reprogrammed", Weights::kReprogrammed}};
}

EnumNames<ZeroSteps> enum_names(const ZeroSteps*) {
  return {{"driven", ZeroSteps::kDriven}, {"skipped", ZeroSteps::kSkipped}};
}

Schema<CrossbarOrganisation> schema(const CrossbarOrganisation*) {
  using T = CrossbarOrganisation;
  return Schema<T>("organisation", "how many of what")
      .opt("chips", &T::chips, "chips of the machine", "one chip")
      .range(1, 65536)
      .need("tiles_x", &T::tiles_x, "tiles of a chip along x")
      .range(1, 1024)
      .need("tiles_y", &T::tiles_y, "tiles of a chip along y")
      .range(1, 1024)
      .need("tiles_per_router", &T::tiles_per_router, "tiles that share a router of the mesh")
      .range(1, 16)
      .need("imas_per_tile", &T::imas_per_tile, "in-situ multiply-accumulate units of a tile")
      .range(1, 1024)
      .need("arrays_per_ima", &T::arrays_per_ima, "crossbar arrays of a unit")
      .range(1, 1024)
      .need("adcs_per_ima", &T::adcs_per_ima, "analog to digital converters of a unit, shared by its columns")
      .range(1, 65536)
      .need("rows", &T::rows, "wordlines of an array")
      .range(1, 4096)
      .need("columns", &T::columns, "bitlines of an array")
      .range(1, 4096)
      .opt("active_rows", &T::active_rows,
           "wordlines that can be driven together: an array with more is read group after group in every step; 0: all",
           "all")
      .range(0, 4096)
      .check(
          "tiles_per_router, as a rectangle as near to a square as it goes (4: 2 x 2, 2: 2 x 1), must divide tiles_x "
          "and "
          "tiles_y",
          [](const T& o) { return o.tiles_x % o.router_x() == 0 && o.tiles_y % o.router_y() == 0; });
}

Schema<CrossbarPrecision> schema(const CrossbarPrecision*) {
  using T = CrossbarPrecision;
  return Schema<T>("precision", "bits of the numbers and of the converters")
      .need("weight_bits", &T::weight_bits, "bits of a weight; --bits W,A sets it")
      .range(1, 16)
      .need("input_bits", &T::input_bits, "bits of an input activation; --bits W,A sets it")
      .range(1, 16)
      .need("cell_bits", &T::cell_bits, "bits stored in one cell")
      .range(1, 8)
      .need("dac_bits", &T::dac_bits, "input bits applied in one step")
      .range(1, 8)
      .need("adc_bits", &T::adc_bits, "resolution of a converter")
      .range(1, 16)
      .need("result_bits", &T::result_bits, "bits of an activation or partial sum on its way between tiles")
      .range(1, 64)
      .need("encoding", &T::encoding, "how signed weights are stored")
      .need("adc_range", &T::adc_range,
            "the range of a converter: unit_step, one code per level unit; full_range, all that a full array can give; "
            "percentile, what inputs of the calibration set give")
      .opt(
          "input_coding", &T::input_coding,
          "a digit d of several bits: amplitude, one pulse of d / D of the voltage; pulse_width, d pulses, for which a "
          "step lasts D times as long",
          "amplitude")
      .opt("adc_percentile", &T::adc_percentile,
           "with adc_range percentile: share of the sums of ideal cells that do not clip, in %", "99.9")
      .range(1, 100)
      .opt("adc_range_of", &T::adc_range_of, "with adc_range percentile: one range for a layer, or one for each slice",
           "slice")
      .opt("slices", &T::slices,
           "where the slices of a weight lie: together in one array, or apart in arrays of their own", "together")
      .opt("noise_per_cell", &T::noise_per_cell,
           "noise of reads: drawn for every cell, or for each column sum with the same distribution (1/f noise is "
           "always "
           "drawn per cell)",
           "false");
}

Schema<ConverterErrors> schema(const ConverterErrors*) {
  using T = ConverterErrors;
  return Schema<T>("adc", "errors of the converters, drawn for each of them")
      .opt("type", &T::type,
           "what mismatch does: to the capacitors of a sar, to the steps of a ramp, to the comparators of a flash "
           "converter",
           "sar")
      .opt("mismatch_sigma", &T::mismatch_sigma,
           "standard deviation of a unit capacitor or of a step of the ramp, relative; of a threshold of flash, in "
           "steps "
           "of the code",
           "0: no mismatch")
      .range(0, 16)
      .opt("offset_sigma", &T::offset_sigma, "standard deviation of offsets, in steps of the code", "0: no offset")
      .range(0, 65536)
      .opt("gain_sigma", &T::gain_sigma, "standard deviation of gains, relative", "0: no gain error")
      .range(0, 1)
      .opt("noise_sigma", &T::noise_sigma, "standard deviation of every conversion, in steps of the code",
           "0: no noise")
      .range(0, 65536);
}

Schema<CrossbarPipeline> schema(const CrossbarPipeline*) {
  using T = CrossbarPipeline;
  return Schema<T>("pipeline", "the stages of a tile; one stage lasts as long as one input step")
      .need("array_read", &T::array_read, "time of one read of an array; where reads are serial, of one integration")
      .positive()
      .opt("adc_rate", &T::adc_rate, "conversions per second of one converter",
           "that of the converter that a component names; else the read of an array has them in it")
      .positive()
      .need("drain_stages", &T::drain_stages, "stages from the last read to a result in the output register")
      .range(0, 64)
      .need("fetch_bits", &T::fetch_bits, "bits from the tile buffer to input registers in one stage")
      .range(1, 1e12)
      .need("write_bits", &T::write_bits, "bits into the tile buffer in one stage")
      .range(1, 1e12)
      .need("activations", &T::activations, "elements through the activation units of a tile in one stage")
      .range(1, 1e12)
      .need("pool_outputs", &T::pool_outputs, "elements produced by the pooling unit of a tile in one stage")
      .range(1, 1e12)
      .need("tile_adds", &T::tile_adds, "additions of the shift-and-add unit of a tile in one stage")
      .range(1, 1e12)
      .opt("zero_steps", &T::zero_steps,
           "an input step in which all rows of a product are zero: driven like others, or skipped with its time and "
           "its events",
           "driven")
      .need("buffer", &T::buffer, "capacity of the buffer of a tile")
      .range(1_bit, Bits::si(1e15))
      .opt("cell_write", &T::cell_write, "time to write one row of an array, all its cells at once",
           "t_write of the cell, where that is known")
      .positive()
      .group("serial", &T::serial, "inputs that are integrated bit by bit, then converted, in one or two phases")
      .check("`serial` goes with `zero_steps: driven`",
             [](const T& p) { return !p.serial || p.zero_steps == ZeroSteps::kDriven; });
}

Schema<CrossbarNetwork> schema(const CrossbarNetwork*) {
  using T = CrossbarNetwork;
  return Schema<T>("network", "routers and chip links")
      .need("flit", &T::flit, "width of a link between routers")
      .range(1_bit, Bits::si(1e6))
      .need("flit_time", &T::flit_time, "time of one flit on a link")
      .positive()
      .need("hop_latency", &T::hop_latency, "latency of a router")
      .need("chip_link", &T::chip_link, "rate of all links of a chip together")
      .positive()
      .need("chip_link_latency", &T::chip_link_latency, "latency of a chip link")
      .need("chip_packet", &T::chip_packet, "granule of a chip link")
      .range(1_bit, Bits::si(1e6))
      .check("flit and chip_packet must be whole bits", [](const T& n) {
        return std::floor(n.flit.si()) == n.flit.si() && std::floor(n.chip_packet.si()) == n.chip_packet.si();
      });
}

Schema<CrossbarMachine> schema(const CrossbarMachine*) {
  using T = CrossbarMachine;
  return Schema<T>("crossbar machine", "chips of tiles with in-situ multiply-accumulate units of crossbar arrays")
      .need("model", &T::model, "kind of machine: crossbar")
      .need("description", &T::description, "one line for people")
      .need("host", &T::host, "machine that feeds the chips and does what they cannot")
      .need("cell", &T::cell, "memory cell, a name of `cimera list devices`")
      .opt("feature_size", &T::feature_size, "of the process; the area of arrays follows from it where it is not given",
           "none")
      .positive()
      .group("supply", &T::supply, "voltage of the chips")
      .group("organisation", &T::organisation, "how many of what")
      .group("precision", &T::precision, "bits of the numbers and of the converters")
      .group("adc", &T::adc, "errors of the converters")
      .group("pipeline", &T::pipeline, "the stages of a tile")
      .group("network", &T::network, "routers and chip links")
      .group("wires", &T::wires, "resistances inside an array")
      .opt("schedule", &T::schedule, "when a layer may start", "pipelined: as soon as its inputs are there")
      .need("tile_functions", &T::tile_functions, "functions that a tile can do; the host does the others")
      .opt("dynamic_matmul", &T::dynamic_matmul,
           "where products of two activations are made: host, digital or write_array", "the host makes them")
      .opt("weights", &T::weights,
           "of a network that does not fit: resident refuses it; reprogrammed writes cells anew, load after load, for "
           "every batch",
           "resident")
      .group("components", &T::components, "power, area and events of every component")
      .check(
          "with zero_steps: skipped a step without driven rows has the code 0, which converters with an offset or "
          "noise "
          "do not give: use zero_steps: driven",
          [](const T& m) {
            return m.pipeline.zero_steps == ZeroSteps::kDriven ||
                   (m.adc.offset_sigma == 0.0 && m.adc.noise_sigma == 0.0 && m.adc.mismatch_sigma == 0.0);
          })
      .check("a weight does not fit in one row of an array",
             [](const T& m) { return m.config().weights_per_array() >= 1; })
      .check(
          "a component of a crossbar machine is charged for events, for what was measured, or always; not by the state "
          "of its units",
          [](const T& m) {
            return std::none_of(m.components.begin(), m.components.end(),
                                [](const auto& row) { return state_of(row.second.charge).has_value(); });
          })
      .check("`per` of a component must be ima, tile, router or chip", [](const T& m) {
        const LevelCounts levels = m.levels();
        return std::all_of(m.components.begin(), m.components.end(),
                           [&](const auto& row) { return levels.contains(row.second.per); });
      });
}

}  // namespace cimera::ops
