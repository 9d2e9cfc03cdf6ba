// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/cell_roles.h>

#include <QString>

namespace nordlys::studio {

/// The stripe of a backend by its name in files ("cpu", "gpu", "htp"); None for others.
inline CellBackend backendCell(const QString &name)
{
    if (name.compare(QLatin1String("htp"), Qt::CaseInsensitive) == 0)
        return CellBackend::Htp;
    if (name.compare(QLatin1String("gpu"), Qt::CaseInsensitive) == 0)
        return CellBackend::Gpu;
    return name.compare(QLatin1String("cpu"), Qt::CaseInsensitive) == 0 ? CellBackend::Cpu : CellBackend::None;
}

} // namespace nordlys::studio
