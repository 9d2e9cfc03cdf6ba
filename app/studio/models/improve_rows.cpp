// SPDX-License-Identifier: GPL-3.0-or-later
#include "improve_rows.h"

#include <studio/look/number_format.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/text.h>

#include <algorithm>
#include <cmath>

namespace nordlys::studio {
namespace {

using runtime::MetricKind;

RowCell textCell(const QString &text) { return {.text = text}; }

RowCell numberCell(const QString &text, double value) { return {.text = text, .number = value}; }

/// What is not there is a dash, and says why on hover.
RowCell missingCell(const QString &why) { return {.text = QStringLiteral("–"), .toolTip = why, .ink = CellInk::Note}; }

bool isFraction(MetricKind kind) { return kind == MetricKind::Agreement || kind == MetricKind::Accuracy; }

/// The number as the column shows it: fractions as percent.
double shown(MetricKind kind, double value) { return isFraction(kind) ? 100 * value : value; }

QString decimals(MetricKind kind, double value)
{
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    return kind == MetricKind::Command ? formatSignificant(value, 4) : formatNumber(shown(kind, value), 1);
}

RowCell metricCell(MetricKind kind, double value) { return numberCell(decimals(kind, value), shown(kind, value)); }

/// Each point of a front is better than the one before, if only by little: with one digit more, two rarely look the same.
RowCell frontCell(MetricKind kind, double value)
{
    const bool isPlain = kind == MetricKind::Command || !std::isfinite(value);
    return isPlain ? metricCell(kind, value) : numberCell(formatNumber(shown(kind, value), 2), shown(kind, value));
}

QString unitOf(MetricKind kind)
{
    return kind == MetricKind::Sqnr ? QStringLiteral(", dB") : isFraction(kind) ? QStringLiteral(", %") : QString();
}

/// Widest of the layer's weights and outputs; biases have 32 bits at every width.
RowCell bitsCell(const runtime::EncodedLayer &layer, const core::EncodingSet &set)
{
    int bits = 0;
    bool isFloat = false;
    for (const std::string &name : layer.tensors) {
        const core::EncodingEntry *entry = set.find(name);
        if (entry == nullptr || (!entry->encoding.isFloat && entry->encoding.bitwidth == 32))
            continue;
        bits = std::max(bits, entry->encoding.bitwidth);
        isFloat = isFloat || entry->encoding.isFloat;
    }
    if (bits == 0)
        return {.text = QStringLiteral("–"), .ink = CellInk::Note};
    return numberCell(isFloat ? QStringLiteral("fp%1").arg(bits) : QString::number(bits), isFloat ? bits + 0.5 : bits);
}

RowCell ratioCell(double value)
{
    return numberCell(std::isfinite(value) ? formatSignificant(value, 3) + QStringLiteral("×") : QStringLiteral("–"), value);
}

} // namespace

QString ImproveRows::metricName(MetricKind kind)
{
    switch (kind) {
    case MetricKind::Sqnr: return tr("SQNR");
    case MetricKind::Agreement: return tr("Agreement");
    case MetricKind::Accuracy: return tr("Accuracy");
    case MetricKind::Command: break;
    }
    return tr("Command");
}

QString ImproveRows::metricText(MetricKind kind, double value)
{
    if (kind == MetricKind::Sqnr)
        return formatDecibel(value);
    return isFraction(kind) ? formatPercent(100 * value) : formatSignificant(value, 4);
}

RowTable ImproveRows::sensitivity(const Improver::MeasuredSensitivity &measured, const Document &document, const core::EncodingSet &encodings)
{
    const MetricKind kind = measured.metric;
    RowTable table;
    table.columns = {
        {tr("Layer"), tr("What is quantized as one: an operator with its weights and what is fused into it"), CellKind::Text},
        {tr("Operator"), tr("Type of its first operator"), CellKind::Text},
        {tr("Rank"), tr("1: costs most when quantized alone"), CellKind::Number},
        {tr("Alone%1").arg(unitOf(kind)), tr("%1 with only this layer quantized").arg(metricName(kind)), CellKind::Number},
        {tr("SQNR alone, dB"), tr("SQNR at the worst output with only this layer quantized"), CellKind::Number},
        {tr("Gain in float%1").arg(unitOf(kind)), tr("What leaving only this layer in float gains over everything quantized"), CellKind::Bar},
        {tr("MACs"), tr("Multiplications and additions of one inference: what a wider layer costs"), CellKind::Number},
        {tr("Bits"), tr("Widest of the layer's encodings as they are now"), CellKind::Number},
        {tr("Quantized with it"), tr("Operators that are fused into the layer or share its encoding"), CellKind::Text},
    };
    const QString notDone = tr("Not measured: the run was stopped before.");
    double largest = 0;
    for (const runtime::LayerSensitivity &layer : measured.result.layers) {
        if (std::isfinite(layer.delta))
            largest = std::max(largest, layer.delta);
    }
    for (const runtime::LayerSensitivity &layer : measured.result.layers) {
        RowsModel::Row row;
        row.push_back(textCell(toQString(layer.layer.name)));
        const core::NodeId node = document.findNode(layer.layer.name);
        row.push_back(textCell(node.isValid() ? toQString(document.opText(node)) : QString()));
        row.push_back(layer.rank > 0 ? numberCell(formatCount(static_cast<qint64>(layer.rank)), static_cast<double>(layer.rank)) : missingCell(notDone));
        row.push_back(layer.alone ? metricCell(kind, layer.alone->metric) : missingCell(notDone));
        row.push_back(layer.alone ? metricCell(MetricKind::Sqnr, layer.alone->sqnrDb) : missingCell(notDone));
        if (std::isnan(layer.delta)) {
            row.push_back(missingCell(notDone));
        } else {
            const double gain = shown(kind, layer.delta);
            RowCell cell = numberCell(std::isinf(gain) ? decimals(kind, gain)
                                      : kind == MetricKind::Command ? formatSignificant(gain, 3)
                                                                    : formatSigned(gain, 1),
                                      gain);
            cell.share = largest > 0 && layer.delta > 0 ? std::min(1.0, layer.delta / largest) : 0;
            row.push_back(std::move(cell));
        }
        row.push_back(numberCell(formatAmount(static_cast<double>(layer.layer.macs), QStringLiteral("MAC")), static_cast<double>(layer.layer.macs)));
        row.push_back(bitsCell(layer.layer, encodings));
        QStringList others;
        for (const std::string &name : layer.layer.nodes) {
            if (name != layer.layer.name)
                others << toQString(name);
        }
        row.push_back({.text = others.isEmpty() ? QStringLiteral("–") : others.join(QStringLiteral(", ")), .ink = CellInk::Label});
        table.rows.push_back(std::move(row));
    }
    return table;
}

QStringList ImproveRows::raisedNames(const runtime::MixedResult &result, const runtime::MixedChoice &choice)
{
    QStringList names;
    for (std::size_t i = 0; i < result.layers.size(); ++i) {
        if (choice.raised[i])
            names << toQString(result.layers[i].name);
    }
    return names;
}

RowTable ImproveRows::pareto(const Improver::MeasuredMixed &measured)
{
    const MetricKind kind = measured.request.metric.kind;
    RowTable table;
    table.columns = {
        {tr("Cost, %"), tr("Share of the raised layers in what all layers cost"), CellKind::Number},
        {metricName(kind) + unitOf(kind), tr("With these layers raised"), CellKind::Number},
        {tr("SQNR, dB"), tr("SQNR at the worst output; decides between equal metrics"), CellKind::Number},
        {tr("Layers"), tr("How many layers are raised"), CellKind::Number},
        {tr("Raised"), tr("Which layers are raised"), CellKind::Text},
    };
    for (const runtime::MixedChoice &choice : measured.result.pareto) {
        const QStringList names = raisedNames(measured.result, choice);
        const bool best = choice.raised == measured.result.best.raised;
        RowsModel::Row row;
        row.push_back(numberCell(formatNumber(choice.costPercent, 2), choice.costPercent));
        row.push_back(frontCell(kind, choice.measured.metric));
        row.push_back(frontCell(MetricKind::Sqnr, choice.measured.sqnrDb));
        row.push_back(numberCell(formatCount(names.size()), static_cast<double>(names.size())));
        RowCell which = textCell(names.isEmpty() ? tr("none") : names.join(QStringLiteral(", ")));
        which.toolTip = names.join(QLatin1Char('\n'));
        if (names.isEmpty())
            which.ink = CellInk::Note;
        if (best)
            which.note = tr("best within the budget");
        row.push_back(std::move(which));
        for (RowCell &cell : row)
            cell.bold = best;
        table.rows.push_back(std::move(row));
    }
    return table;
}

RowTable ImproveRows::pairs(const runtime::EqualizeReport &report)
{
    RowTable table;
    table.columns = {
        {tr("First layer"), tr("Its channels were divided by the scales"), CellKind::Text},
        {tr("Second layer"), tr("Its input channels were multiplied by them"), CellKind::Text},
        {tr("Spread before"), tr("Largest over smallest channel range of the first layer"), CellKind::Number},
        {tr("Spread after"), tr("Largest over smallest channel range of the first layer"), CellKind::Number},
        {tr("Least scale"), tr("Of the channels"), CellKind::Number},
        {tr("Largest scale"), tr("Of the channels"), CellKind::Number},
        {tr("Absorbed"), tr("Channels whose high bias went into the second layer"), CellKind::Number},
    };
    for (const runtime::EqualizedPair &pair : report.pairs) {
        RowsModel::Row row{textCell(toQString(pair.first)), textCell(toQString(pair.second))};
        for (const double value : {pair.spreadBefore, pair.spreadAfter, pair.minScale, pair.maxScale})
            row.push_back(ratioCell(value));
        row.push_back(numberCell(formatCount(static_cast<qint64>(pair.absorbedChannels)), static_cast<double>(pair.absorbedChannels)));
        table.rows.push_back(std::move(row));
    }
    return table;
}

RowTable ImproveRows::corrected(const runtime::BiasCorrectReport &report, const Document &document)
{
    RowTable table;
    table.columns = {
        {tr("Layer"), tr("Its bias gives back what quantized weights shift"), CellKind::Text},
        {tr("Largest shift"), tr("Of one value of the bias, absolute"), CellKind::Number},
        {tr("Operator"), tr("Its type"), CellKind::Text},
    };
    for (const runtime::CorrectedLayer &layer : report.layers) {
        const core::NodeId node = document.findNode(layer.name);
        RowCell op{.text = node.isValid() ? toQString(document.opText(node)) : QString(), .ink = CellInk::Label};
        table.rows.push_back({textCell(toQString(layer.name)), numberCell(formatSignificant(layer.largestShift, 3), layer.largestShift), std::move(op)});
    }
    return table;
}

RowTable ImproveRows::leftAlone(const std::vector<runtime::LeftAlone> &list)
{
    RowTable table;
    table.columns = {
        {tr("Left alone"), tr("What stays as it is"), CellKind::Text},
        {tr("Why"), QString(), CellKind::Text},
    };
    for (const runtime::LeftAlone &entry : list)
        table.rows.push_back({textCell(toQString(entry.name)), textCell(toQString(entry.why))});
    return table;
}

} // namespace nordlys::studio
