// SPDX-License-Identifier: GPL-3.0-or-later
#include "table_view.h"

#include <algorithm>

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>

#include <studio/look/metrics.h>
#include <studio/look/theme.h>

#include "frozen_column.h"
#include "overlay_scroll_bar.h"
#include "table_header.h"

namespace nordlys::studio {
namespace {

constexpr int searchPauseMs = 1000;

} // namespace

TableView::TableView(QWidget* parent) : QTableView(parent), m_delegate(new TableDelegate(this))
{
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setWordWrap(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(DoubleClicked | EditKeyPressed);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setItemDelegate(m_delegate);
    setTabKeyNavigation(false);
    viewport()->setMouseTracking(true);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    setHorizontalHeader(new TableHeader(this));
    horizontalHeader()->setSortIndicatorShown(true); // setHorizontalHeader() switched it off
    horizontalHeader()->setStretchLastSection(true);

    m_frozen = new FrozenColumn(this);
    // Two views must not share a delegate: both would answer to its commitData().
    auto* stickyDelegate = new TableDelegate(m_frozen);
    stickyDelegate->followLeader(m_delegate);
    m_frozen->setItemDelegate(stickyDelegate);
    m_frozen->setEditTriggers(editTriggers());
    m_frozen->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    applySizes();
    m_frozen->show();

    connect(horizontalHeader(), &QHeaderView::sectionClicked, this, &TableView::headerClicked);
    connect(m_frozen->horizontalHeader(), &QHeaderView::sectionClicked, this, &TableView::headerClicked);
    connect(horizontalHeader(), &QHeaderView::sectionResized, this, [this](int column, int, int size) {
        if (column == 0) {
            m_frozen->setColumnWidth(0, size);
        }
        placeFrozen();
    });
    connect(m_frozen->horizontalHeader(), &QHeaderView::sectionResized, this, [this](int column, int, int size) {
        if (column == 0 && size > 0 && columnWidth(0) != size) {
            setColumnWidth(0, size);
        }
    });
    connect(verticalScrollBar(), &QScrollBar::valueChanged, m_frozen->verticalScrollBar(), &QScrollBar::setValue);
    connect(m_frozen->verticalScrollBar(), &QScrollBar::valueChanged, verticalScrollBar(), &QScrollBar::setValue);
    connect(m_frozen, &QTableView::activated, this, &QTableView::activated);
    connect(m_frozen, &QTableView::doubleClicked, this, &QTableView::doubleClicked);
    connect(m_delegate, &TableDelegate::editStarted, this, [this] { holdRowOrder(true); });
    connect(m_delegate, &TableDelegate::editFinished, this, [this] { holdRowOrder(false); });
    OverlayScrollBar::installOn(this);
}

TableView::~TableView() = default;

void TableView::applySizes()
{
    for (QTableView* view : {static_cast<QTableView*>(this), static_cast<QTableView*>(m_frozen)}) {
        view->verticalHeader()->setMinimumSectionSize(metrics().row);
        view->verticalHeader()->setDefaultSectionSize(metrics().row);
        view->horizontalHeader()->setFixedHeight(metrics().header);
        view->horizontalHeader()->setMinimumSectionSize(scaled(24));
    }
}

void TableView::setModel(QAbstractItemModel* newModel)
{
    QAbstractItemModel* old = model();
    if (old != nullptr) {
        disconnect(old, nullptr, m_frozen, nullptr);
        disconnect(old, nullptr, this, nullptr);
    }
    m_frozen->setModel(newModel);
    QTableView::setModel(newModel);
    m_keys.clear();
    if (newModel != nullptr) {
        const auto columnsChanged = [this] {
            m_frozen->showOnlyFirst();
            placeFrozen();
        };
        connect(newModel, &QAbstractItemModel::modelReset, m_frozen, columnsChanged);
        connect(newModel, &QAbstractItemModel::columnsInserted, m_frozen, columnsChanged);
        connect(newModel, &QAbstractItemModel::columnsRemoved, m_frozen, columnsChanged);
        columnsChanged();
    }
}

void TableView::setSelectionModel(QItemSelectionModel* newSelection)
{
    QTableView::setSelectionModel(newSelection);
    if (m_frozen->model() == newSelection->model()) {
        m_frozen->setSelectionModel(newSelection);
    }
}

void TableView::setStickyFirstColumn(bool sticky)
{
    m_sticky = sticky;
    placeFrozen();
}

QTableView* TableView::stickyColumn() const
{
    return m_frozen;
}

void TableView::placeFrozen()
{
    const bool shown = m_sticky && model() != nullptr && model()->columnCount() > 1 && !isColumnHidden(0);
    m_frozen->setVisible(shown);
    if (shown) {
        m_frozen->setGeometry(frameWidth(), frameWidth(), columnWidth(0), viewport()->height() + horizontalHeader()->height());
        m_frozen->verticalScrollBar()->setValue(verticalScrollBar()->value());
    }
}

void TableView::setEmptyText(const QString& text)
{
    m_emptyText = text;
    viewport()->update();
}

void TableView::setSortKeys(const QList<SortKey>& keys)
{
    m_keys = keys;
    const int column = keys.isEmpty() ? -1 : keys.first().column;
    const Qt::SortOrder order = keys.isEmpty() ? Qt::AscendingOrder : keys.first().order;
    horizontalHeader()->setSortIndicator(column, order);
    m_frozen->horizontalHeader()->setSortIndicator(column == 0 ? 0 : -1, order);
    if (auto* sorting = qobject_cast<SortModel*>(model())) {
        sorting->setSortKeys(keys);
    } else if (model() != nullptr) {
        model()->sort(column, order);
    }
    Q_EMIT sortKeysChanged(m_keys);
}

void TableView::headerClicked(int column)
{
    if (m_holds > 0) {
        return;
    }
    const bool adds = QApplication::keyboardModifiers().testFlag(Qt::ShiftModifier);
    QList<SortKey> keys = m_keys;
    const auto found = std::find_if(keys.begin(), keys.end(), [column](const SortKey& key) { return key.column == column; });
    // The first click on a number shows the largest: that is what one looks for.
    const bool isNumber = model() != nullptr && model()->rowCount() > 0 && model()->index(0, column).data(NumberRole).isValid();
    SortKey key{column, isNumber ? Qt::DescendingOrder : Qt::AscendingOrder};
    if (found != keys.end()) {
        key.order = found->order == Qt::AscendingOrder ? Qt::DescendingOrder : Qt::AscendingOrder;
    }
    if (!adds) {
        keys = {key};
    } else if (found != keys.end()) {
        *found = key;
    } else {
        keys.append(key);
    }
    setSortKeys(keys);
}

void TableView::holdRowOrder(bool hold)
{
    const bool before = m_holds > 0;
    m_holds = std::max(0, m_holds + (hold ? 1 : -1));
    const bool after = m_holds > 0;
    if (before == after) {
        return;
    }
    if (auto* sorting = qobject_cast<SortModel*>(model())) {
        sorting->holdOrder(after);
    }
    Q_EMIT rowOrderHeldChanged(after);
}

QList<int> TableView::columnsInOrder() const
{
    QList<int> columns;
    for (int visual = 0; visual < horizontalHeader()->count(); ++visual) {
        const int column = horizontalHeader()->logicalIndex(visual);
        if (!isColumnHidden(column)) {
            columns.append(column);
        }
    }
    return columns;
}

QString TableView::rowsAsTsv(const QList<int>& rows) const
{
    if (model() == nullptr || rows.isEmpty()) {
        return {};
    }
    const QList<int> columns = columnsInOrder();
    QStringList lines;
    QStringList cells;
    for (const int column : columns) {
        cells << model()->headerData(column, Qt::Horizontal).toString().simplified();
    }
    lines << cells.join(QLatin1Char('\t'));
    for (const int row : rows) {
        cells.clear();
        for (const int column : columns) {
            cells << cellCopyText(model()->index(row, column, rootIndex()));
        }
        lines << cells.join(QLatin1Char('\t'));
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

QString TableView::selectionAsTsv() const
{
    QList<int> rows;
    if (selectionModel() != nullptr) {
        const QModelIndexList selected = selectionModel()->selectedRows();
        for (const QModelIndex& index : selected) {
            rows << index.row();
        }
    }
    std::sort(rows.begin(), rows.end());
    return rowsAsTsv(rows);
}

QString TableView::tableAsTsv() const
{
    QList<int> rows;
    for (int row = 0; model() != nullptr && row < model()->rowCount(rootIndex()); ++row) {
        rows << row;
    }
    return rowsAsTsv(rows);
}

void TableView::copySelection() const
{
    const QString text = selectionAsTsv();
    if (!text.isEmpty()) {
        QApplication::clipboard()->setText(text);
    }
}

void TableView::keyboardSearch(const QString& typed)
{
    if (model() == nullptr || model()->rowCount(rootIndex()) == 0) {
        return;
    }
    const bool goesOn = m_searchClock.isValid() && m_searchClock.elapsed() < searchPauseMs;
    m_search = goesOn ? m_search + typed : typed;
    m_searchClock.start();
    // The same letter again goes to the next match; a longer word may still match the row where we are.
    const bool repeats = m_search.size() > 1 && m_search.count(m_search.front()) == m_search.size();
    const QString wanted = repeats ? m_search.left(1) : m_search;
    const int rows = model()->rowCount(rootIndex());
    const int current = currentIndex().isValid() ? currentIndex().row() : 0;
    const int from = repeats || !goesOn ? (currentIndex().isValid() ? current + 1 : 0) : current;
    for (int i = 0; i < rows; ++i) {
        const QModelIndex index = model()->index((from + i) % rows, 0, rootIndex());
        if (index.data(Qt::DisplayRole).toString().contains(wanted, Qt::CaseInsensitive)) {
            setCurrentIndex(currentIndex().isValid() ? index.siblingAtColumn(currentIndex().column()) : index);
            scrollTo(index);
            return;
        }
    }
}

void TableView::scrollTo(const QModelIndex& index, ScrollHint hint)
{
    QTableView::scrollTo(index, hint);
    if (m_frozen == nullptr || !m_frozen->isVisible() || !index.isValid() || index.column() == 0) {
        return;
    }
    // The base class thinks that the part below the sticky column is visible.
    const int left = visualRect(index).left();
    const int covered = columnWidth(0);
    if (left < covered) {
        horizontalScrollBar()->setValue(horizontalScrollBar()->value() - (covered - left));
    }
}

} // namespace nordlys::studio
