// An SRAM cell that computes in charge: a bit cell drives a metal capacitor, whose charge is shared with its column
// (Valavi et al., JSSC 2019; Jia et al., JSSC 2020).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/schema.h"
#include "devices/cell_model.h"

namespace cimera::devices {

/// What the capacitor of a cell does that stores a 0.
enum class CellCharge {
  kUnsigned,  ///< nothing: the cell adds 0 or 1 unit of charge (AND)
  kSigned,    ///< it takes charge: the cell adds -1 or +1 unit (XNOR)
};
EnumNames<CellCharge> enum_names(const CellCharge*);

struct SramChargeParams {
  std::string description;
  CellCharge charge = CellCharge::kUnsigned;
  std::optional<double> sigma_capacitor;
  std::optional<Volts> v_read;
  std::optional<Duration> t_read, t_write;
  std::optional<Joules> write_energy;
  std::optional<double> area_f2, endurance;
};
Schema<SramChargeParams> schema(const SramChargeParams*);

/// Two levels. The capacitor of a cell is off by a relative error e, normal with standard deviation sigma_capacitor, of
/// the device (equal however often it is written). Unsigned: level l gives l (1 + e). Signed: the charge
/// (2 l - 1) (1 + e), which in level units is l + (l - 1/2) e. That the charges of a column are divided by the sum of
/// its capacitors, which is off by sigma / sqrt(rows), is neglected. It has no conductance.
class SramCharge final : public CellModel {
 public:
  explicit SramCharge(const SramChargeParams& params) : params_(params) {}

  int max_levels() const override { return 2; }
  bool ideal() const override { return params_.sigma_capacitor == 0.0; }
  Programming program(int level_count, std::span<const std::uint8_t> levels, std::span<float> effective,
                      const Stream& stream, const Stream::Address& at) const override;
  CellFigures figures() const override;

  const SramChargeParams& params() const { return params_; }

 private:
  SramChargeParams params_;
};

}  // namespace cimera::devices
