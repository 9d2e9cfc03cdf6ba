// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/ink_label.h>
#include <studio/widgets/sort_model.h>
#include <studio/widgets/table_view.h>
#include <studio/workspace/action_registry.h>
#include <studio/workspace/improver.h>

#include <QWidget>

#include <unordered_map>

class QHBoxLayout;
class QPushButton;
class QStackedWidget;

namespace nordlys::studio {

class EmptyState;
class ErrorBlock;
class RowsModel;
struct RowTable;

/// What one improvement tool found: a line that says what was measured, buttons, an error in its place, and the result or what to do to get one.
class ImprovePage : public QWidget {
    Q_OBJECT

public:
    ImprovePage(Improver::Tool tool, Workspace &workspace, Improver &improver, ActionRegistry &actions, QWidget *parent);

    [[nodiscard]] Improver::Tool tool() const { return m_tool; }
    [[nodiscard]] QString title() const;
    /// The action that starts the tool.
    [[nodiscard]] QString actionId() const;
    /// Of the header: empty where the result is as old as the edits, and whole.
    [[nodiscard]] QString staleText() const;
    [[nodiscard]] virtual QString partialText() const { return {}; }
    [[nodiscard]] InkLabel &summary() { return *m_summary; }
    [[nodiscard]] ErrorBlock &errorBlock() { return *m_error; }

Q_SIGNALS:
    void refreshed();

protected:
    /// Call once, at the end of a derived constructor.
    void setContent(QWidget *content);
    void refresh();
    /// Fills the content; there is a result.
    virtual void fill() = 0;
    [[nodiscard]] virtual bool hasResult() const = 0;
    QPushButton *addButton(const QString &text, const char *name);
    TableView *makeTable(const char *name, const QString &spoken, RowsModel *model, SortModel *sorted, QWidget *parent);
    /// Fills a model; columns get `widths` when they come for the first time.
    static void show(RowsModel &model, RowTable table, TableView &view, std::initializer_list<int> widths);

    Workspace &m_workspace;
    Improver &m_improver;
    ActionRegistry &m_actions;

private:
    void refreshEmpty();
    const Improver::Tool m_tool;
    InkLabel *m_summary;
    QHBoxLayout *m_buttons;
    QPushButton *m_again;
    ErrorBlock *m_error;
    EmptyState *m_empty;
    QStackedWidget *m_stack;
    QWidget *m_bar;
};

/// Layers by what quantizing each alone costs.
class SensitivityPage : public ImprovePage {
    Q_OBJECT

public:
    SensitivityPage(Workspace &workspace, Improver &improver, ActionRegistry &actions, QWidget *parent = nullptr);
    [[nodiscard]] QString partialText() const override;
    [[nodiscard]] TableView &table() { return *m_table; }
    /// Selected layers as rows of the result.
    [[nodiscard]] std::vector<std::size_t> selectedLayers() const;

protected:
    void fill() override;
    [[nodiscard]] bool hasResult() const override { return m_improver.sensitivity().has_value(); }

private:
    void refilter();
    void refreshButtons();
    [[nodiscard]] std::vector<core::NodeId> nodesOf(const QModelIndex &index) const;
    [[nodiscard]] QModelIndex indexOf(core::NodeId node) const;
    RowsModel *m_model;
    SortModel *m_sorted;
    TableView *m_table;
    std::unordered_map<core::NodeId, int> m_rowOfNode;
    QPushButton *m_raise, *m_float;
};

class ParetoPlot;

/// The front of a search for mixed precision, as a table and a plot.
class MixedPage : public ImprovePage {
    Q_OBJECT

public:
    MixedPage(Workspace &workspace, Improver &improver, ActionRegistry &actions, QWidget *parent = nullptr);
    [[nodiscard]] QString partialText() const override;
    [[nodiscard]] TableView &table() { return *m_table; }
    [[nodiscard]] ParetoPlot &plot() { return *m_plot; }
    /// Point of the front; -1: none.
    [[nodiscard]] int chosenPoint() const;
    void choosePoint(int point);

protected:
    void fill() override;
    [[nodiscard]] bool hasResult() const override { return m_improver.mixed().has_value(); }

private:
    RowsModel *m_model;
    SortModel *m_sorted;
    TableView *m_table;
    ParetoPlot *m_plot;
    QPushButton *m_apply;
    const void *m_shown = nullptr; ///< result that the rows are of
};

/// What Equalize or Bias-correct did, what it left alone and why, and the way to the new model.
class RewritePage : public ImprovePage {
    Q_OBJECT

public:
    RewritePage(Improver::Tool tool, Workspace &workspace, Improver &improver, ActionRegistry &actions, QWidget *parent = nullptr);
    [[nodiscard]] TableView &table() { return *m_table; }
    [[nodiscard]] TableView &leftAloneTable() { return *m_leftTable; }

protected:
    void fill() override;
    [[nodiscard]] bool hasResult() const override;

private:
    [[nodiscard]] QString target() const;
    void selectRow();
    RowsModel *m_model, *m_leftModel;
    SortModel *m_sorted, *m_leftSorted;
    TableView *m_table, *m_leftTable;
};

} // namespace nordlys::studio
