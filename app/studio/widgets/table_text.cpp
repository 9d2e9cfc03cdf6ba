// SPDX-License-Identifier: GPL-3.0-or-later
#include "table_text.h"

#include "cell_roles.h"
#include "table_delegate.h"
#include "table_view.h"

#include <studio/look/icons.h>

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QMenu>

namespace nordlys::studio {
namespace {

QList<int> shownColumns(const TableView &table)
{
    QList<int> columns;
    for (int visual = 0; visual < table.horizontalHeader()->count(); ++visual) {
        const int column = table.horizontalHeader()->logicalIndex(visual);
        if (!table.isColumnHidden(column))
            columns << column;
    }
    return columns;
}

bool isNumber(const QString &text)
{
    bool ok = false;
    (void)text.toDouble(&ok);
    return ok;
}

// Line breaks and bars would end the cell.
QString markdownCell(QString text)
{
    text = text.simplified();
    for (const char16_t special : {u'\\', u'|', u'`', u'*', u'_', u'<', u'[', u'#'})
        text.replace(QChar(special), QLatin1Char('\\') + QString(QChar(special)));
    return text;
}

} // namespace

QString csvField(const QString &text)
{
    QString field = text;
    static const QString formula = QStringLiteral("=+-@\t\r");
    if (!field.isEmpty() && formula.contains(field.front()) && !isNumber(field))
        field.prepend(QLatin1Char('\''));
    if (field.contains(QLatin1Char(',')) || field.contains(QLatin1Char('"')) || field.contains(QLatin1Char('\n')) ||
        field.contains(QLatin1Char('\r')))
        return QLatin1Char('"') + field.replace(QLatin1Char('"'), QLatin1String("\"\"")) + QLatin1Char('"');
    return field;
}

QString tableAsCsv(const TableView &table)
{
    const QAbstractItemModel *model = table.model();
    if (!model)
        return {};
    const QList<int> columns = shownColumns(table);
    QString csv;
    const auto line = [&csv](const QStringList &fields) { csv += fields.join(QLatin1Char(',')) + QLatin1Char('\n'); };
    QStringList fields;
    for (const int column : columns)
        fields << csvField(model->headerData(column, Qt::Horizontal).toString().simplified());
    line(fields);
    for (int row = 0; row < model->rowCount(); ++row) {
        if (model->index(row, 0).data(GroupRole).toBool())
            continue;
        fields.clear();
        for (const int column : columns)
            fields << csvField(cellCopyText(model->index(row, column)));
        line(fields);
    }
    return csv;
}

QString tableAsMarkdown(const TableView &table)
{
    const QAbstractItemModel *model = table.model();
    if (!model)
        return {};
    const QList<int> columns = shownColumns(table);
    QString head = QStringLiteral("|"), rule = QStringLiteral("|"), body;
    for (const int column : columns) {
        head += QLatin1Char(' ') + markdownCell(model->headerData(column, Qt::Horizontal).toString()) + QLatin1String(" |");
        const bool right = model->rowCount() > 0 && model->index(0, column).data(NumberRole).isValid();
        rule += right ? QLatin1String(" ---: |") : QLatin1String(" --- |");
    }
    for (int row = 0; row < model->rowCount(); ++row) {
        const bool group = model->index(row, 0).data(GroupRole).toBool();
        body += QLatin1Char('|');
        for (const int column : columns) {
            const QModelIndex index = model->index(row, column);
            QString text = markdownCell(index.data(Qt::DisplayRole).toString());
            if (const QString note = index.data(NoteRole).toString(); !note.isEmpty())
                text += QLatin1Char(' ') + markdownCell(note);
            if (group && !text.isEmpty())
                text = QLatin1String("**") + text + QLatin1String("**");
            body += QLatin1Char(' ') + text + QLatin1String(" |");
        }
        body += QLatin1Char('\n');
    }
    return head + QLatin1Char('\n') + rule + QLatin1Char('\n') + body;
}

void addCopyActions(QMenu &menu, TableView &table)
{
    QAction *copy = menu.addAction(icon(Icon::Copy), TableView::tr("Copy"), &table, [&table] { table.copySelection(); });
    copy->setShortcut(QKeySequence::Copy);
    copy->setEnabled(table.selectionModel() && table.selectionModel()->hasSelection());
    menu.addAction(TableView::tr("Copy table as CSV"), &table, [&table] { QApplication::clipboard()->setText(tableAsCsv(table)); });
    menu.addAction(TableView::tr("Copy table as Markdown"), &table,
                   [&table] { QApplication::clipboard()->setText(tableAsMarkdown(table)); });
}

void addColumnActions(QMenu &menu, TableView &table, std::function<void(int column, bool shown)> changed)
{
    for (int column = 1; table.model() && column < table.model()->columnCount(); ++column) {
        QAction *action = menu.addAction(table.model()->headerData(column, Qt::Horizontal).toString());
        action->setToolTip(table.model()->headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString());
        action->setCheckable(true);
        action->setChecked(!table.isColumnHidden(column));
        QObject::connect(action, &QAction::triggered, &table, [column, changed](bool shown) { changed(column, shown); });
    }
}

} // namespace nordlys::studio
