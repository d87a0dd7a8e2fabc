// Where each joule goes: components x layers, and what one layer is charged for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/ops/ledger.h"

namespace cimera::study {

/// Sums over any direction agree with the totals of the Result.
struct EnergyCells {
  std::vector<std::string> components;  ///< largest first
  std::vector<Joules> total;            ///< by component
  std::vector<Joules> standing;         ///< by component: belongs to no layer
  std::vector<std::string> layers;      ///< of the Program
  std::vector<std::vector<Joules>> of;  ///< [layer][component]
};

EnergyCells energy_cells(const ops::Program& program, const ops::Ledger& ledger);

/// What a layer is charged for in one component: events, or time in which its units are busy.
struct LayerCharge {
  std::string component, what;      ///< "adc_conversions"; "busy"
  std::int64_t count = 0;           ///< of events
  Duration time;                    ///< busy, of all units together
  std::optional<Joules> per_event;  ///< none: nobody has published it
  std::optional<Watts> power;       ///< while busy

  std::optional<Joules> energy() const;
};

/// Largest first. What is measured on data is not among them.
std::vector<LayerCharge> layer_charges(const ops::Program& program, const ops::TimingResult& timing,
                                       const ops::PriceList& prices, std::size_t layer);

}  // namespace cimera::study
