// A crossbar array as a netlist for ngspice.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/functional/circuit/gated_columns.h"
#include "models/functional/circuit/network.h"

namespace cimera::functional {

/// Rows and columns that a netlist may have, at most.
inline constexpr int kSpiceCells = 64;

/// Text for `ngspice -b FILE`: the network with every resistance, one voltage source vrow<r> per row (`voltages`,
/// volt), one source vcol<c> of 0 V per column, which stands for its sense amplifier, an operating-point analysis
/// (.op), and commands that print every column current as "i(vcol<c>) = ...". Row node (r, c) is x<r>_<c>, column node
/// y<c>_<r>; along an ideal wire there is one node, and cells without conductance are left out. The lines of `title`
/// come first, as comments. Throws Error(kInput) when check() does or the array has more than kSpiceCells rows or
/// columns.
std::string spice_netlist(const CrossbarNetwork& network, std::span<const double> voltages, std::string_view title);

/// The same of an array as in gated_columns.h: supplies vsup<c> (and vneg<c>) of 1 V (-1 V) beside the columns, with
/// nodes s<c>_<r> (and n<c>_<r>); cells of rows that are not active are left out.
std::string spice_netlist(const CrossbarNetwork& network, Supply supply, std::span<const std::uint8_t> active,
                          std::string_view title);

}  // namespace cimera::functional
