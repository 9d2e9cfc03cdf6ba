// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace nordlys::studio {

/// Path of the bundled sample's model, or empty where the samples are not installed. Looked for where all data files are
/// (core/base/resource_path.h).
QString sampleModelPath();

} // namespace nordlys::studio
