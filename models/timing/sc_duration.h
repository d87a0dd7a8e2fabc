// The only place where Duration and sc_time meet; both are whole femtoseconds.
#pragma once

#include <systemc>

#include "core/duration.h"

namespace cimera::timing {

inline sc_core::sc_time to_sc(Duration d) { return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(d.fs())); }
inline Duration from_sc(const sc_core::sc_time& t) { return Duration::fs(static_cast<std::int64_t>(t.value())); }
inline Duration now() { return from_sc(sc_core::sc_time_stamp()); }

}  // namespace cimera::timing
