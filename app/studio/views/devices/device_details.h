// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/key_value_grid.h>
#include <studio/workspace/device_list.h>

namespace nordlys::studio {

/// What is known of a device, and of the run that a recording holds, as rows.
QList<KeyValue> deviceDetails(const DeviceEntry &entry);

} // namespace nordlys::studio
