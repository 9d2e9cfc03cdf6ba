// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>

class QMenu;

namespace nordlys::studio {

class TableView;

/// The table as CSV (RFC 4180, a comma, the point, one header line): shown columns and rows in the order shown, without the rows of
/// groups. Text that a spreadsheet would take for a formula gets an apostrophe before it.
QString tableAsCsv(const TableView &table);
/// The table as a Markdown table, numbers right; groups in bold. Cells as they are shown.
QString tableAsMarkdown(const TableView &table);
/// One field of a line of CSV, quoted where it has to be.
QString csvField(const QString &text);

/// Adds "Copy", "Copy as CSV" and "Copy as Markdown" for the table, whose life the menu must not outlast.
void addCopyActions(QMenu &menu, TableView &table);
/// Adds a checkable entry for every column but the first; `changed` is called after the user showed or hid one.
void addColumnActions(QMenu &menu, TableView &table, std::function<void(int column, bool shown)> changed);

} // namespace nordlys::studio
