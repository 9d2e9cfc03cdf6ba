// SPDX-License-Identifier: GPL-3.0-or-later
#include "top_bar.h"

#include "device_button.h"
#include "view_tabs.h"
#include "window_layout.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/text.h>

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QPainter>
#include <QPushButton>
#include <QResizeEvent>
#include <QToolButton>

#include <algorithm>

namespace nordlys::studio {
namespace {

constexpr int kFilterLeast = 150;

} // namespace

Verdict chipVerdict(core::VerdictLevel level)
{
    switch (level) {
    case core::VerdictLevel::Trusted: return Verdict::Trusted;
    case core::VerdictLevel::Noisy: return Verdict::Noisy;
    case core::VerdictLevel::Throttled: return Verdict::Throttled;
    case core::VerdictLevel::Fallback: return Verdict::FellBack;
    case core::VerdictLevel::TooFew: return Verdict::TooFew;
    case core::VerdictLevel::Interrupted: return Verdict::Interrupted;
    case core::VerdictLevel::Failed: return Verdict::Failed;
    }
    return Verdict::Failed;
}

TopBar::TopBar(Workspace &workspace, ActionRegistry &actions, Runner &runner, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_actions(actions), m_menus(new QMenuBar(this)),
      m_menuButton(new QToolButton(this)), m_model(new QToolButton(this)), m_device(new DeviceButton(workspace, runner, this)),
      m_build(new QPushButton(this)), m_run(new QPushButton(this)), m_value(new InkLabel(CellInk::Default, this)),
      m_note(new InkLabel(CellInk::Note, this)), m_verdict(new Chip(this))
{
    setFixedHeight(metrics().topBar);
    auto *mark = new QLabel(this);
    mark->setPixmap(nordlysMark(scaled(20), devicePixelRatioF()));
    mark->setAccessibleName(tr("Nordlys Studio"));
    m_menuButton->setIcon(icon(Icon::Menu));
    m_menuButton->setPopupMode(QToolButton::InstantPopup);
    m_menuButton->setAccessibleName(tr("Menu"));
    m_menuButton->hide();
    m_model->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_model->setFocusPolicy(Qt::TabFocus);
    m_model->setObjectName(QStringLiteral("topModel"));
    m_model->setIcon(icon(Icon::Graph));
    connect(m_device, &DeviceButton::devicesWanted, m_actions.action(QStringLiteral("view.devices")), &QAction::trigger);
    connect(m_model, &QToolButton::clicked, m_actions.action(QStringLiteral("file.open")), &QAction::trigger);
    m_build->setObjectName(QStringLiteral("topBuild"));
    m_build->setIcon(icon(Icon::Build));
    m_build->setText(tr("Build"));
    m_run->setObjectName(QStringLiteral("topRun"));
    connect(m_build, &QPushButton::clicked, m_actions.action(QStringLiteral("build.build")), &QAction::trigger);
    connect(m_run, &QPushButton::clicked, this,
            [this] { m_actions.action(m_running ? QStringLiteral("run.stop") : QStringLiteral("run.run"))->trigger(); });
    m_value->setFont(monoFont(12, QFont::DemiBold));
    m_note->setFont(monoFont(11));
    m_verdict->setClickable(true);
    m_verdict->setObjectName(QStringLiteral("topVerdict"));
    connect(m_verdict, &QAbstractButton::clicked, this, [this] {
        if (const RunRecord *run = m_workspace.run()) {
            QStringList reasons;
            for (const std::string &reason : run->summary.verdict.reasons)
                reasons << toQString(reason);
            Q_EMIT m_workspace.notice(
                tr("Run %1: %2. %3")
                    .arg(run->name, chipText(chipVerdict(run->summary.verdict.level)), reasons.join(QLatin1Char(' '))));
        }
    });
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(metrics().gapLarge, 0, metrics().gapLarge, 0);
    row->setSpacing(metrics().gap);
    row->addWidget(mark);
    row->addWidget(m_menuButton);
    m_menus->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    row->addWidget(m_menus, 0, Qt::AlignVCenter);
    row->addStretch(1);
    row->addWidget(m_model);
    row->addWidget(m_device);
    row->addWidget(m_build);
    row->addWidget(m_run);
    row->addSpacing(metrics().gapSmall);
    row->addWidget(m_value);
    row->addWidget(m_note);
    row->addWidget(m_verdict);
    for (const auto signal : {&Workspace::titleChanged, &Workspace::runsChanged, &Workspace::editsChanged})
        connect(&m_workspace, signal, this, &TopBar::refresh);
    const auto follow = [this](const char *id, QPushButton *button) {
        QAction *action = m_actions.action(QString::fromLatin1(id));
        const auto copy = [action, button] {
            button->setEnabled(action->isEnabled());
            button->setToolTip(action->toolTip());
        };
        connect(action, &QAction::changed, button, copy);
        copy();
    };
    follow("build.build", m_build);
    connect(m_actions.action(QStringLiteral("run.run")), &QAction::changed, this, [this] { setRunning(m_running); });
    connect(&ThemeController::instance(), &ThemeController::changed, this, [this, mark] {
        mark->setPixmap(nordlysMark(scaled(20), devicePixelRatioF()));
        setRunning(m_running);
    });
    setRunning(false);
    refresh();
}

void TopBar::setMenus(const QList<QAction *> &menus)
{
    auto *all = new QMenu(m_menuButton);
    for (QAction *menu : menus) {
        m_menus->addAction(menu);
        all->addAction(menu);
    }
    m_menuButton->setMenu(all);
}

void TopBar::setRunning(bool running)
{
    m_running = running;
    setPrimary(m_run, !running);
    setDanger(m_run, running);
    QAction *run = m_actions.action(QStringLiteral("run.run"));
    m_run->setEnabled(running || run->isEnabled());
    m_run->setText(running ? tr("Stop") : tr("Run"));
    m_run->setIcon(running ? icon(Icon::Stop, theme().error)
                           : (m_run->isEnabled() ? icon(Icon::Run, theme().accentInk) : icon(Icon::Run)));
    m_run->setToolTip(running ? tr("End the run; what was measured stays") : run->toolTip());
}

void TopBar::refresh()
{
    const QString title = m_workspace.title();
    m_model->setVisible(!title.isEmpty());
    const bool narrow = screenClassOf(window()->size()) == ScreenClass::Small;
    QString shown = m_model->fontMetrics().elidedText(title, Qt::ElideMiddle, scaled(narrow ? 180 : 240));
    shown.replace(QLatin1Char('&'), QLatin1String("&&")); // a file's name has no mnemonic
    m_model->setText(m_workspace.isModified() ? shown + QStringLiteral(" ●") : shown);
    m_model->setToolTip(m_workspace.isModified() ? tr("%1, not saved").arg(title) : title);
    const RunRecord *run = m_workspace.run();
    const bool any = run && run->summary.latency.count > 0;
    m_value->setVisible(any);
    m_note->setVisible(any && !narrow);
    m_verdict->setVisible(any && !run->live);
    if (!any)
        return;
    const core::DurationSummary &latency = run->summary.latency;
    const auto ns = [](double value) { return static_cast<std::int64_t>(value + 0.5); };
    m_value->setText(formatDuration(ns(latency.p50Ns)));
    const int age = m_workspace.runAge();
    m_value->setInk(age > 0 || latency.count < 30 ? CellInk::Note : CellInk::Default);
    const QString whole = formatDurationInterval(ns(latency.p50Ns), ns(latency.p50HalfIntervalNs));
    const qsizetype sign = whole.indexOf(QChar(0x00B1));
    m_value->setText(sign > 0 ? whole.left(sign).trimmed() : whole);
    m_note->setText((sign > 0 ? whole.mid(sign) + QLatin1Char(' ') : QString()) + QStringLiteral("p50 n=") +
                    formatCount(static_cast<qint64>(latency.count)));
    if (age > 0) {
        m_verdict->setKind(ChipKind::Neutral);
        m_verdict->setText(Counted::ofRunBefore(run->name, age));
        m_verdict->setChipIcon(Icon::Refresh);
    } else {
        m_verdict->setVerdict(chipVerdict(run->summary.verdict.level));
    }
    const QString word = m_verdict->text();
    m_verdict->setAccessibleName(word);
    m_verdict->setToolTip(tr("%1. Click for the reasons.").arg(word));
    if (narrow)
        m_verdict->setText({}); // its icon stays
}

void TopBar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    // On a narrow window the menus become one button.
    const bool narrow = screenClassOf(window()->size()) == ScreenClass::Small;
    m_menus->setVisible(!narrow);
    m_menuButton->setVisible(narrow);
    m_device->setNarrow(narrow);
    refresh();
}

void TopBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().window);
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme().border);
}

ViewBar::ViewBar(Workspace &workspace, ActionRegistry &actions, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_actions(actions), m_tabs(new ViewTabs(this)),
      m_selection(new Chip(ChipKind::Neutral, {}, this)), m_run(new Chip(ChipKind::Neutral, {}, this)),
      m_range(new Chip(ChipKind::Neutral, {}, this)), m_collapsed(new Chip(ChipKind::Neutral, {}, this)),
      m_filter(new QLineEdit(this))
{
    setFixedHeight(metrics().viewTabs);
    m_filter->setObjectName(QStringLiteral("filter"));
    m_filter->setPlaceholderText(tr("Filter all views: op:Conv share>2%"));
    m_filter->setAccessibleName(tr("Filter of all views"));
    m_filter->setClearButtonEnabled(true);
    m_filter->addAction(icon(Icon::Filter), QLineEdit::LeadingPosition);
    m_filter->setMinimumWidth(scaled(kFilterLeast));
    m_filter->setMaximumWidth(scaled(330));
    for (Chip *chip : {m_selection, m_run, m_range})
        chip->setIconVisible(false);
    m_collapsed->setObjectName(QStringLiteral("chipCount"));
    m_collapsed->setChipIcon(Icon::Pin);
    m_collapsed->setClickable(true);
    connect(m_collapsed, &Chip::clicked, this, &ViewBar::showChipMenu);
    m_selection->setClosable(true);
    m_range->setClosable(true);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(metrics().gap, 0, metrics().gapLarge, 0);
    row->setSpacing(metrics().gapSmall);
    for (const char *id : {"view.back", "view.forward"}) {
        auto *button = new QToolButton(this);
        button->setDefaultAction(actions.action(QString::fromLatin1(id)));
        button->setToolButtonStyle(Qt::ToolButtonIconOnly);
        button->setAutoRaise(true);
        setBarSize(button);
        row->addWidget(button);
    }
    row->addWidget(m_tabs);
    row->addStretch(1);
    row->addWidget(m_selection);
    row->addWidget(m_run);
    row->addWidget(m_range);
    row->addWidget(m_collapsed);
    row->addWidget(m_filter, 2);
    connect(m_tabs, &ViewTabs::chosen, this, [this](int index) { Q_EMIT viewChosen(m_ids[index]); });
    connect(m_filter, &QLineEdit::textChanged, &m_workspace, &Workspace::setFilter);
    connect(&m_workspace, &Workspace::filterChanged, this, [this] {
        if (m_filter->text() != m_workspace.filter())
            m_filter->setText(m_workspace.filter());
    });
    connect(m_selection, &Chip::closeRequested, &m_workspace, &Workspace::clearSelection);
    connect(m_range, &Chip::closeRequested, this, [this] { m_workspace.setRange(std::nullopt); });
    for (const auto signal : {&Workspace::selectionChanged, &Workspace::runsChanged, &Workspace::rangeChanged})
        connect(&m_workspace, signal, this, &ViewBar::refreshChips);
    refreshChips();
}

void ViewBar::addView(const QString &id, const QString &title)
{
    m_ids << id;
    m_tabs->addTab(title);
    // The action knows whether the view can be shown, and else why not.
    QAction *action = m_actions.action(QStringLiteral("view.") + id);
    const auto index = static_cast<int>(m_ids.size()) - 1;
    const auto copy = [this, action, index] {
        m_tabs->setTabReason(index, action->isEnabled() ? QString() : action->toolTip());
        setCurrent(m_current); // disabling moves the current tab away
    };
    connect(action, &QAction::changed, this, copy);
    copy();
}

void ViewBar::setCurrent(const QString &id)
{
    // The start page has no tab; the first one stands for what comes next.
    m_current = id;
    m_tabs->setCurrent(static_cast<int>(std::max<qsizetype>(0, m_ids.indexOf(id))));
}

void ViewBar::fitTabs()
{
    int others = scaled(kFilterLeast) + metrics().gap + metrics().gapLarge;
    for (const QObject *child : children()) {
        const auto *widget = qobject_cast<const QWidget *>(child);
        if (widget && widget != m_tabs && widget != m_filter && !widget->isHidden())
            others += widget->sizeHint().width() + metrics().gapSmall;
    }
    m_tabs->fitInto(width() - others - 3 * metrics().gapSmall);
}

void ViewBar::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void ViewBar::refreshChips()
{
    const Selection &selection = m_workspace.selection();
    const RunRecord *run = m_workspace.run();
    const auto &range = m_workspace.range();
    const bool selected = selection.node.isValid() || selection.tensor.isValid();
    const auto count = static_cast<qint64>(m_workspace.selectedNodes().size());
    m_selection->setText(count > 1 ? tr("%1 selected").arg(formatCount(count)) : tr("1 selected"));
    if (run)
        m_run->setText(run->live ? tr("run %1, live").arg(run->name) : tr("run %1").arg(run->name));
    if (range)
        m_range->setText(tr("range %1").arg(formatDuration(range->toNs - range->fromNs)));
    const bool room = screenClassOf(window()->size()) != ScreenClass::Small;
    m_selection->setVisible(room && selected);
    m_run->setVisible(room && run);
    m_range->setVisible(room && range.has_value());
    QStringList texts;
    const std::initializer_list<std::pair<bool, const Chip *>> chips = {
        {selected, m_selection}, {run != nullptr, m_run}, {range.has_value(), m_range}};
    for (const auto &[active, chip] : chips) {
        if (active)
            texts << chip->text();
    }
    m_collapsed->setVisible(!room && !texts.isEmpty());
    m_collapsed->setText(QString::number(texts.size()));
    m_collapsed->setToolTip(texts.join(QLatin1Char('\n')));
    m_collapsed->setAccessibleName(texts.join(QStringLiteral(", ")));
    fitTabs();
}

void ViewBar::showChipMenu()
{
    QMenu menu(this);
    const auto add = [&](bool active, const QString &text, const std::function<void()> &clear) {
        if (!active)
            return;
        QAction *entry = menu.addAction(
            text, this, clear ? clear : [] {});
        entry->setEnabled(static_cast<bool>(clear));
        if (clear)
            entry->setIcon(icon(Icon::Close));
    };
    const Selection &selection = m_workspace.selection();
    add(selection.node.isValid() || selection.tensor.isValid(), m_selection->text(), [this] { m_workspace.clearSelection(); });
    add(m_workspace.run() != nullptr, m_run->text(), {});
    add(m_workspace.range().has_value(), m_range->text(), [this] { m_workspace.setRange(std::nullopt); });
    menu.exec(m_collapsed->mapToGlobal(QPoint(0, m_collapsed->height())));
}

void ViewBar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    refreshChips();
}

void ViewBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().window);
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme().border);
}

} // namespace nordlys::studio
