// SPDX-License-Identifier: GPL-3.0-or-later
#include "tensor_pane.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/theme.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/text.h>

#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace nordlys::studio {

RangeBar::RangeBar(QWidget *parent) : QWidget(parent)
{
    setAccessibleName(tr("Encoded range and range seen"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize RangeBar::sizeHint() const { return {scaled(260), scaled(86)}; }

void RangeBar::setRanges(std::optional<std::pair<double, double>> encoded, std::optional<std::pair<double, double>> seen)
{
    m_encoded = encoded;
    m_seen = seen;
    update();
}

void RangeBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().canvas);
    if (!m_encoded && !m_seen)
        return;
    double low = 0, high = 0;
    for (const auto &range : {m_encoded, m_seen}) {
        if (range) {
            low = std::min(low, range->first);
            high = std::max(high, range->second);
        }
    }
    const double span = high > low ? high - low : 1;
    const int gutter = scaled(64), right = 14;
    const double wide = width() - gutter - right;
    const auto x = [&](double value) { return gutter + (value - low) / span * wide; };
    const int rowHeight = scaled(16), top = scaled(10);
    const auto row = [&](int index, const QString &name, const std::pair<double, double> &range, const QColor &colour,
                         bool outline) {
        const int y = top + index * (rowHeight + scaled(8));
        painter.setFont(uiFont(11));
        painter.setPen(theme().text2);
        painter.drawText(QRect(10, y, gutter - 14, rowHeight), Qt::AlignLeft | Qt::AlignVCenter, name);
        const QRectF bar(x(range.first), y + 3, std::max(2.0, x(range.second) - x(range.first)), rowHeight - 6);
        painter.setPen(outline ? QPen(colour, 1, Qt::DashLine) : QPen(Qt::NoPen));
        painter.setBrush(outline ? QBrush(Qt::NoBrush) : QBrush(colour));
        painter.drawRect(outline ? bar.adjusted(0.5, 0.5, -0.5, -0.5) : bar);
    };
    if (m_encoded)
        row(0, tr("encoded"), *m_encoded, theme().accent, false);
    if (m_seen) {
        row(1, tr("seen"), *m_seen, theme().text2, true);
        // What lies outside the encoded range is cut off: in the error colour, and named in the rows below.
        if (m_encoded) {
            const int y = top + rowHeight + scaled(8);
            const auto cut = [&](double from, double to) {
                if (to > from)
                    painter.fillRect(QRectF(x(from), y + 4, std::max(1.0, x(to) - x(from)), rowHeight - 8), theme().error);
            };
            cut(m_seen->first, std::min(m_encoded->first, m_seen->second));
            cut(std::max(m_encoded->second, m_seen->first), m_seen->second);
        }
    }
    const double zero = std::floor(x(0)) + 0.5;
    painter.setPen(QPen(theme().control, 1));
    painter.drawLine(QPointF(zero, top - 2), QPointF(zero, top + 2 * rowHeight + scaled(8) + 2));
    painter.setFont(monoFont(10));
    painter.setPen(theme().text3);
    const int axis = top + 2 * (rowHeight + scaled(8)) - 2;
    painter.drawText(QRectF(gutter, axis, wide, rowHeight), Qt::AlignLeft | Qt::AlignVCenter, formatNumber(low, 2));
    painter.drawText(QRectF(gutter, axis, wide, rowHeight), Qt::AlignRight | Qt::AlignVCenter, formatNumber(high, 2));
    if (zero > gutter + scaled(50) && zero < gutter + wide - scaled(50))
        painter.drawText(QRectF(zero - 20, axis, 40, rowHeight), Qt::AlignCenter, QStringLiteral("0"));
}

TensorPane::TensorPane(Workspace &workspace, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_name(new QLabel(this)), m_kind(new QLabel(this)), m_empty(new QLabel(this)),
      m_bar(new RangeBar(this)), m_rows(new KeyValueGrid(this))
{
    setObjectName(QStringLiteral("tensorPane"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Window);
    m_name->setFont(uiFont(14, QFont::DemiBold));
    m_name->setWordWrap(true);
    m_name->setTextFormat(Qt::PlainText);
    m_name->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_kind->setForegroundRole(QPalette::PlaceholderText);
    m_kind->setWordWrap(true);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_empty->setWordWrap(true);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, metrics().dockMargin, 0, metrics().dockMargin);
    column->setSpacing(metrics().gap);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_name, m_kind, m_empty, m_bar}) {
        auto *inset = new QVBoxLayout; // the rows below have this margin of their own
        inset->setContentsMargins(metrics().dockMargin, 0, metrics().dockMargin, 0);
        inset->addWidget(widget);
        column->addLayout(inset);
    }
    column->addWidget(m_rows);
    column->addStretch(1);
    for (const auto signal : {&Workspace::selectionChanged, &Workspace::editsChanged, &Workspace::calibrationChanged,
                              &Workspace::evaluationChanged, &Workspace::documentChanged})
        connect(&m_workspace, signal, this, &TensorPane::refresh);
    refresh();
}

void TensorPane::addRow(const QString &name, const QString &value, const QString &note)
{
    KeyValue made;
    made.label = name;
    made.value = value;
    made.note = note;
    m_values << made;
}

void TensorPane::refresh()
{
    m_values.clear();
    const auto document = m_workspace.document();
    const core::TensorId tensor = m_workspace.selection().tensor;
    const bool any = document && tensor.isValid();
    m_name->setVisible(any);
    m_kind->setVisible(any);
    m_bar->setVisible(any);
    m_rows->setVisible(any);
    m_empty->setVisible(!any);
    if (!any) {
        m_empty->setText(tr("Select a tensor to see its range, its grid and its error."));
        return;
    }
    const core::Graph &graph = document->graph();
    const std::string_view name = graph.nameOf(tensor);
    m_name->setText(toQString(name));
    m_kind->setText(QStringLiteral("%1  %2").arg(toQString(core::nameOf(graph.tensor(tensor).dtype)),
                                                 toQString(document->shapeText(tensor))));

    const core::EncodingEntry *entry = m_workspace.encodings().find(name);
    std::optional<std::pair<double, double>> encoded, seen;
    if (entry && !entry->encoding.grids.empty()) {
        encoded = {entry->encoding.grids.front().min, entry->encoding.grids.front().max};
        for (const core::Grid &grid : entry->encoding.grids)
            encoded = {std::min(encoded->first, grid.min), std::max(encoded->second, grid.max)};
    }
    if (const auto &calibration = m_workspace.calibration()) {
        const auto found = calibration->ranges.find(name);
        if (found != calibration->ranges.end())
            seen = {found->second.min, found->second.max};
    }
    m_bar->setVisible(encoded || seen);
    m_bar->setRanges(encoded, seen);
    if (!entry) {
        addRow(tr("Encoding"), tr("none yet"), tr("Calibrate to get one."));
    } else {
        const core::Encoding &encoding = entry->encoding;
        addRow(tr("Bits"), QString::number(encoding.bitwidth), encoding.symmetric ? tr("symmetric") : tr("asymmetric"));
        if (encoding.grids.size() == 1) {
            const core::Grid &grid = encoding.grids.front();
            addRow(tr("Encoded"), formatRange(grid.min, grid.max, 3));
            addRow(tr("Scale"), formatScale(grid.scale), tr("step between two codes"));
            addRow(tr("Zero point"), formatCount(grid.zeroPoint));
        } else if (!encoding.grids.empty()) {
            const auto [least, most] = std::ranges::minmax(encoding.grids, {}, &core::Grid::scale);
            if (encoding.isBlockwise())
                addRow(tr("Blocks"), formatCount(static_cast<qint64>(encoding.grids.size())),
                       tr("%1 each, axis %2").arg(encoding.blockSize).arg(encoding.blockAxis));
            else
                addRow(tr("Channels"), formatCount(static_cast<qint64>(encoding.grids.size())), tr("axis %1").arg(encoding.axis));
            addRow(tr("Scale"), formatScale(least.scale) + QStringLiteral(" … ") + formatScale(most.scale),
                   tr("smallest and largest"));
        }
    }
    if (seen)
        addRow(tr("Seen"), formatRange(seen->first, seen->second, 3), tr("n=%1 samples").arg(m_workspace.calibration()->samples));
    if (const std::vector<core::TensorId> group = document->tieGroup(tensor); group.size() > 1)
        addRow(tr("Group"), Counted::tensors(static_cast<qint64>(group.size())), tr("share this encoding"));
    const runtime::TensorError *error = m_workspace.evaluation() ? m_workspace.evaluation()->find(name) : nullptr;
    if (error) {
        const int age = m_workspace.evaluationAge();
        const QString stale = age > 0 ? Counted::before(age) : tr("n=%1 samples").arg(m_workspace.evaluation()->result.samples);
        if (error->bitwidth > 0) {
            addRow(tr("SQNR, local"), formatDecibel(error->localSqnrDb), stale);
            addRow(tr("Clipped"), withUnit(formatSignificant(error->clippedPercent, 3, 3), QStringLiteral("%")),
                   tr("of %1 values").arg(formatCount(static_cast<qint64>(error->values))));
        }
        addRow(tr("SQNR, total"), formatDecibel(error->sqnrDb), stale);
    } else {
        addRow(tr("Error"), QStringLiteral("–"),
               m_workspace.evaluation() ? tr("not stored by the plan") : tr("not evaluated yet"));
    }
    if (m_rows->rows() != m_values)
        m_rows->setRows(m_values);
}

} // namespace nordlys::studio
