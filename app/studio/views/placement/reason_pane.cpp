// SPDX-License-Identifier: GPL-3.0-or-later
#include "reason_pane.h"

#include "placement_model.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>
#include <studio/widgets/table_delegate.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/placement_keeper.h>
#include <studio/workspace/text.h>

#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace nordlys::studio {
namespace {

constexpr core::Backend kAskedFor = core::Backend::Htp;

/// A box with an outline: the banner on its background, or a card.
class PaintedBox : public QWidget {
public:
    PaintedBox(QColor Theme::*fill, QColor Theme::*outline, int penWidth, int radius, QWidget *parent)
        : QWidget(parent), m_fill(fill), m_outline(outline), m_penWidth(penWidth), m_radius(radius)
    {}
    void setColours(QColor Theme::*fill, QColor Theme::*outline)
    {
        m_fill = fill;
        m_outline = outline;
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        paintBox(&painter, rect(), theme().*m_fill, m_outline ? theme().*m_outline : QColor(), m_radius, m_penWidth);
    }

private:
    QColor Theme::*m_fill;
    QColor Theme::*m_outline;
    int m_penWidth, m_radius;
};

KeyValue row(const QString &label, const QString &value, const QString &note = {}, bool mono = true)
{
    KeyValue made;
    made.label = label;
    made.value = value;
    made.note = note;
    made.mono = mono;
    return made;
}

std::int64_t toNs(double us) { return static_cast<std::int64_t>(us * 1000 + 0.5); }

InkLabel *wrapped(CellInk ink, QWidget *parent)
{
    auto *label = new InkLabel(ink, parent);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    return label;
}

InkLabel *heading(const QString &text, QWidget *parent)
{
    auto *label = new InkLabel(text, CellInk::Label, parent);
    label->setFont(uiFont(12, QFont::DemiBold));
    return label;
}

} // namespace

ReasonPane::ReasonPane(Workspace &workspace, ActionRegistry &actions, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_actions(actions),
      m_title(new InkLabel(tr("Why not HTP"), CellInk::Default, this)), m_at(new InkLabel(CellInk::Note, this)),
      m_name(new InkLabel(CellInk::Default, this)), m_where(new InkLabel(CellInk::Label, this)),
      m_what(new InkLabel(CellInk::Label, this)), m_banner(new PaintedBox(&Theme::raised, nullptr, 1, 0, this)),
      m_bannerIcon(new QLabel(m_banner)), m_bannerTitle(wrapped(CellInk::Default, m_banner)),
      m_bannerText(wrapped(CellInk::Label, m_banner)), m_cost(new KeyValueGrid(this)), m_backends(new KeyValueGrid(this)),
      m_changesTitle(heading(tr("Smallest changes"), this)), m_backendsTitle(heading(tr("Backends"), this)),
      m_cards(new QVBoxLayout), m_previous(new QToolButton(this)), m_next(new QToolButton(this))
{
    setObjectName(QStringLiteral("reasonPane"));
    m_title->setFont(uiFont(12, QFont::DemiBold));
    m_name->setFont(uiFont(14, QFont::DemiBold));
    m_name->setElided(true);
    m_what->setElided(true);
    m_bannerTitle->setFont(uiFont(12, QFont::DemiBold));
    m_bannerTitle->setObjectName(QStringLiteral("reasonTitle"));
    m_bannerText->setObjectName(QStringLiteral("reasonText"));
    m_previous->setIcon(icon(Icon::ChevronLeft));
    m_previous->setToolTip(tr("Previous operator that the HTP refuses"));
    m_previous->setObjectName(QStringLiteral("refusedPrevious"));
    m_next->setIcon(icon(Icon::ChevronRight));
    m_next->setToolTip(tr("Next operator that the HTP refuses"));
    m_next->setObjectName(QStringLiteral("refusedNext"));
    for (QToolButton *button : {m_previous, m_next}) {
        button->setAutoRaise(true);
        setBarSize(button);
        button->setAccessibleName(button->toolTip());
    }
    connect(m_previous, &QToolButton::clicked, this, [this] { go(-1); });
    connect(m_next, &QToolButton::clicked, this, [this] { go(1); });

    const int margin = metrics().dockMargin;
    auto *header = new QHBoxLayout;
    header->setContentsMargins(margin, 0, metrics().gapSmall, 0);
    header->addWidget(m_title);
    header->addStretch(1);
    header->addWidget(m_at);
    header->addWidget(m_previous);
    header->addWidget(m_next);
    auto *headerBox = new QWidget(this);
    headerBox->setLayout(header);
    headerBox->setFixedHeight(metrics().viewTabs);

    auto *content = new QWidget(this);
    content->setAutoFillBackground(true);
    content->setBackgroundRole(QPalette::Window);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(0, metrics().gap, 0, metrics().gap);
    column->setSpacing(metrics().gapSmall);
    auto *names = new QVBoxLayout;
    names->setContentsMargins(margin, 0, margin, 0);
    names->setSpacing(2);
    auto *firstLine = new QHBoxLayout;
    firstLine->addWidget(m_name, 1);
    firstLine->addWidget(m_where);
    names->addLayout(firstLine);
    names->addWidget(m_what);
    column->addLayout(names);
    auto *bannerRow = new QHBoxLayout(m_banner);
    bannerRow->setContentsMargins(margin, metrics().gap, margin, metrics().gap);
    bannerRow->setSpacing(metrics().gap);
    bannerRow->addWidget(m_bannerIcon, 0, Qt::AlignTop);
    auto *bannerTexts = new QVBoxLayout;
    bannerTexts->setSpacing(2);
    bannerTexts->addWidget(m_bannerTitle);
    bannerTexts->addWidget(m_bannerText);
    bannerRow->addLayout(bannerTexts, 1);
    column->addWidget(m_banner);
    column->addWidget(m_cost);
    const auto addHeading = [&](InkLabel *label) {
        label->setContentsMargins(margin, metrics().gapSmall, margin, 0);
        column->addWidget(label);
    };
    addHeading(m_changesTitle);
    m_cards->setContentsMargins(margin, 0, margin, 0);
    m_cards->setSpacing(metrics().gap);
    column->addLayout(m_cards);
    addHeading(m_backendsTitle);
    m_backends->setLabelWidth(76);
    column->addWidget(m_backends);
    column->addStretch(1);
    auto *scroll = new QScrollArea(this);
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->setSpacing(0);
    whole->addWidget(headerBox);
    whole->addWidget(scroll, 1);

    connect(&m_workspace, &Workspace::selectionChanged, this, &ReasonPane::queueRefresh);
    connect(&m_workspace, &Workspace::runsChanged, this, &ReasonPane::queueRefresh);
    connect(&m_workspace.placement(), &PlacementKeeper::changed, this, &ReasonPane::queueRefresh);
    connect(&ThemeController::instance(), &ThemeController::changed, this, &ReasonPane::queueRefresh);
    refresh();
}

void ReasonPane::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().surface);
    painter.fillRect(QRect(0, metrics().viewTabs - 1, width(), 1), theme().border);
}

void ReasonPane::queueRefresh()
{
    if (std::exchange(m_queued, true))
        return;
    QTimer::singleShot(0, this, [this] {
        m_queued = false;
        refresh();
    });
}

void ReasonPane::refresh()
{
    const core::PlacementPlan *plan = m_workspace.placement().plan();
    m_refused.clear();
    if (plan) {
        for (const core::NodePlacement &place : plan->nodes) {
            if (!place.reasonOf(kAskedFor).allowed)
                m_refused.push_back(place.node);
        }
    }
    const core::NodeId node = m_workspace.selection().node;
    const auto at = std::ranges::find(m_refused, node);
    m_at->setText(m_refused.empty() ? QString()
                  : at == m_refused.end()
                      ? tr("%1 refused").arg(formatCount(static_cast<qint64>(m_refused.size())))
                      : tr("%1 of %2").arg(at - m_refused.begin() + 1).arg(m_refused.size()));
    m_previous->setEnabled(!m_refused.empty());
    m_next->setEnabled(!m_refused.empty());
    if (!plan)
        showNothing(tr("No placement"), m_workspace.placement().isPlanning() ? tr("It is being planned.") : QString());
    else if (!node.isValid() || node.index >= plan->nodes.size())
        showNothing(tr("Nothing selected"), tr("Select an operator in the table or a segment above to see why it runs where it "
                                               "does, and what would change that."));
    else
        showNode(*plan, node);
}

void ReasonPane::showNothing(const QString &title, const QString &text)
{
    m_name->setText(title);
    m_where->clear();
    m_what->clear();
    static_cast<PaintedBox *>(m_banner)->setColours(&Theme::surface, nullptr);
    m_banner->setVisible(!text.isEmpty());
    m_bannerIcon->setVisible(false);
    m_bannerTitle->setVisible(false);
    m_bannerText->setText(text);
    m_cost->setRows({});
    m_backends->setRows({});
    for (QWidget *widget : std::initializer_list<QWidget *>{m_cost, m_backends, m_changesTitle, m_backendsTitle})
        widget->setVisible(false);
    m_fixes.clear();
    showCards();
}

void ReasonPane::showNode(const core::PlacementPlan &plan, core::NodeId node)
{
    const Document &document = *m_workspace.document();
    const core::NodePlacement &place = plan.of(node);
    m_name->setText(toQString(document.graph().nameOf(node)));
    m_where->setText(backendTitle(place.backend, m_workspace.placement().capabilities()));
    const std::size_t selected = m_workspace.selectedNodes().size();
    const QString what = QStringLiteral("%1, %2").arg(toQString(document.opText(node)), toQString(document.outputShape(node)));
    m_what->setText(selected > 1 ? tr("%1, and %2 more selected").arg(what, formatCount(static_cast<qint64>(selected - 1)))
                                 : what);
    showBanner(place);
    m_cost->setRows(costRows(plan, node));
    m_backends->setRows(backendRows(place));
    for (QWidget *widget : std::initializer_list<QWidget *>{m_cost, m_backends, m_backendsTitle})
        widget->setVisible(true);
    m_fixes = PlacementFixes(m_workspace).of(node, kAskedFor);
    m_changesTitle->setVisible(!m_fixes.empty());
    m_title->setText(place.backend == kAskedFor ? tr("Why HTP") : tr("Why not HTP"));
    showCards();
}

void ReasonPane::showBanner(const core::NodePlacement &place)
{
    const core::BackendReason &reason = place.reasonOf(kAskedFor);
    const bool later = reason.allowed && reason.kind == core::ReasonKind::MissingEncoding;
    QString title;
    ChipKind kind = ChipKind::Neutral;
    if (place.isFolded) {
        title = tr("Computed while building");
    } else if (!reason.allowed) {
        title = tr("The HTP does not take it");
        kind = ChipKind::Error;
    } else if (later) {
        title = place.backend == kAskedFor ? tr("On the HTP, but it cannot be built yet") : tr("The HTP would take it once it has encodings");
        kind = ChipKind::Warn;
    } else if (place.backend == kAskedFor) {
        title = tr("On the HTP: all rules hold");
        kind = ChipKind::Ok;
    } else {
        title = place.assigned ? tr("The HTP would take it; you put it on %1").arg(backendName(place.backend))
                               : tr("The HTP would take it; nobody put it there");
    }
    QColor Theme::*fill = &Theme::raised;
    CellInk ink = CellInk::Default;
    if (kind == ChipKind::Error) {
        fill = &Theme::errorBg;
        ink = CellInk::Error;
    } else if (kind == ChipKind::Warn) {
        fill = &Theme::warnBg;
        ink = CellInk::Warn;
    } else if (kind == ChipKind::Ok) {
        fill = &Theme::okBg;
        ink = CellInk::Ok;
    }
    static_cast<PaintedBox *>(m_banner)->setColours(fill, nullptr);
    m_banner->setVisible(true);
    m_bannerIcon->setVisible(true);
    m_bannerTitle->setVisible(true);
    m_bannerIcon->setPixmap(iconPixmap(chipIcon(kind), chipInk(kind), metrics().icon, devicePixelRatioF()));
    m_bannerTitle->setInk(ink);
    m_bannerTitle->setText(title);
    QString text = toQString(reason.why);
    if (place.follows.isValid() && m_workspace.document())
        text += QStringLiteral(". ") +
                tr("It follows %1, with which it is fused").arg(toQString(m_workspace.document()->graph().nameOf(place.follows)));
    m_bannerText->setText(text + QLatin1Char('.'));
}

QList<KeyValue> ReasonPane::costRows(const core::PlacementPlan &plan, core::NodeId node) const
{
    QList<KeyValue> rows;
    const Document &document = *m_workspace.document();
    const std::string_view name = document.graph().nameOf(node);
    const RunRecord *run = m_workspace.run();
    const std::size_t layer = run ? run->layerOfNode(name) : RunRecord::npos;
    const core::LayerSummary *summary = layer == RunRecord::npos || !run->isMainNode(name) ? nullptr : run->summaryOf(layer);
    if (summary && summary->duration.count > 0) {
        rows << row(tr("Time p50"), formatDuration(static_cast<std::int64_t>(summary->duration.p50Ns)),
                    QStringLiteral("n=%1").arg(formatCount(static_cast<qint64>(summary->duration.count))));
        rows << row(tr("Share"), formatPercent(summary->sharePercent), tr("of all layers"));
    }
    rows << row(tr("MACs"), formatAmount(static_cast<double>(document.costs[node.index].macs), QStringLiteral("MAC")));
    const std::size_t id = plan.segmentOf(node);
    if (id == core::PlacementPlan::kNoSegment)
        return rows;
    rows << row(tr("Segment"), QStringLiteral("S%1").arg(id + 1),
                Counted::ops(static_cast<qint64>(plan.segments[id].nodes.size())));
    std::int64_t bytes = 0;
    double us = 0;
    int count = 0;
    for (const core::Crossing &crossing : plan.crossings) {
        if (crossing.from != id && crossing.to != id)
            continue;
        bytes += crossing.bytes;
        us += crossing.estimateUs;
        ++count;
    }
    if (count > 0) {
        KeyValue crossings = row(tr("Its crossings"), formatEstimate(toNs(us)),
                                 tr("%1, %2").arg(count).arg(formatBytes(static_cast<std::uint64_t>(bytes))));
        crossings.ink = CellInk::Estimate;
        crossings.toolTip = tr("Estimated from planning figures, not measured");
        rows << crossings;
    }
    return rows;
}

QList<KeyValue> ReasonPane::backendRows(const core::NodePlacement &place) const
{
    QList<KeyValue> rows;
    for (const core::Backend backend : {core::Backend::Htp, core::Backend::Gpu, core::Backend::Cpu}) {
        const core::BackendReason &reason = place.reasonOf(backend);
        const bool here = place.backend == backend;
        KeyValue entry = row(backendName(backend),
                             !reason.allowed ? tr("no")
                             : here          ? (place.assigned ? tr("assigned") : tr("automatic"))
                                             : tr("allowed"),
                             {}, false);
        entry.ink = reason.allowed ? (here ? CellInk::Default : CellInk::Ok) : CellInk::Error;
        entry.note = here || !reason.allowed ? toQString(reason.why) : QString();
        entry.toolTip = toQString(reason.why);
        rows << entry;
    }
    return rows;
}

QList<KeyValue> ReasonPane::effectRows(const core::Change &change) const
{
    const auto after = m_workspace.placement().preview(change);
    if (!after)
        return {};
    const PlacementTotals now(*m_workspace.placement().plan()), then(*after);
    const auto arrow = [](const QString &a, const QString &b) { return a == b ? a : a + QStringLiteral(" → ") + b; };
    KeyValue time = row(tr("Crossing time"), arrow(formatEstimate(toNs(now.crossingUs)), formatEstimate(toNs(then.crossingUs))));
    time.ink = CellInk::Estimate;
    return {row(tr("Segments"), arrow(QString::number(now.segments), QString::number(then.segments))),
            row(tr("Crossings"), arrow(QString::number(now.crossings), QString::number(then.crossings)),
                arrow(formatBytes(static_cast<std::uint64_t>(now.bytes)), formatBytes(static_cast<std::uint64_t>(then.bytes)))),
            time};
}

QWidget *ReasonPane::makeCard(const PlacementFix &fix, bool first)
{
    const bool marked = first && fix.kind != PlacementFix::Kind::Advice;
    auto *card = new PaintedBox(&Theme::surface, marked ? &Theme::accent : &Theme::border, marked ? 2 : 1, metrics().cardRadius, this);
    auto *column = new QVBoxLayout(card);
    column->setContentsMargins(metrics().gapLarge, metrics().gap, metrics().gapLarge, metrics().gap);
    column->setSpacing(metrics().gapTiny);
    auto *title = wrapped(CellInk::Default, card);
    title->setText(fix.title);
    title->setFont(uiFont(12, QFont::DemiBold));
    auto *text = wrapped(CellInk::Label, card);
    text->setText(fix.text);
    column->addWidget(title);
    column->addWidget(text);
    if (fix.kind == PlacementFix::Kind::Advice)
        return card;
    if (fix.change) {
        if (const QList<KeyValue> rows = effectRows(*fix.change); !rows.isEmpty()) {
            auto *effect = new KeyValueGrid(card);
            effect->setLabelWidth(92);
            effect->setRows(rows);
            column->addWidget(effect);
        }
    }
    auto *button = new QPushButton(fix.kind == PlacementFix::Kind::Calibrate ? tr("Calibrate…") : tr("Apply"), card);
    button->setObjectName(first ? QStringLiteral("applyFix") : QString());
    setPrimary(button, marked);
    auto *row = new QHBoxLayout;
    row->addWidget(button);
    row->addStretch(1);
    if (fix.change)
        row->addWidget(new Chip(ChipKind::Estimate, tr("estimate"), card));
    column->addLayout(row);
    connect(button, &QPushButton::clicked, this, [this, fix] { apply(fix); });
    return card;
}

void ReasonPane::showCards()
{
    while (QLayoutItem *item = m_cards->takeAt(0)) {
        if (item->widget()) {
            item->widget()->hide();
            item->widget()->deleteLater(); // its own button may be what led here
        }
        delete item;
    }
    for (std::size_t i = 0; i < m_fixes.size(); ++i)
        m_cards->addWidget(makeCard(m_fixes[i], i == 0));
}

void ReasonPane::apply(const PlacementFix &fix)
{
    if (fix.kind == PlacementFix::Kind::Calibrate) {
        m_actions.action(QStringLiteral("quantize.calibrate"))->trigger();
        return;
    }
    if (!fix.change)
        return;
    const auto applied = m_workspace.history().apply(*fix.change, fix.title);
    if (!applied)
        Q_EMIT m_workspace.failed(applied.error());
}

void ReasonPane::go(int step)
{
    if (m_refused.empty())
        return;
    const auto count = static_cast<std::ptrdiff_t>(m_refused.size());
    const auto at = std::ranges::find(m_refused, m_workspace.selection().node);
    std::ptrdiff_t next = step > 0 ? 0 : count - 1;
    if (at != m_refused.end())
        next = (at - m_refused.begin() + step + count) % count;
    m_workspace.selectNode(m_refused[static_cast<std::size_t>(next)]);
}

} // namespace nordlys::studio
