// SPDX-License-Identifier: GPL-3.0-or-later
#include "encodings_model.h"

#include "rule_states.h"

#include <studio/look/number_format.h>
#include <studio/workspace/checkpoints.h>
#include <studio/workspace/filter_query.h>
#include <studio/workspace/filter_sort.h>
#include <studio/workspace/live_metrics.h>
#include <studio/workspace/text.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace nordlys::studio {
namespace {

std::optional<EncodingField> fieldOf(int column)
{
    switch (column) {
    case EncodingsModel::Bits: return EncodingField::Bits;
    case EncodingsModel::Min: return EncodingField::Min;
    case EncodingsModel::Max: return EncodingField::Max;
    case EncodingsModel::Scale: return EncodingField::Scale;
    case EncodingsModel::ZeroPoint: return EncodingField::ZeroPoint;
    default: return std::nullopt;
    }
}

} // namespace

EncodingsModel::EncodingsModel(Workspace &workspace, QObject *parent)
    : QAbstractTableModel(parent), m_workspace(workspace), m_checkpoints(Checkpoints::of(workspace)), m_rules(new RuleStates(workspace, this))
{
    connect(&m_workspace, &Workspace::documentChanged, this, &EncodingsModel::rebuild);
    for (const auto signal : {&Workspace::editsChanged, &Workspace::calibrationChanged, &Workspace::evaluationChanged})
        connect(&m_workspace, signal, this, &EncodingsModel::refresh);
    for (const auto signal : {&LiveMetrics::encodingsShown, &LiveMetrics::metricsChanged})
        connect(&m_workspace.live(), signal, this, &EncodingsModel::refresh);
    connect(&m_checkpoints, &Checkpoints::changed, this, &EncodingsModel::refresh);
    connect(m_rules, &RuleStates::changed, this, &EncodingsModel::refresh);
    rebuild();
}

void EncodingsModel::rebuild()
{
    beginResetModel();
    m_document = m_workspace.document();
    m_rows.clear();
    m_mostNoise = 0;
    if (m_document) {
        for (std::size_t i = 0; i < m_document->quantizable.size(); ++i)
            m_rows.emplace(m_document->quantizable[i].tensor, static_cast<int>(i));
        scaleErrors();
    }
    endResetModel();
}

void EncodingsModel::refresh()
{
    if (m_document != m_workspace.document() || rowCount() == 0)
        return;
    scaleErrors();
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

int EncodingsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() || !m_document ? 0 : static_cast<int>(m_document->quantizable.size());
}

int EncodingsModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

const core::QuantizableTensor &EncodingsModel::role(int row) const
{
    return m_document->quantizable[static_cast<std::size_t>(row)];
}

const core::EncodingEntry *EncodingsModel::entry(int row) const
{
    return m_workspace.live().encodings().find(m_document->graph().nameOf(role(row).tensor));
}

const core::Grid *EncodingsModel::grid(int row) const
{
    const core::EncodingEntry *found = entry(row);
    return found && found->encoding.grids.size() == 1 ? &found->encoding.grids.front() : nullptr;
}

const runtime::ObservedRange *EncodingsModel::seen(int row) const
{
    if (!m_workspace.calibration())
        return nullptr;
    const auto &ranges = m_workspace.calibration()->ranges;
    const auto found = ranges.find(m_document->graph().nameOf(role(row).tensor));
    return found == ranges.end() ? nullptr : &found->second;
}

const runtime::TensorError *EncodingsModel::error(int row) const
{
    const std::string_view name = m_document->graph().nameOf(role(row).tensor);
    if (const runtime::TensorError *live = m_workspace.live().find(name))
        return live;
    return m_workspace.evaluation() ? m_workspace.evaluation()->find(name) : nullptr;
}

bool EncodingsModel::isStale(int row) const
{
    return m_workspace.evaluationAge() > 0 && error(row) && !m_workspace.live().find(m_document->graph().nameOf(role(row).tensor));
}

const core::EncodingEntry *EncodingsModel::former(int row) const
{
    const std::string_view name = m_document->graph().nameOf(role(row).tensor);
    if (const Checkpoints::Checkpoint *checkpoint = m_checkpoints.compared())
        return checkpoint->encodings.find(name);
    return m_workspace.calibration() ? m_workspace.calibration()->encodings.find(name) : nullptr;
}

bool EncodingsModel::isChanged(int row) const
{
    const core::EncodingEntry *now = entry(row), *before = former(row);
    return now && before && !(now->encoding == before->encoding);
}

bool EncodingsModel::isLocked(int row) const
{
    const core::EncodingEntry *now = entry(row);
    return now && now->locked;
}

double EncodingsModel::inheritedDb(double totalDb, double localDb)
{
    if (std::isnan(totalDb) || std::isnan(localDb))
        return std::numeric_limits<double>::quiet_NaN();
    if (std::isinf(totalDb))
        return totalDb;
    const double total = std::pow(10, -totalDb / 10), local = std::isinf(localDb) ? 0 : std::pow(10, -localDb / 10);
    return -10 * std::log10(std::max(total - local, total / 1000));
}

void EncodingsModel::scaleErrors()
{
    m_mostNoise = 0;
    for (int row = 0; row < rowCount(); ++row) {
        const runtime::TensorError *known = error(row);
        if (!known)
            continue;
        for (const double decibel : {known->bitwidth > 0 ? known->localSqnrDb : std::numeric_limits<double>::infinity(), known->sqnrDb}) {
            if (std::isfinite(decibel))
                m_mostNoise = std::max(m_mostNoise, std::pow(10, -decibel / 20));
        }
    }
}

Qt::ItemFlags EncodingsModel::flags(const QModelIndex &index) const
{
    Qt::ItemFlags result = QAbstractTableModel::flags(index);
    const auto field = index.isValid() && m_document ? fieldOf(index.column()) : std::nullopt;
    if (field && EncodingEdits(*m_document, m_workspace.edits()).whyNotEditable(role(index.row()).tensor, *field).isEmpty())
        result |= Qt::ItemIsEditable;
    return result;
}

QString EncodingsModel::whyInvalid(const QModelIndex &index, const QString &text) const
{
    const auto field = index.isValid() && m_document ? fieldOf(index.column()) : std::nullopt;
    if (!field)
        return {};
    const std::optional<double> value = parseNumber(text);
    if (!value)
        return tr("This is not a number.");
    const auto change = EncodingEdits(*m_document, m_workspace.edits()).setField(role(index.row()).tensor, *field, *value);
    return change ? QString() : toQString(change.error().what + " " + change.error().why);
}

bool EncodingsModel::setData(const QModelIndex &index, const QVariant &value, int dataRole)
{
    const auto field = index.isValid() && m_document ? fieldOf(index.column()) : std::nullopt;
    if (!field || dataRole != Qt::EditRole)
        return false;
    bool isNumber = false;
    const double wanted = value.toDouble(&isNumber);
    if (!isNumber) {
        Q_EMIT editRefused(tr("This is not a number."));
        return false;
    }
    // Leaving a field as it was is no edit; six digits are what it showed.
    const double now = number(index.row(), index.column()).toDouble();
    if (wanted == now || formatScale(wanted) == formatScale(now))
        return true;
    auto change = EncodingEdits(*m_document, m_workspace.edits()).setField(role(index.row()).tensor, *field, wanted);
    if (!change) {
        Q_EMIT editRefused(toQString(change.error().what + " " + change.error().why));
        return false;
    }
    // The grid may already be what this range leads to; an undo step that changes nothing would only confuse.
    core::EditState after = m_workspace.edits();
    if (core::applyChange(after, *change) && after == m_workspace.edits())
        return true;
    const QString title =
        tr("%1 of %2")
            .arg(headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString(), toQString(m_document->graph().nameOf(role(index.row()).tensor)));
    const auto applied = m_workspace.history().apply(*change, title);
    if (!applied)
        Q_EMIT editRefused(toQString(applied.error().text()));
    return applied.hasValue();
}

core::TensorId EncodingsModel::tensorOf(int row) const
{
    return row >= 0 && row < rowCount() ? role(row).tensor : core::TensorId();
}

int EncodingsModel::rowOf(core::TensorId tensor) const
{
    const auto found = m_rows.find(tensor);
    return found == m_rows.end() ? -1 : found->second;
}

QStringList EncodingsModel::opsOf(core::TensorId tensor) const
{
    constexpr int kMostFused = 4; // operators of one group: a convolution, its bias, its normalization, its activation
    const core::Graph &graph = m_document->graph();
    const core::Tensor &entry = graph.tensor(tensor);
    core::NodeId node = entry.producer.isValid() || entry.consumers.empty() ? entry.producer : entry.consumers.front();
    QStringList ops;
    for (int i = 0; i < kMostFused && node.isValid(); ++i) {
        ops << toQString(graph.opOf(node)) << toQString(m_document->opText(node)).section(QLatin1Char(' '), 0, 0);
        // A value without an encoding of its own lies inside a group.
        const auto &inputs = graph.node(node).inputs;
        const core::TensorId before = inputs.empty() ? core::TensorId() : inputs.front();
        node = before.isValid() && !m_document->quantizableOf(before) ? graph.tensor(before).producer : core::NodeId();
    }
    ops.removeDuplicates();
    return ops.isEmpty() ? QStringList{QString()} : ops;
}

bool EncodingsModel::matches(int row, const QString &query) const
{
    const QString name = toQString(m_document->graph().nameOf(role(row).tensor)), kind = kindText(role(row).kind);
    const QStringList ops = opsOf(role(row).tensor);
    // English words work in every language, as on the command line.
    const QString english = role(row).kind == core::QuantizableKind::Activation ? QStringLiteral("activation")
                            : role(row).kind == core::QuantizableKind::Weight   ? QStringLiteral("weight")
                                                                                : QStringLiteral("bias");
    return std::ranges::all_of(splitFilter(query).terms, [&](const QString &term) {
        const FilterQuery one(term);
        bool any = false, all = true;
        for (const QString &opName : ops) {
            for (const QString &kindName : {kind, english}) {
                const bool fits = one.matches({name, opName, kindName, {}});
                any = any || fits;
                all = all && fits;
            }
        }
        return term.startsWith(QLatin1Char('!')) ? all : any;
    });
}

std::pair<int, bool> EncodingsModel::sortColumn(const QString &name)
{
    static const std::map<QString, std::pair<int, bool>> kColumns{
        {QStringLiteral("sqnr"), {LocalSqnr, false}},      {QStringLiteral("local"), {LocalSqnr, false}}, {QStringLiteral("inherited"), {InheritedSqnr, false}},
        {QStringLiteral("total"), {TotalSqnr, false}},     {QStringLiteral("error"), {Error, true}},      {QStringLiteral("clip"), {Clipped, true}},
        {QStringLiteral("dead"), {Dead, true}},            {QStringLiteral("name"), {Tensor, false}},     {QStringLiteral("bits"), {Bits, false}},
        {QStringLiteral("seen"), {SeenRange, true}},       {QStringLiteral("encoded"), {EncodedRange, true}}, {QStringLiteral("kind"), {Kind, false}},
    };
    const auto found = kColumns.find(name);
    return found == kColumns.end() ? std::pair(-1, false) : found->second;
}

} // namespace nordlys::studio
