// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement_lanes.h"

#include "placement_fixes.h"
#include "placement_model.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/theme.h>
#include <studio/widgets/table_delegate.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/text.h>

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace nordlys::studio {
namespace {

constexpr double kTop = 28, kTall = 46, kFlat = 38, kBetween = 16, kBottom = 12;
constexpr double kRight = 16;
constexpr double kFewMinWidth = 34, kManyMinWidth = 10, kFewGap = 30, kManyGap = 14;
constexpr std::size_t kFew = 40;
constexpr double kArrow = 7;

std::int64_t toNs(double us) { return static_cast<std::int64_t>(us * 1000 + 0.5); }

} // namespace

PlacementLanes::PlacementLanes(Workspace &workspace, QWidget *parent) : QAbstractScrollArea(parent), m_workspace(workspace)
{
    setObjectName(QStringLiteral("placementLanes"));
    setAccessibleName(tr("Lanes of the backends"));
    setAccessibleDescription(tr("Left and Right go from segment to segment. The table below shows the same as rows."));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    connect(&m_workspace.placement(), &PlacementKeeper::changed, this, &PlacementLanes::rebuild);
    connect(&m_workspace, &Workspace::runsChanged, this, &PlacementLanes::rebuild);
    connect(&m_workspace, &Workspace::selectionChanged, viewport(), qOverload<>(&QWidget::update));
    rebuild();
}

QSize PlacementLanes::sizeHint() const
{
    return {600, static_cast<int>(kTop + 2 * scaled(static_cast<int>(kTall)) + scaled(static_cast<int>(kFlat)) + 2 * kBetween +
                                  kBottom) +
                     (horizontalScrollBar()->maximum() > 0 ? horizontalScrollBar()->sizeHint().height() : 0)};
}

double PlacementLanes::gutter() const { return scaled(118); }

QRectF PlacementLanes::laneRect(core::Backend backend) const
{
    const double tall = scaled(static_cast<int>(kTall)), flat = scaled(static_cast<int>(kFlat));
    const double width = std::max(m_contentWidth, static_cast<double>(viewport()->width()) - gutter() - kRight);
    switch (backend) {
    case core::Backend::Htp: return {gutter(), kTop, width, tall};
    case core::Backend::Gpu: return {gutter(), kTop + tall + kBetween, width, flat};
    case core::Backend::Cpu: return {gutter(), kTop + tall + flat + 2 * kBetween, width, tall};
    }
    return {};
}

std::vector<double> PlacementLanes::weights() const
{
    const core::PlacementPlan &plan = *m_workspace.placement().plan();
    const Document &document = *m_workspace.document();
    const RunRecord *run = m_workspace.run();
    const bool times = run && !run->summary.layers.empty();
    std::vector<double> weights(plan.segments.size(), 0);
    for (std::size_t id = 0; id < weights.size(); ++id) {
        for (const core::NodeId node : plan.segments[id].nodes) {
            if (!times) {
                weights[id] += static_cast<double>(document.costs[node.index].macs);
                continue;
            }
            const std::string_view name = document.graph().nameOf(node);
            const std::size_t layer = run->layerOfNode(name);
            if (layer == RunRecord::npos || !run->isMainNode(name))
                continue;
            if (const core::LayerSummary *summary = run->summaryOf(layer))
                weights[id] += summary->sharePercent;
        }
    }
    return weights;
}

QString PlacementLanes::detailOf(const core::Segment &segment) const
{
    const Document &document = *m_workspace.document();
    const RunRecord *run = m_workspace.run();
    if (run && !run->summary.layers.empty()) {
        double share = 0;
        for (const core::NodeId node : segment.nodes) {
            const std::string_view name = document.graph().nameOf(node);
            const std::size_t layer = run->layerOfNode(name);
            const core::LayerSummary *summary =
                layer == RunRecord::npos || !run->isMainNode(name) ? nullptr : run->summaryOf(layer);
            share += summary ? summary->sharePercent : 0;
        }
        return tr("%1 of time").arg(formatPercent(share));
    }
    double macs = 0;
    for (const core::NodeId node : segment.nodes)
        macs += static_cast<double>(document.costs[node.index].macs);
    return formatAmount(macs, QStringLiteral("MAC"));
}

void PlacementLanes::rebuild()
{
    m_boxes.clear();
    m_links.clear();
    if (const core::PlacementPlan *plan = m_workspace.placement().plan(); plan && m_workspace.document()) {
        for (const core::Segment &segment : plan->segments) {
            const QString number = formatCount(static_cast<qint64>(segment.id + 1));
            m_boxes.push_back({{},
                               tr("Segment %1   %2").arg(number, Counted::ops(static_cast<qint64>(segment.nodes.size()))),
                               QStringLiteral("S%1").arg(number), detailOf(segment)});
        }
        std::map<std::pair<std::size_t, std::size_t>, Link> links;
        for (const core::Crossing &crossing : plan->crossings) {
            Link &link = links[{crossing.from, crossing.to}];
            link.from = crossing.from;
            link.to = crossing.to;
            link.tensors.push_back(crossing.tensor);
            link.bytes += crossing.bytes;
            link.estimateUs += crossing.estimateUs;
        }
        for (auto &[ends, link] : links)
            m_links.push_back(std::move(link));
    }
    layOut();
    viewport()->update();
}

void PlacementLanes::layOut()
{
    m_contentWidth = 0;
    if (!m_boxes.empty()) {
        const core::PlacementPlan &plan = *m_workspace.placement().plan();
        const bool few = m_boxes.size() <= kFew;
        const double gap = few ? kFewGap : kManyGap, least = few ? kFewMinWidth : kManyMinWidth;
        const std::vector<double> shares = weights();
        const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
        const auto count = static_cast<double>(m_boxes.size());
        const double room = viewport()->width() - gutter() - kRight - 16 - count * least - (count - 1) * gap;
        double x = gutter() + 8;
        for (std::size_t id = 0; id < m_boxes.size(); ++id) {
            const double share = sum > 0 ? shares[id] / sum : 1 / count;
            const double width = least + std::max(0.0, room) * share;
            const QRectF lane = laneRect(plan.segments[id].backend);
            m_boxes[id].rect = QRectF(std::round(x), lane.top(), std::round(width), lane.height());
            x += width + gap;
        }
        m_contentWidth = x - gap + 8 - gutter();
    }
    const int beyond = static_cast<int>(gutter() + m_contentWidth + kRight) - viewport()->width();
    horizontalScrollBar()->setRange(0, std::max(0, beyond));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(scaled(40));
    routeLinks();
}

void PlacementLanes::routeLinks()
{
    const QFontMetricsF letters(monoFont(11));
    const QRectF middle = laneRect(core::Backend::Gpu);
    double lastRight = 0;
    int channel = 0;
    for (Link &link : m_links) {
        const QRectF from = m_boxes[link.from].rect, to = m_boxes[link.to].rect;
        const double out = from.right() + 12, in = to.left() - 12;
        if (link.to == link.from + 1) {
            const double turn = (from.right() + to.left()) / 2;
            link.line = QPolygonF{{from.right(), from.center().y()},
                                  {turn, from.center().y()},
                                  {turn, to.center().y()},
                                  {to.left(), to.center().y()}};
        } else {
            // Around what lies between, in a channel of its own as far as there are channels.
            const double y = middle.top() + 4 + 5 * (channel++ % 7);
            const double shift = 3 * (channel % 3);
            link.line = QPolygonF{{from.right(), from.center().y()}, {out - shift, from.center().y()},
                                  {out - shift, y},                  {in + shift, y},
                                  {in + shift, to.center().y()},     {to.left(), to.center().y()}};
        }
        const QString first = link.tensors.size() == 1 ? formatBytes(static_cast<std::uint64_t>(link.bytes))
                                                       : tr("%1, %2").arg(Counted::tensors(static_cast<qint64>(link.tensors.size())),
                                                                          formatBytes(static_cast<std::uint64_t>(link.bytes)));
        const double width =
            std::max(letters.horizontalAdvance(first), letters.horizontalAdvance(formatEstimate(toNs(link.estimateUs)))) + 14;
        const double height = 2 * scaled(14) + 6;
        const double centre = (link.line[1].x() + link.line[2].x()) / 2;
        const double right = gutter() + m_contentWidth + 4;
        const double left = std::clamp(centre - width / 2, gutter() + 2, std::max(gutter() + 2, right - width));
        link.plate = {};
        if (left >= lastRight + 4) {
            link.plate = QRectF(std::round(left), std::round(middle.center().y() - height / 2), std::round(width), height);
            lastRight = link.plate.right();
        }
    }
}

QPointF PlacementLanes::scrolled() const { return {static_cast<double>(horizontalScrollBar()->value()), 0}; }

void PlacementLanes::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), theme().canvas);
    paintLanes(painter);
    const core::PlacementPlan *plan = m_workspace.placement().plan();
    if (plan && plan->segments.size() == m_boxes.size()) {
        painter.save();
        painter.setClipRect(QRectF(gutter(), 0, viewport()->width() - gutter(), viewport()->height()));
        painter.translate(-scrolled());
        const QRectF seen(scrolled(), QSizeF(viewport()->size()));
        for (std::size_t id = 0; id < m_boxes.size(); ++id) {
            if (m_boxes[id].rect.intersects(seen.adjusted(-8, -8, 8, 8)))
                paintBox(painter, id, m_boxes[id].rect);
        }
        const auto inSight = [&seen](const Link &link) {
            return link.line.boundingRect().adjusted(-1, -1, 1, 1).intersects(seen) || link.plate.intersects(seen);
        };
        for (const Link &link : m_links) {
            if (inSight(link))
                paintLink(painter, link);
        }
        for (const Link &link : m_links) {
            if (link.plate.isEmpty() || !link.plate.intersects(seen))
                continue;
            painter.setRenderHint(QPainter::Antialiasing);
            const bool selected = m_workspace.selection().tensor.isValid() &&
                                  std::ranges::find(link.tensors, m_workspace.selection().tensor) != link.tensors.end();
            painter.setPen(QPen(selected ? theme().focus : theme().estimate, selected ? 2 : 1,
                                selected ? Qt::SolidLine : Qt::DashLine));
            painter.setBrush(theme().surface);
            painter.drawRoundedRect(link.plate.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
            painter.setFont(monoFont(11));
            const QRectF inner = link.plate.adjusted(7, 3, -7, -3);
            painter.setPen(theme().text);
            painter.drawText(QRectF(inner.left(), inner.top(), inner.width(), inner.height() / 2),
                             Qt::AlignLeft | Qt::AlignVCenter,
                             link.tensors.size() == 1
                                 ? formatBytes(static_cast<std::uint64_t>(link.bytes))
                                 : tr("%1, %2").arg(Counted::tensors(static_cast<qint64>(link.tensors.size())),
                                                    formatBytes(static_cast<std::uint64_t>(link.bytes))));
            painter.setPen(theme().estimate);
            painter.drawText(QRectF(inner.left(), inner.center().y(), inner.width(), inner.height() / 2),
                             Qt::AlignLeft | Qt::AlignVCenter, formatEstimate(toNs(link.estimateUs)));
        }
        painter.restore();
        paintSummary(painter);
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.fillRect(QRect(0, viewport()->height() - 1, viewport()->width(), 1), theme().border);
}

void PlacementLanes::paintLanes(QPainter &painter) const
{
    const PlacementKeeper &placement = m_workspace.placement();
    const core::PlacementPlan *plan = placement.plan();
    for (const core::Backend backend : {core::Backend::Htp, core::Backend::Gpu, core::Backend::Cpu}) {
        const QRectF lane = laneRect(backend);
        const QColor colour = backendColour(cellBackend(backend));
        QColor wash = colour;
        wash.setAlphaF(0.05F);
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.fillRect(QRectF(gutter(), lane.top(), viewport()->width() - gutter() - kRight / 2, lane.height()), wash);
        if (backend != core::Backend::Cpu)
            painter.fillRect(QRectF(0, lane.bottom() + kBetween / 2, viewport()->width(), 1), theme().border);
        painter.fillRect(QRectF(12, lane.top() + 4, 4, lane.height() - 8), colour);
        std::size_t ops = 0;
        if (plan) {
            for (const core::Segment &segment : plan->segments)
                ops += segment.backend == backend ? segment.nodes.size() : 0;
        }
        const core::BackendCapabilities *tables = placement.capabilities();
        const bool emulated = tables && tables->of(backend).isEmulated;
        QString state = Counted::ops(static_cast<qint64>(ops));
        if (tables && tables->of(backend).unavailable)
            state = tr("not available");
        const double line = scaled(15);
        const double top = lane.center().y() - (emulated ? 1.5 : 1.0) * line;
        const QRectF first(24, top, gutter() - 28, line);
        painter.setFont(uiFont(12, QFont::DemiBold));
        painter.setPen(theme().text);
        painter.drawText(first, Qt::AlignLeft | Qt::AlignVCenter, backendName(backend));
        double next = 1;
        if (emulated) {
            painter.setFont(uiFont(11));
            painter.setPen(theme().text2);
            painter.drawText(first.translated(0, line), Qt::AlignLeft | Qt::AlignVCenter, tr("emulated"));
            next = 2;
        }
        painter.setFont(uiFont(11));
        painter.setPen(theme().text3);
        painter.drawText(first.translated(0, next * line), Qt::AlignLeft | Qt::AlignVCenter, state);
        if (tables && tables->of(backend).unavailable && ops == 0 && m_links.empty()) {
            const QString why = toQString(tables->of(backend).unavailable->why);
            painter.drawText(QRectF(gutter() + 12, lane.top(), viewport()->width() - gutter() - 40, lane.height()),
                             Qt::AlignLeft | Qt::AlignVCenter,
                             QFontMetricsF(painter.font()).elidedText(why, Qt::ElideRight, viewport()->width() - gutter() - 40));
        }
    }
}

void PlacementLanes::paintBox(QPainter &painter, std::size_t segment, const QRectF &rect) const
{
    const core::PlacementPlan &plan = *m_workspace.placement().plan();
    const QColor colour = backendColour(cellBackend(plan.segments[segment].backend));
    QColor fill = colour;
    fill.setAlphaF(0.16F);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = rect.adjusted(0.75, 0.75, -0.75, -0.75);
    painter.setPen(QPen(colour, 1.5));
    painter.setBrush(theme().surface);
    painter.drawRoundedRect(box, 4, 4);
    painter.setBrush(fill);
    painter.drawRoundedRect(box, 4, 4);
    if (static_cast<int>(segment) == currentSegment()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme().focus, 2));
        painter.drawRoundedRect(rect.adjusted(-3, -3, 3, 3), 7, 7);
    }
    const Box &entry = m_boxes[segment];
    const QRectF inner = rect.adjusted(9, 4, -6, -4);
    const QFont bold = uiFont(12, QFont::DemiBold);
    const bool wide = QFontMetricsF(bold).horizontalAdvance(entry.title) <= inner.width();
    const QString title = wide ? entry.title : entry.shortTitle;
    if (QFontMetricsF(bold).horizontalAdvance(title) > inner.width() + 4)
        return;
    const QFont mono = monoFont(11);
    const bool detailed = QFontMetricsF(mono).horizontalAdvance(entry.detail) <= inner.width();
    painter.setFont(bold);
    painter.setPen(theme().text);
    painter.drawText(QRectF(inner.left(), inner.top(), inner.width() + 4, detailed ? inner.height() / 2 : inner.height()),
                     Qt::AlignLeft | Qt::AlignVCenter, title);
    if (!detailed)
        return;
    painter.setFont(mono);
    painter.drawText(QRectF(inner.left(), inner.center().y(), inner.width(), inner.height() / 2),
                     Qt::AlignLeft | Qt::AlignVCenter, entry.detail);
}

void PlacementLanes::paintLink(QPainter &painter, const Link &link) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor ink = theme().text2;
    painter.setPen(QPen(ink, 1.5));
    painter.setBrush(Qt::NoBrush);
    QPolygonF line = link.line;
    const QPointF tip = line.last();
    line.last() -= QPointF(kArrow - 1, 0);
    painter.drawPolyline(line);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink);
    painter.drawPolygon(QPolygonF{tip, tip + QPointF(-kArrow, -kArrow * 0.55), tip + QPointF(-kArrow, kArrow * 0.55)});
}

void PlacementLanes::paintSummary(QPainter &painter) const
{
    const PlacementTotals totals(*m_workspace.placement().plan());
    const RunRecord *run = m_workspace.run();
    const bool times = run && !run->summary.layers.empty();
    const QRectF line(gutter(), 4, viewport()->width() - gutter() - kRight, kTop - 8);
    painter.setFont(uiFont(11));
    QString right = Counted::segments(static_cast<qint64>(totals.segments)) + QStringLiteral(", ") +
                    (totals.crossings == 0 ? tr("no crossings") : Counted::crossings(static_cast<qint64>(totals.crossings)));
    if (totals.crossings > 0)
        right += QStringLiteral(", %1, %2").arg(formatBytes(static_cast<std::uint64_t>(totals.bytes)),
                                                formatEstimate(toNs(totals.crossingUs)));
    const double used = QFontMetricsF(painter.font()).horizontalAdvance(right);
    painter.setPen(theme().text2);
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, right);
    painter.setPen(theme().text3);
    const QString left = times ? tr("execution order, width by time") : tr("execution order, width by MACs");
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetricsF(painter.font()).elidedText(left, Qt::ElideRight, line.width() - used - 16));
}

void PlacementLanes::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    layOut();
}

QRect PlacementLanes::segmentRect(std::size_t segment) const
{
    return segment < m_boxes.size() ? m_boxes[segment].rect.translated(-scrolled()).toRect() : QRect();
}

QRect PlacementLanes::plateRect(std::size_t from, std::size_t to) const
{
    const auto found = std::ranges::find_if(m_links, [=](const Link &link) { return link.from == from && link.to == to; });
    return found == m_links.end() || found->plate.isEmpty() ? QRect() : found->plate.translated(-scrolled()).toRect();
}

int PlacementLanes::segmentAt(const QPointF &position) const
{
    if (position.x() < gutter())
        return -1;
    for (std::size_t id = 0; id < m_boxes.size(); ++id) {
        if (m_boxes[id].rect.contains(position + scrolled()))
            return static_cast<int>(id);
    }
    return -1;
}

const PlacementLanes::Link *PlacementLanes::linkAt(const QPointF &position) const
{
    if (position.x() < gutter())
        return nullptr;
    const QPointF at = position + scrolled();
    for (const Link &link : m_links) {
        if (link.plate.contains(at))
            return &link;
        for (qsizetype i = 1; i < link.line.size(); ++i) {
            if (QRectF(link.line[i - 1], link.line[i]).normalized().adjusted(-4, -4, 4, 4).contains(at))
                return &link;
        }
    }
    return nullptr;
}

int PlacementLanes::currentSegment() const
{
    const core::PlacementPlan *plan = m_workspace.placement().plan();
    const core::NodeId node = m_workspace.selection().node;
    const std::size_t segment = plan && node.isValid() ? plan->segmentOf(node) : core::PlacementPlan::kNoSegment;
    return segment == core::PlacementPlan::kNoSegment ? -1 : static_cast<int>(segment);
}

void PlacementLanes::select(std::size_t segment, Qt::KeyboardModifiers modifiers)
{
    std::vector<core::NodeId> nodes = m_workspace.placement().plan()->segments[segment].nodes;
    const core::NodeId current = nodes.front();
    if (modifiers & Qt::ControlModifier)
        nodes.insert(nodes.end(), m_workspace.selectedNodes().nodes().begin(), m_workspace.selectedNodes().nodes().end());
    m_workspace.selectNodes(std::move(nodes), current);
}

void PlacementLanes::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    if (const Link *link = linkAt(event->position()); link && segmentAt(event->position()) < 0)
        m_workspace.selectTensor(link->tensors.front());
    else if (const int segment = segmentAt(event->position()); segment >= 0)
        select(static_cast<std::size_t>(segment), event->modifiers());
    else
        m_workspace.clearSelection();
}

void PlacementLanes::contextMenuEvent(QContextMenuEvent *event)
{
    const int segment = segmentAt(QPointF(event->pos()));
    if (segment < 0)
        return;
    if (segment != currentSegment() || m_workspace.selectedNodes().size() < 2)
        select(static_cast<std::size_t>(segment), Qt::NoModifier);
    Q_EMIT m_workspace.nodeMenuRequested(event->globalPos());
}

void PlacementLanes::keyPressEvent(QKeyEvent *event)
{
    const int step = event->key() == Qt::Key_Right ? 1 : (event->key() == Qt::Key_Left ? -1 : 0);
    if (step == 0 || m_boxes.empty())
        return QAbstractScrollArea::keyPressEvent(event);
    const int current = currentSegment();
    const int wanted = current < 0 ? 0 : std::clamp(current + step, 0, static_cast<int>(m_boxes.size()) - 1);
    select(static_cast<std::size_t>(wanted), Qt::NoModifier);
    const QRectF box = m_boxes[static_cast<std::size_t>(wanted)].rect;
    QScrollBar *bar = horizontalScrollBar();
    if (box.right() + kRight - bar->value() > viewport()->width())
        bar->setValue(static_cast<int>(box.right() + kRight) - viewport()->width());
    if (box.left() - 8 - bar->value() < gutter())
        bar->setValue(static_cast<int>(box.left() - 8 - gutter()));
}

QString PlacementLanes::describe(const Link &link) const
{
    const core::Graph &graph = m_workspace.document()->graph();
    constexpr std::size_t kListed = 6;
    QStringList lines{tr("Segment %1 to segment %2").arg(link.from + 1).arg(link.to + 1)};
    for (std::size_t i = 0; i < link.tensors.size() && i < kListed; ++i)
        lines << toQString(graph.nameOf(link.tensors[i])) + QStringLiteral(" ") +
                     toQString(m_workspace.document()->shapeText(link.tensors[i]));
    if (link.tensors.size() > kListed)
        lines << tr("and %1 more").arg(link.tensors.size() - kListed);
    lines << tr("%1; the time is an estimate from planning figures, not measured")
                 .arg(formatBytes(static_cast<std::uint64_t>(link.bytes)));
    return lines.join(QLatin1Char('\n'));
}

bool PlacementLanes::viewportEvent(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QAbstractScrollArea::viewportEvent(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    const QPointF at(help->pos());
    if (const int segment = segmentAt(at); segment >= 0) {
        const Box &box = m_boxes[static_cast<std::size_t>(segment)];
        QToolTip::showText(help->globalPos(), box.title + QLatin1Char('\n') + box.detail, viewport());
    } else if (const Link *link = linkAt(at)) {
        QToolTip::showText(help->globalPos(), describe(*link), viewport());
    } else {
        QToolTip::hideText();
        event->ignore();
    }
    return true;
}

} // namespace nordlys::studio
