// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_view.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>
#include <studio/workspace/graph_choice.h>
#include <studio/workspace/text.h>

#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace nordlys::studio {
namespace {

constexpr int kMapWidth = 130, kOverlayMargin = 12;

QLabel *noteLabel(const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setFont(uiFont(12));
    QPalette palette = label->palette();
    palette.setColor(QPalette::WindowText, theme().text2);
    label->setPalette(palette);
    return label;
}

} // namespace

GraphView::GraphView(Workspace &workspace, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_canvas(new GraphCanvas(workspace, this)),
      m_minimap(new GraphMinimap(*m_canvas, m_canvas)), m_legend(new GraphLegend(*m_canvas, m_canvas)),
      m_fill(new QComboBox(this)), m_border(new QComboBox(this)), m_labels(new QComboBox(this)), m_zoom(noteLabel({}, this)),
      m_hits(noteLabel({}, this)), m_search(new QLineEdit(this))
{
    m_fill->addItem(tr("Automatic"), static_cast<int>(FillMetric::Automatic));
    m_fill->addItem(tr("Time share"), static_cast<int>(FillMetric::Time));
    m_fill->addItem(tr("MACs"), static_cast<int>(FillMetric::Macs));
    m_fill->addItem(tr("Weights"), static_cast<int>(FillMetric::Parameters));
    m_fill->addItem(tr("SQNR, total"), static_cast<int>(FillMetric::Error));
    m_fill->addItem(tr("None"), static_cast<int>(FillMetric::None));
    m_border->addItem(tr("Automatic"), static_cast<int>(BorderMetric::Automatic));
    m_border->addItem(tr("SQNR, local"), static_cast<int>(BorderMetric::LocalError));
    m_border->addItem(tr("SQNR, total"), static_cast<int>(BorderMetric::TotalError));
    m_border->addItem(tr("None"), static_cast<int>(BorderMetric::None));
    m_labels->addItem(tr("Encodings, shapes"), 3);
    m_labels->addItem(tr("Encodings"), 1);
    m_labels->addItem(tr("Shapes"), 2);
    m_labels->addItem(tr("None"), 0);
    m_fill->setAccessibleName(tr("Fill"));
    m_border->setAccessibleName(tr("Border"));
    m_labels->setAccessibleName(tr("Labels"));
    for (QComboBox *box : {m_fill, m_border, m_labels}) {
        setBarSize(box);
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    }
    m_search->setObjectName(QStringLiteral("graphSearch"));
    m_search->setPlaceholderText(tr("Find op or tensor  /"));
    m_search->setAccessibleName(tr("Find op or tensor"));
    m_search->setClearButtonEnabled(true);
    m_search->setMinimumWidth(90);
    m_search->setMaximumWidth(scaled(190));
    m_search->installEventFilter(this);

    auto *fit = new QPushButton(tr("Fit"), this);
    fit->setObjectName(QStringLiteral("graphFit"));
    fit->setToolTip(tr("Show the whole graph (F)"));
    setBarSize(fit);

    auto *bar = new QWidget(this);
    bar->setAutoFillBackground(true);
    bar->setBackgroundRole(QPalette::Window);
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(metrics().gap, 3, metrics().gap, 3);
    row->setSpacing(metrics().gapSmall);
    row->addWidget(noteLabel(tr("Fill"), bar));
    row->addWidget(m_fill);
    row->addSpacing(metrics().gapSmall);
    row->addWidget(noteLabel(tr("Border"), bar));
    row->addWidget(m_border);
    row->addSpacing(metrics().gapSmall);
    // The bar does not hold the view open: where it has no room, the choice of labels goes (resizeEvent).
    bar->setMinimumWidth(scaled(360));
    auto *labelsNote = noteLabel(tr("Labels"), bar);
    labelsNote->setObjectName(QStringLiteral("labelsNote"));
    row->addWidget(labelsNote);
    row->addWidget(m_labels);
    row->addStretch(1);
    row->addWidget(m_hits);
    row->addWidget(m_search, 1);
    row->addWidget(m_zoom);
    row->addWidget(fit);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(bar);
    column->addWidget(m_canvas, 1);

    connect(m_fill, &QComboBox::currentIndexChanged, this, &GraphView::applyMetrics);
    connect(m_border, &QComboBox::currentIndexChanged, this, &GraphView::applyMetrics);
    connect(m_labels, &QComboBox::currentIndexChanged, this, [this] {
        const int parts = m_labels->currentData().toInt();
        m_canvas->setLabels(parts & 1, parts & 2);
    });
    connect(fit, &QPushButton::clicked, m_canvas, &GraphCanvas::fit);
    connect(m_canvas, &GraphCanvas::searchRequested, this, &GraphView::focusSearch);
    connect(m_canvas, &GraphCanvas::transformChanged, this, [this] {
        m_zoom->setText(formatPercent(100 * m_canvas->transform().zoom, m_canvas->transform().zoom < 0.1 ? 1 : 0));
    });
    connect(m_canvas, &GraphCanvas::heatChanged, this, &GraphView::placeOverlays);
    connect(m_legend, &GraphLegend::fillClicked, this,
            [this] { m_fill->setCurrentIndex((m_fill->currentIndex() + 1) % m_fill->count()); });
    connect(m_legend, &GraphLegend::borderClicked, this,
            [this] { m_border->setCurrentIndex((m_border->currentIndex() + 1) % m_border->count()); });
    connect(m_search, &QLineEdit::textChanged, this, &GraphView::updateSearch);
    connect(&m_workspace, &Workspace::filterChanged, this, &GraphView::applyFilter);
    connect(&m_workspace, &Workspace::documentChanged, this, [this] {
        m_search->clear();
        applyFilter();
        placeOverlays();
    });
    connect(&m_workspace, &Workspace::runsChanged, this, &GraphView::applyFilter);
    m_canvas->installEventFilter(this);
    placeOverlays();
}

void GraphView::applyMetrics()
{
    m_canvas->setMetrics(static_cast<FillMetric>(m_fill->currentData().toInt()),
                         static_cast<BorderMetric>(m_border->currentData().toInt()));
}

void GraphView::placeOverlays()
{
    const bool any = m_canvas->scene() && m_canvas->scene()->nodeCount() > 0;
    const QSize legend = m_legend->sizeHint();
    m_legend->setVisible(any && legend.height() > 0 && m_canvas->height() > legend.height() + 40);
    m_legend->setGeometry(m_canvas->width() - legend.width() - kOverlayMargin,
                          m_canvas->height() - legend.height() - kOverlayMargin, legend.width(), legend.height());
    const int room = m_canvas->height() - 3 * kOverlayMargin - (m_legend->isHidden() ? 0 : legend.height());
    m_minimap->setVisible(any && room >= 60 && m_canvas->width() > 480);
    const int mapWidth = scaled(kMapWidth);
    m_minimap->setGeometry(m_canvas->width() - mapWidth - kOverlayMargin, kOverlayMargin, mapWidth, m_minimap->heightFor(room));
}

void GraphView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    const bool room = width() > scaled(760);
    m_labels->setVisible(room);
    findChild<QLabel *>(QStringLiteral("labelsNote"))->setVisible(room);
}

std::vector<core::NodeId> GraphView::search(const QString &text) const
{
    std::vector<core::NodeId> found;
    const auto document = m_workspace.document();
    if (!document || text.isEmpty())
        return found;
    const core::Graph &graph = document->graph();
    const auto contains = [&text](std::string_view name) { return toQString(name).contains(text, Qt::CaseInsensitive); };
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const core::Node &node = graph.nodes[i];
        bool hit = contains(graph.names.text(node.name)) || contains(graph.names.text(node.opType));
        for (const core::TensorId tensor : node.outputs)
            hit = hit || (tensor.isValid() && contains(graph.nameOf(tensor)));
        for (const core::TensorId tensor : node.inputs)
            hit = hit || (tensor.isValid() && graph.tensor(tensor).isConstant() && contains(graph.nameOf(tensor)));
        if (hit)
            found.emplace_back(i);
    }
    return found;
}

void GraphView::updateSearch()
{
    m_found = search(m_search->text());
    m_at = -1;
    setInvalid(m_search, !m_search->text().isEmpty() && m_found.empty());
    if (m_search->text().isEmpty())
        m_hits->clear();
    else if (m_found.empty())
        m_hits->setText(tr("nothing found"));
    else
        jump(1);
}

void GraphView::jump(int step)
{
    if (m_found.empty())
        return;
    const int count = static_cast<int>(m_found.size());
    m_at = (m_at + step + count) % count;
    m_hits->setText(tr("%1 of %2").arg(m_at + 1).arg(count));
    m_workspace.selectNode(m_found[static_cast<std::size_t>(m_at)]);
    m_canvas->showNode(m_found[static_cast<std::size_t>(m_at)]);
}

void GraphView::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

bool GraphView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_canvas && event->type() == QEvent::Resize)
        placeOverlays();
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            jump(key->modifiers() & Qt::ShiftModifier ? -1 : 1);
            return true;
        }
        if (key->key() == Qt::Key_Escape) {
            m_search->clear();
            m_canvas->setFocus(Qt::OtherFocusReason);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void GraphView::applyFilter()
{
    const FilterQuery query(m_workspace.filter());
    std::vector<bool> matches;
    if (const auto document = m_workspace.document(); document && !query.isEmpty()) {
        matches.resize(document->graph().nodes.size());
        for (const core::NodeId node : nodesMatching(m_workspace, query))
            matches[node.index] = true;
    }
    m_canvas->setMatches(std::move(matches));
}

} // namespace nordlys::studio
