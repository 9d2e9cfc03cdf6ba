// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rows_model.h"

#include <studio/workspace/improver.h>

#include <QCoreApplication>

namespace nordlys::studio {

struct RowTable {
    std::vector<RowColumn> columns;
    std::vector<RowsModel::Row> rows;
};

/// What the improvement tools found, as tables and sentences.
class ImproveRows {
    Q_DECLARE_TR_FUNCTIONS(ImproveRows)

public:
    enum SensitivityColumn { Layer, Operator, Rank, Alone, AloneSqnr, Gain, Macs, Bits, Others };
    /// A row per layer in the order of the result; Bits are those of `encodings` as they are now.
    static RowTable sensitivity(const Improver::MeasuredSensitivity &measured, const Document &document, const core::EncodingSet &encodings);
    /// A row per point of the front.
    static RowTable pareto(const Improver::MeasuredMixed &measured);
    static RowTable pairs(const runtime::EqualizeReport &report);
    static RowTable corrected(const runtime::BiasCorrectReport &report, const Document &document);
    static RowTable leftAlone(const std::vector<runtime::LeftAlone> &list);

    static QString metricName(runtime::MetricKind kind);
    /// With its unit: "19.4 dB", "96.2 %".
    static QString metricText(runtime::MetricKind kind, double value);
    static QStringList raisedNames(const runtime::MixedResult &result, const runtime::MixedChoice &choice);
};

} // namespace nordlys::studio
