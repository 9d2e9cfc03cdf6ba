// SPDX-License-Identifier: GPL-3.0-or-later
#include "improve_page.h"

#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/models/improve_rows.h>
#include <studio/widgets/empty_state.h>
#include <studio/widgets/error_block.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/text.h>

#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace nordlys::studio {

ImprovePage::ImprovePage(Improver::Tool tool, Workspace &workspace, Improver &improver, ActionRegistry &actions, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_improver(improver), m_actions(actions), m_tool(tool),
      m_summary(new InkLabel(CellInk::Label, this)), m_buttons(new QHBoxLayout), m_again(new QPushButton(tr("Again…"), this)),
      m_error(new ErrorBlock(this)), m_empty(new EmptyState(this)), m_stack(new QStackedWidget(this)), m_bar(new QWidget(this))
{
    m_bar->setAutoFillBackground(true);
    m_bar->setBackgroundRole(QPalette::Window);
    auto *row = new QHBoxLayout(m_bar);
    row->setContentsMargins(metrics().gapLarge, 3, metrics().gap, 3);
    row->setSpacing(metrics().gapSmall);
    m_summary->setElided(true);
    row->addWidget(m_summary, 1);
    m_buttons->setSpacing(metrics().gapSmall);
    row->addLayout(m_buttons);
    setBarSize(m_again);
    m_again->setObjectName(QStringLiteral("again"));
    row->addWidget(m_again);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_bar);
    column->addWidget(m_error);
    column->addWidget(m_stack, 1);
    // In a low pane the words scroll rather than being cut.
    auto *scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(m_empty);
    m_stack->addWidget(scroll);

    connect(m_again, &QPushButton::clicked, this, [this] { m_actions.action(actionId())->trigger(); });
    connect(m_empty, &EmptyState::actionTriggered, this, [this] {
        const bool encoded = m_tool == Improver::EqualizeTool || !m_workspace.encodings().empty();
        m_actions.action(encoded ? actionId() : QStringLiteral("quantize.calibrate"))->trigger();
    });
    connect(m_error, &ErrorBlock::actionTriggered, this, [this] { m_actions.action(actionId())->trigger(); });
    connect(&m_improver, &Improver::changed, this, [this](int changed) {
        if (changed == m_tool)
            refresh();
    });
    connect(&m_workspace, &Workspace::documentChanged, this, &ImprovePage::refresh);
    connect(&m_workspace, &Workspace::editsChanged, this, &ImprovePage::refresh);
}

QString ImprovePage::title() const
{
    switch (m_tool) {
    case Improver::SensitivityTool: return tr("Sensitivity");
    case Improver::MixedTool: return tr("Mixed precision");
    case Improver::EqualizeTool: return tr("Equalize");
    default: break;
    }
    return tr("Bias correction");
}

QString ImprovePage::actionId() const
{
    switch (m_tool) {
    case Improver::SensitivityTool: return QStringLiteral("quantize.sensitivity");
    case Improver::MixedTool: return QStringLiteral("quantize.mixed");
    case Improver::EqualizeTool: return QStringLiteral("quantize.equalize");
    default: break;
    }
    return QStringLiteral("quantize.bias-correct");
}

QString ImprovePage::staleText() const
{
    const int age = hasResult() ? m_improver.age(m_tool) : 0;
    return age > 0 ? Counted::before(age) : QString();
}

void ImprovePage::setContent(QWidget *content)
{
    m_stack->addWidget(content);
    refresh();
}

QPushButton *ImprovePage::addButton(const QString &text, const char *name)
{
    auto *button = new QPushButton(text, this);
    button->setObjectName(QString::fromLatin1(name));
    setBarSize(button);
    m_buttons->addWidget(button);
    return button;
}

TableView *ImprovePage::makeTable(const char *name, const QString &spoken, RowsModel *model, SortModel *sorted, QWidget *parent)
{
    auto *table = new TableView(parent);
    table->setObjectName(QString::fromLatin1(name));
    table->setAccessibleName(spoken);
    sorted->setSourceModel(model);
    table->setModel(sorted);
    table->setEmptyText(tr("No layer matches the filter."));
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    return table;
}

void ImprovePage::show(RowsModel &model, RowTable table, TableView &view, std::initializer_list<int> widths)
{
    const bool first = model.columnCount() == 0;
    model.setRows(std::move(table.columns), std::move(table.rows));
    if (!first)
        return;
    int column = 0;
    for (const int width : widths)
        view.setColumnWidth(column++, scaled(width));
}

void ImprovePage::refresh()
{
    if (const auto &error = m_improver.error(m_tool))
        m_error->setError(toQString(error->what), toQString(error->why + (error->fix.empty() ? "" : "\n" + error->fix)), tr("Again…"));
    else
        m_error->clear();
    const bool there = hasResult() && m_workspace.document() && m_stack->count() > 1;
    m_bar->setVisible(there);
    m_stack->setCurrentIndex(there ? 1 : 0);
    m_stack->setVisible(there || !m_improver.error(m_tool));
    m_summary->setInk(staleText().isEmpty() ? CellInk::Label : CellInk::Note);
    if (there)
        fill();
    else
        refreshEmpty();
    Q_EMIT refreshed();
}

void ImprovePage::refreshEmpty()
{
    QString text;
    switch (m_tool) {
    case Improver::SensitivityTool: text = tr("Which layers cost most when they are quantized, and what leaving each in float would gain."); break;
    case Improver::MixedTool: text = tr("Which layers are worth 16 bit or float within a budget, as a front of cost against quality."); break;
    case Improver::EqualizeTool: text = tr("A new model whose neighbouring layers share their channel ranges, so that one grid fits all channels."); break;
    default: text = tr("A new model whose biases give back what quantized weights shift."); break;
    }
    const bool open = m_workspace.document() != nullptr;
    const bool encoded = m_tool == Improver::EqualizeTool || !m_workspace.encodings().empty();
    m_empty->setTexts(m_tool == Improver::MixedTool ? Icon::Swap : Icon::Evaluate, title(), text);
    m_empty->setAction(!open ? QString() : encoded ? tr("%1…").arg(title()) : tr("Calibrate…"), encoded ? Icon::Run : Icon::Calibrate);
    setPrimary(m_empty->button(), false); // the one primary button is Run in the top bar
    m_empty->setHint(!open ? tr("Open a model first.") : encoded ? QString() : tr("There are no encodings yet. Calibrate first."));
}

} // namespace nordlys::studio
