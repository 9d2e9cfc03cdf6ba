// SPDX-License-Identifier: GPL-3.0-or-later
#include "shortcut_sheet.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/widgets/table_view.h>

#include <QApplication>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace nordlys::studio {
namespace {

QString keysOf(const QAction &action)
{
    QStringList keys;
    for (const QKeySequence &sequence : action.shortcuts())
        keys << sequence.toString(QKeySequence::NativeText);
    keys.removeDuplicates();
    return keys.join(QStringLiteral(", "));
}

} // namespace

ShortcutModel::ShortcutModel(const ActionRegistry &actions, QObject *parent) : QAbstractTableModel(parent)
{
    for (const QString &id : actions.ids()) {
        const QAction *action = actions.action(id);
        if (action->shortcuts().isEmpty())
            continue;
        const ActionSpec &spec = actions.spec(id);
        QString where = spec.context ? spec.context->accessibleName() : QString();
        if (where.isEmpty())
            where = tr("Window");
        m_rows.push_back({keysOf(*action), actions.plainText(id), where, actions.reason(id)});
    }
    const struct {
        QString where, keys, what;
    } own[] = {
        {tr("Graph"), tr("Arrow keys"), tr("Select the neighbour")},
        {tr("Graph"), QStringLiteral("+, −"), tr("Zoom in, zoom out")},
        {tr("Graph"), QStringLiteral("F"), tr("Show all of it")},
        {tr("Graph"), QStringLiteral("/"), tr("Search")},
        {tr("Graph"), tr("Enter"), tr("Show the selected operator close up")},
        {tr("Graph"), tr("Esc"), tr("Select nothing")},
        {tr("Tables"), tr("Letters"), tr("Go to the row that starts so")},
        {tr("Tables"), tr("Enter"), tr("Open the row")},
        {tr("Tables"), QStringLiteral("Ctrl+C"), tr("Copy the rows with their header")},
        {tr("Tables"), tr("Shift+click on a header"), tr("Sort by this column as well")},
        {tr("Histogram"), tr("Left, Right"), tr("Move the handle by one step; with Shift by ten")},
        {tr("Timeline"), tr("Wheel"), tr("Zoom around the pointer; with Shift sideways")},
        {tr("Timeline"), tr("Drag"), tr("Select a range of time")},
    };
    for (const auto &[where, keys, what] : own)
        m_rows.push_back({keys, what, where, {}});
}

int ShortcutModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }

int ShortcutModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant ShortcutModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    const QString &text = index.column() == Keys ? row.keys : index.column() == What ? row.what : row.where;
    switch (role) {
    case Qt::DisplayRole: return text;
    case Qt::ToolTipRole: return row.whyNot.isEmpty() ? text : row.whyNot;
    case CellKindRole: return static_cast<int>(index.column() == Keys ? CellKind::Mono : CellKind::Text);
    case InkRole: return static_cast<int>(index.column() == Where ? CellInk::Note : CellInk::Default);
    case NoteRole: return index.column() == What && !row.whyNot.isEmpty() ? QVariant(row.whyNot) : QVariant();
    default: return {};
    }
}

QVariant ShortcutModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::DisplayRole)
        return section == Keys ? tr("Keys") : section == What ? tr("What they do") : tr("Where");
    if (role == Qt::ToolTipRole)
        return section == Keys   ? tr("Any one of them")
               : section == What ? tr("And, if it cannot be done now, why not")
                                 : tr("What must have the focus");
    return {};
}

bool ShortcutModel::matches(int row, const QStringList &words) const
{
    const Row &shown = m_rows[static_cast<std::size_t>(row)];
    return std::ranges::all_of(words, [&](const QString &word) {
        return shown.keys.contains(word, Qt::CaseInsensitive) || shown.what.contains(word, Qt::CaseInsensitive) ||
               shown.where.contains(word, Qt::CaseInsensitive);
    });
}

QString ShortcutModel::asText() const
{
    qsizetype widest = 0;
    for (const Row &row : m_rows)
        widest = std::max(widest, row.keys.size());
    QString text, where;
    for (const Row &row : m_rows) {
        if (row.where != where) {
            text += (where.isEmpty() ? QString() : QStringLiteral("\n")) + row.where + QLatin1Char('\n');
            where = row.where;
        }
        text += QStringLiteral("  ") + row.keys.leftJustified(widest + 2) + row.what + QLatin1Char('\n');
    }
    return text;
}

ShortcutSheet::ShortcutSheet(const ActionRegistry &actions, QWidget *parent)
    : QDialog(parent), m_model(new ShortcutModel(actions, this)), m_sorted(new SortModel(this)), m_search(new QLineEdit(this)),
      m_table(new TableView(this))
{
    setObjectName(QStringLiteral("shortcutSheet"));
    setWindowTitle(tr("Shortcuts"));
    m_search->setObjectName(QStringLiteral("shortcutSearch"));
    m_search->setPlaceholderText(tr("Find a key or what it does"));
    m_search->setAccessibleName(tr("Find a key or what it does"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(icon(Icon::Search), QLineEdit::LeadingPosition);
    m_sorted->setSourceModel(m_model);
    m_table->setObjectName(QStringLiteral("shortcutTable"));
    m_table->setAccessibleName(tr("Shortcuts"));
    m_table->setModel(m_sorted);
    m_table->setEmptyText(tr("No key does that. The command palette (Ctrl+Shift+P) knows every command."));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setColumnWidth(ShortcutModel::Keys, scaled(190));
    m_table->setColumnWidth(ShortcutModel::What, scaled(330));
    m_table->setColumnWidth(ShortcutModel::Where, scaled(96));
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto *copy = buttons->addButton(tr("Copy as text"), QDialogButtonBox::ActionRole);
    copy->setObjectName(QStringLiteral("shortcutCopy"));
    copy->setIcon(icon(Icon::Copy));
    auto *column = new QVBoxLayout(this);
    column->setSpacing(metrics().gapLarge);
    column->addWidget(m_search);
    column->addWidget(m_table, 1);
    column->addWidget(buttons);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        const QStringList words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
        m_sorted->setRowPredicate([this, words](int row, const QModelIndex &) { return m_model->matches(row, words); });
    });
    connect(copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(m_model->asText()); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    resize(scaled(660), scaled(560));
    m_search->setFocus();
}

} // namespace nordlys::studio
