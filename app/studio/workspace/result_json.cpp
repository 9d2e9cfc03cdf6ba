// SPDX-License-Identifier: GPL-3.0-or-later
#include "result_json.h"

#include "text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <cmath>
#include <limits>

namespace nordlys::studio {
namespace {

QJsonValue number(double value) { return std::isfinite(value) ? QJsonValue(value) : QJsonValue(QJsonValue::Null); }

double numberOr(const QJsonValue &value, double fallback) { return value.isDouble() ? value.toDouble() : fallback; }

constexpr double kInfinity = std::numeric_limits<double>::infinity();

QString compact(const QJsonObject &object) { return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)); }

QString key(const char *name) { return QString::fromLatin1(name); }

// Readers take rows of six cells too: files of before the last three were added.
QJsonArray tensorRows(const std::vector<runtime::TensorError> &tensors)
{
    QJsonArray rows;
    for (const runtime::TensorError &entry : tensors) {
        rows.append(QJsonArray{toQString(entry.name), number(entry.sqnrDb), number(entry.localSqnrDb), number(entry.clippedPercent), entry.bitwidth,
                               static_cast<double>(entry.values), number(entry.cosine), number(entry.maxAbsError),
                               entry.deadCodesPercent ? number(*entry.deadCodesPercent) : QJsonValue(QJsonValue::Null)});
    }
    return rows;
}

std::vector<runtime::TensorError> tensorsOf(const QJsonValue &rows)
{
    std::vector<runtime::TensorError> tensors;
    for (const QJsonValue row : rows.toArray()) {
        const QJsonArray cells = row.toArray();
        if (cells.size() < 6)
            continue;
        runtime::TensorError entry;
        entry.name = cells[0].toString().toStdString();
        entry.sqnrDb = numberOr(cells[1], kInfinity);
        entry.localSqnrDb = numberOr(cells[2], kInfinity);
        entry.clippedPercent = cells[3].toDouble();
        entry.bitwidth = cells[4].toInt();
        entry.values = static_cast<std::uint64_t>(std::max(0.0, cells[5].toDouble()));
        if (cells.size() >= 9) {
            entry.cosine = numberOr(cells[6], 0);
            entry.maxAbsError = numberOr(cells[7], kInfinity);
            if (cells[8].isDouble())
                entry.deadCodesPercent = cells[8].toDouble();
        }
        tensors.push_back(std::move(entry));
    }
    return tensors;
}

} // namespace

QString rangesToJson(const CalibrationState &calibration)
{
    QJsonArray rows;
    for (const auto &[name, range] : calibration.ranges)
        rows.append(QJsonArray{toQString(name), number(range.min), number(range.max), static_cast<double>(range.values)});
    return compact({{key("samples"), static_cast<double>(calibration.samples)}, {key("ranges"), rows}});
}

std::optional<CalibrationState> rangesFromJson(const QString &text)
{
    const QJsonObject object = QJsonDocument::fromJson(text.toUtf8()).object();
    if (!object.value(key("ranges")).isArray())
        return std::nullopt;
    CalibrationState state;
    state.samples = static_cast<std::size_t>(std::max(0.0, object.value(key("samples")).toDouble()));
    for (const QJsonValue row : object.value(key("ranges")).toArray()) {
        const QJsonArray cells = row.toArray();
        if (cells.size() != 4 || !cells[1].isDouble() || !cells[2].isDouble())
            continue;
        runtime::ObservedRange range;
        range.min = cells[1].toDouble();
        range.max = cells[2].toDouble();
        range.values = static_cast<std::uint64_t>(std::max(0.0, cells[3].toDouble()));
        state.ranges.emplace(cells[0].toString().toStdString(), std::move(range));
    }
    return state;
}

QString evaluationToJson(const runtime::Evaluation &evaluation)
{
    QJsonArray outputs;
    for (const runtime::OutputError &entry : evaluation.outputs)
        outputs.append(QJsonArray{toQString(entry.name), number(entry.sqnrDb), number(entry.cosine), number(entry.maxAbsError), entry.agreement});
    QJsonObject object{{key("samples"), static_cast<double>(evaluation.samples)},
                       {key("tensors"), tensorRows(evaluation.tensors)},
                       {key("outputs"), outputs},
                       {key("weights"), tensorRows(evaluation.weights)}};
    if (evaluation.accuracy) {
        const runtime::Accuracy &accuracy = *evaluation.accuracy;
        object.insert(key("accuracy"), QJsonArray{accuracy.floatTop1, accuracy.quantizedTop1, accuracy.agreement,
                                                  static_cast<double>(accuracy.samples), accuracy.floatTop5, accuracy.quantizedTop5});
    }
    return compact(object);
}

std::optional<runtime::Evaluation> evaluationFromJson(const QString &text)
{
    const QJsonObject object = QJsonDocument::fromJson(text.toUtf8()).object();
    if (!object.value(key("tensors")).isArray())
        return std::nullopt;
    runtime::Evaluation evaluation;
    evaluation.samples = static_cast<std::size_t>(std::max(0.0, object.value(key("samples")).toDouble()));
    evaluation.tensors = tensorsOf(object.value(key("tensors")));
    evaluation.weights = tensorsOf(object.value(key("weights")));
    for (const QJsonValue row : object.value(key("outputs")).toArray()) {
        const QJsonArray cells = row.toArray();
        if (cells.size() >= 4)
            evaluation.outputs.push_back({cells[0].toString().toStdString(), numberOr(cells[1], kInfinity), cells[2].toDouble(), cells[3].toDouble(),
                                          cells.size() > 4 ? cells[4].toDouble() : 1.0});
    }
    if (const QJsonArray cells = object.value(key("accuracy")).toArray(); cells.size() >= 4) {
        evaluation.accuracy = runtime::Accuracy{cells[0].toDouble(), cells[1].toDouble(), cells[2].toDouble(),
                                                static_cast<std::size_t>(std::max(0.0, cells[3].toDouble()))};
        if (cells.size() >= 6) {
            evaluation.accuracy->floatTop5 = cells[4].toDouble();
            evaluation.accuracy->quantizedTop5 = cells[5].toDouble();
        }
    }
    return evaluation;
}

} // namespace nordlys::studio
