// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <runtime/quantization/configuration_metric.h>

#include <QString>

#include <chrono>

namespace nordlys::studio {

/// What shall say how good a choice of encodings is, as a dialog asks for it.
struct MetricRequest {
    runtime::MetricKind kind = runtime::MetricKind::Sqnr;
    QString labels;  ///< CSV; empty: none
    QString command; ///< of MetricKind::Command
    int timeoutSeconds = 60;
    bool lowerIsBetter = false;

    /// Without the labels, which whoever reads them keeps.
    [[nodiscard]] runtime::MetricOptions options() const
    {
        runtime::MetricOptions made;
        made.kind = kind;
        made.command = command.toStdString();
        made.commandTimeout = std::chrono::seconds(timeoutSeconds);
        made.lowerIsBetter = lowerIsBetter;
        return made;
    }
};

} // namespace nordlys::studio
