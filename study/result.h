// What an experiment answers: one Result per machine and batch size.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/duration.h"
#include "core/quantity.h"
#include "mapping/map.h"
#include "models/ops/event.h"
#include "models/ops/ledger.h"
#include "study/accuracy.h"
#include "study/inputs.h"
#include "study/reading.h"

namespace cimera::study {

/// One layer of the network in one batch.
struct LayerResult {
  std::string name, op;
  std::string place;             ///< "arrays", "tiles" or "host"; "" for what needs no operation of its own
  std::int64_t macs = 0;         ///< multiply-accumulates of one image
  Duration latency;              ///< from the start of its first operation to the end of its last; layers overlap
  Duration exposed;              ///< by how much its end lies behind the ends of all layers before it
  std::optional<Joules> energy;  ///< events and busy time; standing power belongs to no layer
  ops::Counts counts;            ///< of the batch
};

/// The unit of one kind that works longest: what bounds the throughput.
struct BusiestUnit {
  std::string kind, unit;
  Duration busy;
};

/// Against the baseline at the same batch size: above 1 is better than the baseline.
struct AgainstBaseline {
  std::string machine;
  double speedup = 1.0;                          ///< latency of the baseline / latency
  std::optional<double> energy_ratio;            ///< energy of the baseline / energy
  std::optional<double> energy_ratio_with_host;  ///< the same with the hosts of both left on
};

/// What the host of a machine adds when it is left on during a batch, work or not; none where unknown.
struct HostStanding {
  std::optional<Watts> power;
  std::optional<Joules> energy;
  std::optional<SquareMetres> area;
};

/// Copies of a machine that have together the area (or draw the power) of the reference, each at work on images of its
/// own.
struct Normalized {
  double copies = 1.0;            ///< a fraction of one, too
  double throughput = 0.0;        ///< images per second, of all
  double throughput_ratio = 1.0;  ///< over that of the reference
  std::optional<SquareMetres> area;
  std::optional<Watts> power;
};

/// Weights that are written anew for every batch. Time and energy are in those of the Result.
struct Reprogramming {
  std::int64_t loads = 0;            ///< one after another in the same arrays
  std::int64_t writes_per_cell = 0;  ///< in a batch, of the cell that is written most often
  Duration latency;                  ///< of bringing and writing all loads, nothing else going on: closed form
  std::optional<Joules> energy;      ///< of the same, without standing power; none when a component's is unknown
  std::optional<double> endurance;   ///< writes that a cell survives; none when unknown, and then also these:
  std::optional<double> batches;     ///< until that cell is worn out
  std::optional<Seconds> lifetime;   ///< until then, batch after batch
};

struct WeightLoad {
  std::optional<Duration> latency;  ///< none when the time to write a cell is unknown
  std::optional<Joules> energy;
  std::vector<std::string> unknown;  ///< components, or the parameter, whose figure nobody has published
  std::optional<double> endurance;   ///< loads that a cell survives, each of one write; none when unknown, or no cells
};

/// Input steps of the products of a machine that skips those in which nothing is driven.
struct InputSteps {
  std::int64_t images = 0;  ///< whose steps were drawn; 0: there are no data, and every step is executed
  double mean = 0.0;        ///< executed for one position, over all products
  std::int64_t most = 0;    ///< of one position
  bool differ = false;      ///< between positions: then no image is like another one in time
};

/// What a Result was made from.
struct Evaluation {
  mapping::Mapped mapped;
  Reading reading;
  std::optional<ops::OpStats> stats;  ///< none where data were not computed with
};

struct Result {
  std::string machine;
  std::int64_t batch = 1;
  std::optional<std::string> error;  ///< why this point has no figures: those below are then meaningless

  Evaluator evaluator = Evaluator::kCost;
  std::optional<InputSteps> input_steps;  ///< none where every step is driven
  std::int64_t skipped_blocks = 0;        ///< images that the reading jumped over as exact repetitions
  Duration latency;                       ///< of one batch, from host memory to host memory, weights resident
  Duration bound;                         ///< the closed form's lower bound
  std::optional<double> gap;              ///< (latency - bound) / latency; none where the closed form answered
  /// Images per second: between the ends of the first and the last image where they end one after the other
  /// (`pipelined`), else batch / latency.
  double throughput = 0.0;
  bool pipelined = false;

  std::optional<Joules> energy;  ///< none when a component's energy is unknown
  Joules standing_energy;        ///< the part that is drawn whether something happens or not
  std::vector<std::string> unknown;
  std::map<std::string, Joules> energy_breakdown;  ///< by component; sums to `energy` when all are known
  std::optional<SquareMetres> area;                ///< of the machine, without the host that serves it
  std::optional<HostStanding> host_standing;       ///< in neither `energy` nor `area`; none: it is its own host
  double operations = 0.0;                         ///< 2 x multiply-accumulates of the batch

  WeightLoad weight_load;  ///< nothing where weights are reprogrammed
  std::optional<Reprogramming> reprogramming;
  std::optional<Accuracy> accuracy;
  std::optional<Outputs> outputs;  ///< with Experiment::keep_outputs
  ops::Counts counts;              ///< of the batch
  std::vector<LayerResult> layers;
  std::vector<BusiestUnit> busiest;  ///< by kind of unit
  Duration shared_units;             ///< closed form only: by how much its busiest unit works longer than its path
  std::optional<AgainstBaseline> baseline;
  std::optional<Normalized> normalized;  ///< none where a size is unknown, and without Experiment::normalize

  std::int64_t used_arrays = 0, used_tiles = 0;  ///< of several loads: most arrays of one, tiles of all
  double utilisation = 0.0;                      ///< share of the machine's cells that hold weights
  std::vector<std::string> host_layers;
  std::shared_ptr<const Evaluation> evaluation;  ///< with Experiment::keep_evaluation

  std::optional<Watts> power() const;           ///< energy / latency
  std::optional<double> edp() const;            ///< energy x latency in J s
  std::optional<double> tops() const;           ///< 1e12 operations per second at this latency
  std::optional<double> tops_per_watt() const;  ///< 1e12 operations per joule
  std::optional<double> tops_per_mm2() const;
};

/// A finished experiment. `inputs` is what it was run on, with every resolved parameter.
struct Report {
  Inputs inputs;
  std::vector<Result> results;  ///< by machine, then batch size, as asked for
};

}  // namespace cimera::study
