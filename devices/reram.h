// ReRAM as code names it: a resistive cell, whose kinds differ in their data.
#pragma once

#include "devices/resistive_cell.h"

namespace cimera::devices {

using ReramParams = ResistiveParams;
using Reram = ResistiveCell;

}  // namespace cimera::devices
