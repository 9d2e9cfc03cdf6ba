// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace nordlys::studio {

/// Path of the bundled sample's model, or empty where the samples are not installed. Looked for beside the program (build tree)
/// and in share/nordlys; NORDLYS_RESOURCES names another folder.
QString sampleModelPath();

} // namespace nordlys::studio
