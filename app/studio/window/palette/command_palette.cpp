// SPDX-License-Identifier: GPL-3.0-or-later
#include "command_palette.h"

#include "palette_delegate.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>

#include <QApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace nordlys::studio {
namespace {

constexpr int kWidth = 640, kTop = 96, kPage = 8;
constexpr float kDim = 0.45F;

class Card : public QWidget {
public:
    using QWidget::QWidget;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        paintBox(&painter, rect(), theme().surface, theme().borderStrong, metrics().cardRadius);
    }
    void mousePressEvent(QMouseEvent *event) override { event->accept(); }
};

/// The line below the list: which keys do what.
class KeyLine : public QWidget {
public:
    explicit KeyLine(QWidget *parent) : QWidget(parent) { setFixedHeight(scaled(28)); }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.fillRect(QRect(0, 0, width(), 1), theme().border);
    }
};

} // namespace

CommandPalette::CommandPalette(Workspace &workspace, const ActionRegistry &actions, std::function<void(const QString &)> openFile,
                               QWidget *window)
    : QWidget(window), m_model(new PaletteModel(workspace, actions, std::move(openFile), this)), m_card(new Card(this)),
      m_field(new QLineEdit(m_card)), m_hint(new QLabel(m_card)), m_keys(new QLabel(m_card)), m_count(new QLabel(m_card)),
      m_list(new QListView(m_card))
{
    setObjectName(QStringLiteral("commandPalette"));
    setAccessibleName(tr("Command palette"));
    m_field->setObjectName(QStringLiteral("paletteField"));
    m_field->setAccessibleName(tr("Search for commands, operators, tensors, files"));
    m_field->setPlaceholderText(tr("Command, operator, tensor or file"));
    m_field->setFrame(false);
    m_field->setFont(uiFont(14));
    m_field->addAction(icon(Icon::Command), QLineEdit::LeadingPosition);
    m_field->installEventFilter(this);
    m_hint->setText(tr("> actions  @ ops  # tensors  : runs"));
    m_list->setObjectName(QStringLiteral("paletteList"));
    m_list->setAccessibleName(tr("What was found"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new PaletteDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setMouseTracking(true);
    m_keys->setText(tr("↑ ↓ choose    Enter run    Esc close"));
    for (QLabel *label : {m_hint, m_keys, m_count}) {
        label->setFont(uiFont(11));
        label->setForegroundRole(QPalette::PlaceholderText);
    }
    auto *top = new QHBoxLayout;
    top->setContentsMargins(metrics().gap, metrics().gap, metrics().gapLarge, metrics().gap);
    top->addWidget(m_field, 1);
    top->addWidget(m_hint);
    auto *line = new KeyLine(m_card);
    auto *bottom = new QHBoxLayout(line);
    bottom->setContentsMargins(metrics().gapLarge, 0, metrics().gapLarge, 0);
    bottom->addWidget(m_keys);
    bottom->addStretch(1);
    bottom->addWidget(m_count);
    auto *rule = new KeyLine(m_card);
    rule->setFixedHeight(1);
    auto *column = new QVBoxLayout(m_card);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    column->addLayout(top);
    column->addWidget(rule);
    column->addWidget(m_list, 1);
    column->addWidget(line);
    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::search);
    connect(m_list, &QAbstractItemView::clicked, this, [this](const QModelIndex &index) {
        selectRow(index.row());
        runCurrent();
    });
    window->installEventFilter(this);
    hide();
}

void CommandPalette::open(const QString &text)
{
    if (isHidden())
        m_before = QApplication::focusWidget();
    QPalette onCard = palette();
    onCard.setColor(QPalette::Base, theme().surface);
    m_field->setPalette(onCard);
    place();
    show();
    raise();
    m_field->setText(text);
    search(text);
    m_field->setFocus(Qt::PopupFocusReason);
}

void CommandPalette::close()
{
    if (isHidden())
        return;
    hide();
    if (m_before && m_before->isVisible())
        m_before->setFocus(Qt::PopupFocusReason);
}

int CommandPalette::currentRow() const { return m_list->currentIndex().isValid() ? m_list->currentIndex().row() : -1; }

void CommandPalette::place()
{
    const QWidget *window = parentWidget();
    setGeometry(window->rect());
    const int wide = std::min(scaled(kWidth), width() - 2 * metrics().gapHuge);
    const int top = std::min(scaled(kTop), height() / 8);
    const int high = std::min(scaled(484), height() - top - scaled(40));
    m_card->setGeometry((width() - wide) / 2, top, wide, high);
}

void CommandPalette::search(const QString &text)
{
    m_model->setSearch(text);
    m_count->setText(m_model->foundCount() == 0 ? tr("nothing found")
                     : m_model->shownCount() < m_model->foundCount()
                         ? tr("%1 of %2 results").arg(formatCount(m_model->shownCount()), formatCount(m_model->foundCount()))
                         : tr("%1 results").arg(formatCount(m_model->foundCount())));
    m_list->scrollToTop();
    for (int row = 0; row < m_model->rowCount(); ++row) {
        if (m_model->entry(row).run) {
            m_list->setCurrentIndex(m_model->index(row));
            break;
        }
    }
    m_list->scrollToTop();
}

void CommandPalette::selectRow(int row)
{
    const QModelIndex index = m_model->index(row);
    if (!index.isValid() || !m_model->entry(row).run)
        return;
    m_list->setCurrentIndex(index);
    // The heading above the first line belongs into view with it.
    if (row > 0 && !m_model->entry(row - 1).run)
        m_list->scrollTo(m_model->index(row - 1));
    m_list->scrollTo(index);
}

void CommandPalette::move(int rows)
{
    const int count = m_model->rowCount(), step = rows < 0 ? -1 : 1;
    int at = currentRow(), left = std::abs(rows);
    int last = at;
    while (left > 0) {
        at += step;
        if (at < 0 || at >= count) {
            // One step beyond the end comes in again at the other; a page stops there.
            if (std::abs(rows) > 1 || count == 0)
                break;
            at = step > 0 ? -1 : count;
            if (last < 0)
                break;
            continue;
        }
        if (!m_model->entry(at).run)
            continue;
        last = at;
        --left;
    }
    if (last >= 0)
        selectRow(last);
}

void CommandPalette::runCurrent()
{
    const int row = currentRow();
    if (row < 0)
        return;
    const PaletteEntry &entry = m_model->entry(row);
    if (!entry.enabled || !entry.run)
        return; // its reason stands beside it
    const std::function<void()> run = entry.run;
    close();
    run();
}

bool CommandPalette::handleKey(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Escape: close(); return true;
    case Qt::Key_Return:
    case Qt::Key_Enter: runCurrent(); return true;
    case Qt::Key_Down:
    case Qt::Key_Tab: move(1); return true;
    case Qt::Key_Up:
    case Qt::Key_Backtab: move(-1); return true;
    case Qt::Key_PageDown: move(kPage); return true;
    case Qt::Key_PageUp: move(-kPage); return true;
    case Qt::Key_P:
        if (event->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier)) {
            close();
            return true;
        }
        return false;
    default: return false;
    }
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == parent()) {
        if (event->type() == QEvent::Resize && isVisible())
            place();
        return false;
    }
    // The shortcuts of the window rest while the palette is open.
    if (event->type() == QEvent::ShortcutOverride) {
        event->accept();
        return true;
    }
    if (event->type() == QEvent::KeyPress)
        return handleKey(static_cast<QKeyEvent *>(event));
    // Something else took the focus (a click beside it, another window's dialog): the palette has done its work.
    if (event->type() == QEvent::FocusOut && static_cast<QFocusEvent *>(event)->reason() == Qt::MouseFocusReason)
        QTimer::singleShot(0, this, &CommandPalette::close);
    return false;
}

void CommandPalette::mousePressEvent(QMouseEvent *event)
{
    close();
    event->accept();
}

void CommandPalette::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    QColor dim(Qt::black);
    dim.setAlphaF(kDim);
    painter.fillRect(rect(), dim);
}

} // namespace nordlys::studio
