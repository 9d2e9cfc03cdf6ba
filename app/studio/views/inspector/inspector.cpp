// SPDX-License-Identifier: GPL-3.0-or-later
#include "inspector.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/theme.h>
#include <studio/views/graph/graph_painter.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/placement_keeper.h>
#include <studio/workspace/text.h>

#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

namespace nordlys::studio {
namespace {

constexpr std::size_t kListed = 8;
constexpr double kNoisyDb = 20;

KeyValue row(const QString &label, const QString &value, const QString &note = {}, bool mono = true)
{
    KeyValue made;
    made.label = label;
    made.value = value;
    made.note = note;
    made.mono = mono;
    return made;
}

template <typename T>
QString listText(const std::vector<T> &values)
{
    QStringList parts;
    for (std::size_t i = 0; i < values.size() && i < kListed; ++i) {
        if constexpr (std::is_same_v<T, std::string>)
            parts << toQString(values[i]);
        else
            parts << QString::number(values[i]);
    }
    if (values.size() > kListed)
        parts << QStringLiteral("…");
    return QLatin1Char('[') + parts.join(QStringLiteral(", ")) + QLatin1Char(']');
}

QString attributeText(const core::AttributeValue &value)
{
    return std::visit(
        [](const auto &held) -> QString {
            using T = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<T, std::int64_t>)
                return QString::number(held);
            else if constexpr (std::is_same_v<T, double>)
                return formatSignificant(held, 6);
            else if constexpr (std::is_same_v<T, std::string>)
                return toQString(std::string_view(held).substr(0, 80));
            else if constexpr (std::is_same_v<T, core::AttributeTensor>)
                return toQString(core::nameOf(held.dtype)) + QLatin1Char(' ') + toQString(core::shapeText(held.dims));
            else if constexpr (std::is_same_v<T, std::shared_ptr<const core::Graph>>)
                return QStringLiteral("{…}");
            else
                return listText(held);
        },
        value);
}

} // namespace

Inspector::Inspector(Workspace &workspace, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_name(new InkLabel(CellInk::Default, this)),
      m_what(new InkLabel(CellInk::Label, this)), m_backend(new InkLabel(CellInk::Label, this))
{
    setObjectName(QStringLiteral("inspector"));
    m_name->setFont(uiFont(14, QFont::DemiBold));
    m_name->setElided(true);
    m_what->setElided(true);
    auto *content = new QWidget;
    content->setAutoFillBackground(true);
    content->setBackgroundRole(QPalette::Window);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(0, metrics().gap, 0, metrics().gap);
    column->setSpacing(0);
    auto *head = new QVBoxLayout;
    head->setContentsMargins(metrics().dockMargin, 0, metrics().dockMargin, metrics().gap);
    head->setSpacing(2);
    auto *firstLine = new QHBoxLayout;
    firstLine->addWidget(m_name, 1);
    firstLine->addWidget(m_backend);
    head->addLayout(firstLine);
    head->addWidget(m_what);
    column->addLayout(head);
    for (int i = 0; i < kSections; ++i) {
        m_sections[i] = new Section(QString(), content);
        m_grids[i] = new KeyValueGrid(content);
        m_sections[i]->setContent(m_grids[i]);
        column->addWidget(m_sections[i]);
    }
    m_backends = new BackendSection(m_workspace, content);
    column->addWidget(m_backends);
    column->addStretch(1);
    auto *scroll = new QScrollArea(this);
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(scroll);
    for (const auto signal : {&Workspace::selectionChanged, &Workspace::documentChanged, &Workspace::editsChanged,
                              &Workspace::evaluationChanged, &Workspace::calibrationChanged, &Workspace::runsChanged})
        connect(&m_workspace, signal, this, &Inspector::refresh);
    connect(&m_workspace.placement(), &PlacementKeeper::changed, this, &Inspector::refresh);
    refresh();
}

void Inspector::setSection(int index, const QString &title, const QList<KeyValue> &rows)
{
    m_sections[index]->setVisible(!rows.isEmpty());
    m_sections[index]->setTitle(title);
    m_grids[index]->setLabelWidth(index >= 2 ? 150 : 104); // names of tensors and operators are longer than ours
    if (m_grids[index]->rows() != rows)
        m_grids[index]->setRows(rows);
}

void Inspector::refresh()
{
    const auto document = m_workspace.document();
    const Selection &selection = m_workspace.selection();
    const std::vector<core::NodeId> &nodes = m_workspace.selectedNodes().nodes();
    m_backend->clear();
    m_backends->setNodes(document && !selection.tensor.isValid() ? nodes : std::vector<core::NodeId>());
    if (!document) {
        m_name->setText(tr("Nothing open"));
        m_what->setText(tr("Open a model to see its operators here."));
        for (int i = 0; i < kSections; ++i)
            setSection(i, {}, {});
    } else if (selection.tensor.isValid()) {
        showTensor(*document, selection.tensor);
    } else if (nodes.size() > 1) {
        showNodes(*document, nodes);
    } else if (selection.node.isValid()) {
        showNode(*document, selection.node);
    } else {
        showModel(*document);
    }
}

void Inspector::showModel(const Document &document)
{
    const core::Graph &graph = document.graph();
    m_name->setText(toQString(document.path.filename()));
    m_what->setText(tr("Select an operator or a tensor for details."));
    QList<KeyValue> rows{row(tr("Operators"), formatCount(static_cast<qint64>(graph.nodes.size()))),
                         row(tr("Parameters"), formatCount(document.parameters)),
                         row(tr("MACs"), formatAmount(static_cast<double>(document.macs), QStringLiteral("MAC")))};
    rows << row(tr("Producer"), toQString(document.model->producer), {}, false);
    for (const core::OpsetImport &opset : document.model->opsets)
        rows << row(tr("Opset"), QString::number(opset.version), toQString(opset.domain));
    for (const core::UnsupportedOp &op : document.model->unsupported)
        rows << row(tr("Cannot run"), toQString(op.op), toQString(op.reason), false);
    setSection(0, tr("Model"), rows);
    setSection(1, tr("Inputs"), tensorRows(document, graph.inputs));
    setSection(2, tr("Outputs"), tensorRows(document, graph.outputs));
    std::map<std::string_view, int> ops;
    for (const core::Node &node : graph.nodes)
        ++ops[graph.names.text(node.opType)];
    QList<KeyValue> kinds;
    for (const auto &[op, count] : ops)
        kinds << row(toQString(op), formatCount(count));
    setSection(3, tr("Operator types"), kinds);
}

QList<KeyValue> Inspector::tensorRows(const Document &document, const std::vector<core::TensorId> &tensors) const
{
    QList<KeyValue> rows;
    for (const core::TensorId tensor : tensors) {
        if (!tensor.isValid())
            continue;
        KeyValue made = row(toQString(document.graph().nameOf(tensor)), toQString(document.shapeText(tensor)),
                            toQString(core::nameOf(document.graph().tensor(tensor).dtype)));
        if (const core::EncodingEntry *entry = m_workspace.encodings().find(document.graph().nameOf(tensor)))
            made.note = encodingName(entry->encoding);
        made.toolTip = made.label;
        rows << made;
    }
    return rows;
}

QList<KeyValue> Inspector::costRows(const Document &document, core::NodeId node) const
{
    QList<KeyValue> rows;
    const std::string_view name = document.graph().nameOf(node);
    if (const RunRecord *run = m_workspace.run()) {
        const std::size_t layer = run->layerOfNode(name);
        const core::LayerSummary *summary = layer == RunRecord::npos ? nullptr : run->summaryOf(layer);
        const QString stale = m_workspace.runAge() > 0 ? Counted::before(m_workspace.runAge()) : QString();
        if (layer == RunRecord::npos) {
            rows << row(tr("Time"), tr("no layer of its own"), tr("folded or removed"), false);
        } else if (!run->isMainNode(name)) {
            rows << row(tr("Fused into"), toQString(run->profile.start.layers[layer].name));
        } else if (summary && summary->duration.count > 0) {
            const core::DurationSummary &time = summary->duration;
            KeyValue median = row(tr("Time p50"), formatDuration(static_cast<std::int64_t>(time.p50Ns)),
                                  QStringLiteral("n=%1").arg(formatCount(static_cast<qint64>(time.count))));
            median.chip = stale;
            rows << median << row(tr("p95"), formatDuration(static_cast<std::int64_t>(time.p95Ns)))
                 << row(tr("p99"), formatDuration(static_cast<std::int64_t>(time.p99Ns)))
                 << row(tr("Share"), formatPercent(summary->sharePercent), tr("of all layers"))
                 << row(tr("Kernel"), toQString(run->profile.start.layers[layer].kernel));
        }
    } else {
        rows << row(tr("Time"), tr("not run yet"), {}, false);
    }
    const core::NodeCost &cost = document.costs[node.index];
    rows << row(tr("MACs"), formatAmount(static_cast<double>(cost.macs), QStringLiteral("MAC")))
         << row(tr("Weights"), formatBytes(static_cast<std::uint64_t>(std::max<std::int64_t>(0, cost.parameterBytes))))
         << row(tr("Reads"), formatBytes(static_cast<std::uint64_t>(std::max<std::int64_t>(0, cost.inputBytes))),
                tr("activations"))
         << row(tr("Writes"), formatBytes(static_cast<std::uint64_t>(std::max<std::int64_t>(0, cost.outputBytes))),
                tr("activations"));
    return rows;
}

QList<KeyValue> Inspector::attributeRows(const Document &document, core::NodeId node) const
{
    QList<KeyValue> rows;
    for (const core::Attribute &attribute : document.graph().node(node).attributes)
        rows << row(toQString(document.graph().names.text(attribute.name)), attributeText(attribute.value));
    return rows;
}

void Inspector::showNode(const Document &document, core::NodeId node)
{
    const core::Node &entry = document.graph().node(node);
    m_name->setText(toQString(document.graph().nameOf(node)));
    m_what->setText(QStringLiteral("%1, %2").arg(toQString(document.opText(node)), toQString(document.outputShape(node))));
    m_backend->setText(backendTitle(m_workspace.placement().backendOf(node), m_workspace.placement().capabilities()));
    setSection(0, tr("Cost"), costRows(document, node));
    setSection(1, tr("Attributes"), attributeRows(document, node));
    setSection(2, tr("Inputs"), tensorRows(document, entry.inputs));
    QList<KeyValue> outputs = tensorRows(document, entry.outputs);
    if (!entry.outputs.empty())
        outputs << encodingRows(document, entry.outputs.front()) << errorRows(document, entry.outputs.front());
    setSection(3, tr("Outputs"), outputs);
}

void Inspector::showNodes(const Document &document, const std::vector<core::NodeId> &nodes)
{
    m_name->setText(Counted::ops(static_cast<qint64>(nodes.size())));
    m_what->setText(tr("current: %1").arg(toQString(document.graph().nameOf(m_workspace.selection().node))));
    const auto common = m_workspace.placement().commonBackend(nodes);
    m_backend->setText(common ? backendTitle(*common, m_workspace.placement().capabilities()) : tr("mixed"));
    setSection(0, tr("Sum"), sumRows(document, nodes));
    setSection(1, tr("In common"), commonRows(document, nodes));
    std::map<std::string_view, int> ops;
    for (const core::NodeId node : nodes)
        ++ops[document.graph().opOf(node)];
    QList<KeyValue> kinds;
    for (const auto &[op, count] : ops)
        kinds << row(toQString(op), formatCount(count));
    setSection(2, tr("Operator types"), kinds);
    setSection(3, {}, {});
}

QList<KeyValue> Inspector::sumRows(const Document &document, const std::vector<core::NodeId> &nodes) const
{
    double macs = 0, weights = 0, share = 0;
    std::size_t timed = 0;
    const RunRecord *run = m_workspace.run();
    for (const core::NodeId node : nodes) {
        macs += static_cast<double>(document.costs[node.index].macs);
        weights += static_cast<double>(std::max<std::int64_t>(0, document.costs[node.index].parameterBytes));
        const std::string_view name = document.graph().nameOf(node);
        const std::size_t layer = run ? run->layerOfNode(name) : RunRecord::npos;
        const core::LayerSummary *summary =
            layer == RunRecord::npos || !run->isMainNode(name) ? nullptr : run->summaryOf(layer);
        if (!summary || summary->duration.count == 0)
            continue;
        share += summary->sharePercent;
        ++timed;
    }
    QList<KeyValue> rows{row(tr("Operators"), formatCount(static_cast<qint64>(nodes.size())))};
    if (!run) {
        rows << row(tr("Time"), tr("not run yet"), {}, false);
    } else if (timed > 0) {
        KeyValue time = row(tr("Share of time"), formatPercent(share), Counted::layers(static_cast<qint64>(timed)));
        if (m_workspace.runAge() > 0)
            time.chip = Counted::before(m_workspace.runAge());
        rows << time;
    }
    rows << row(tr("MACs"), formatAmount(macs, QStringLiteral("MAC")),
                document.macs > 0 ? tr("%1 of the model").arg(formatPercent(100 * macs / static_cast<double>(document.macs)))
                                  : QString())
         << row(tr("Weights"), formatBytes(static_cast<std::uint64_t>(weights)));
    return rows;
}

QList<KeyValue> Inspector::commonRows(const Document &document, const std::vector<core::NodeId> &nodes) const
{
    const auto common = [&](const QString &label, auto valueOf) {
        const QString first = valueOf(nodes.front());
        const bool same = std::ranges::all_of(nodes, [&](core::NodeId node) { return valueOf(node) == first; });
        KeyValue made = row(label, same ? (first.isEmpty() ? tr("none") : first) : tr("mixed"), {}, same && !first.isEmpty());
        if (!same)
            made.ink = CellInk::Note;
        return made;
    };
    const auto outputOf = [&](core::NodeId node) {
        const auto &outputs = document.graph().node(node).outputs;
        return outputs.empty() ? core::TensorId() : outputs.front();
    };
    return {common(tr("Operator"), [&](core::NodeId node) { return toQString(document.opText(node)); }),
            common(tr("Output"), [&](core::NodeId node) { return toQString(document.outputShape(node)); }),
            common(tr("Type"),
                   [&](core::NodeId node) {
                       const core::TensorId output = outputOf(node);
                       return output.isValid() ? toQString(core::nameOf(document.graph().tensor(output).dtype)) : QString();
                   }),
            common(tr("Encoding"),
                   [&](core::NodeId node) {
                       const core::TensorId output = outputOf(node);
                       const core::EncodingEntry *entry =
                           output.isValid() ? m_workspace.encodings().find(document.graph().nameOf(output)) : nullptr;
                       return entry ? encodingName(entry->encoding) : QString();
                   }),
            common(tr("Backend"), [&](core::NodeId node) { return backendName(m_workspace.placement().backendOf(node)); })};
}

QList<KeyValue> Inspector::encodingRows(const Document &document, core::TensorId tensor) const
{
    const core::EncodingEntry *entry = m_workspace.encodings().find(document.graph().nameOf(tensor));
    if (!entry || entry->encoding.grids.empty())
        return {};
    const core::Encoding &encoding = entry->encoding;
    QList<KeyValue> rows{row(tr("Encoding"), encodingName(encoding), encoding.symmetric ? tr("symmetric") : tr("asymmetric"))};
    if (encoding.isBlockwise())
        rows << row(tr("Blocks"), formatCount(static_cast<qint64>(encoding.grids.size())),
                    tr("%1 each, axis %2").arg(encoding.blockSize).arg(encoding.blockAxis));
    else if (encoding.isPerChannel())
        rows << row(tr("Channels"), formatCount(static_cast<qint64>(encoding.grids.size())), tr("axis %1").arg(encoding.axis));
    if (encoding.grids.size() == 1) {
        const core::Grid &grid = encoding.grids.front();
        KeyValue scale = row(tr("Scale"), formatScale(grid.scale));
        scale.copyText = plainExact(grid.scale);
        rows << row(tr("Range"), formatRange(grid.min, grid.max, 3)) << scale
             << row(tr("Zero point"), formatCount(grid.zeroPoint));
    }
    return rows;
}

QList<KeyValue> Inspector::errorRows(const Document &document, core::TensorId tensor) const
{
    const runtime::TensorError *error =
        m_workspace.evaluation() ? m_workspace.evaluation()->find(document.graph().nameOf(tensor)) : nullptr;
    if (!error)
        return {};
    const int age = m_workspace.evaluationAge();
    const QString note = age > 0 ? Counted::before(age) : tr("n=%1 samples").arg(m_workspace.evaluation()->result.samples);
    QList<KeyValue> rows;
    if (error->bitwidth > 0) {
        KeyValue local = row(tr("SQNR, local"), formatDecibel(error->localSqnrDb), note);
        if (error->localSqnrDb < kNoisyDb) {
            local.chip = tr("< %1 dB").arg(kNoisyDb, 0, 'f', 0);
            local.chipKind = ChipKind::Warn;
        }
        rows << local << row(tr("Clipped"), withUnit(formatSignificant(error->clippedPercent, 3, 3), QStringLiteral("%")), note);
    }
    rows << row(tr("SQNR, total"), formatDecibel(error->sqnrDb), note);
    return rows;
}

void Inspector::showTensor(const Document &document, core::TensorId tensor)
{
    const core::Graph &graph = document.graph();
    const core::Tensor &entry = graph.tensor(tensor);
    m_name->setText(toQString(graph.nameOf(tensor)));
    const QString kind =
        entry.isConstant()
            ? tr("weight")
            : (entry.isGraphInput ? tr("model input") : (entry.isGraphOutput ? tr("model output") : tr("activation")));
    m_what->setText(
        QStringLiteral("%1, %2, %3").arg(kind, toQString(core::nameOf(entry.dtype)), toQString(document.shapeText(tensor))));
    QList<KeyValue> rows{row(tr("Type"), toQString(core::nameOf(entry.dtype))),
                         row(tr("Shape"), toQString(document.shapeText(tensor)))};
    if (entry.producer.isValid())
        rows << row(tr("Made by"), toQString(graph.nameOf(entry.producer)), {}, false);
    for (std::size_t i = 0; i < entry.consumers.size() && i < kListed; ++i)
        rows << row(tr("Read by"), toQString(graph.nameOf(entry.consumers[i])), {}, false);
    setSection(0, tr("Tensor"), rows);
    setSection(1, tr("Encoding"), encodingRows(document, tensor));
    QList<KeyValue> seen;
    if (const auto &calibration = m_workspace.calibration()) {
        const auto found = calibration->ranges.find(graph.nameOf(tensor));
        if (found != calibration->ranges.end())
            seen << row(tr("Range seen"), formatRange(found->second.min, found->second.max, 3),
                        tr("n=%1 samples").arg(calibration->samples));
    }
    setSection(2, tr("Calibration"), seen);
    setSection(3, tr("Error"), errorRows(document, tensor));
}

} // namespace nordlys::studio
