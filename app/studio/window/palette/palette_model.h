// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fuzzy_match.h"

#include <studio/workspace/action_registry.h>
#include <studio/workspace/workspace.h>

#include <QAbstractListModel>

#include <functional>
#include <vector>

namespace nordlys::studio {

/// One line of the palette.
struct PaletteEntry {
    enum class Kind { Heading, Action, View, Operator, Tensor, Run, File };
    Kind kind = Kind::Heading;
    QString text;   ///< at most some hundred characters; the whole name is in `hover`
    QString detail; ///< after the text: what it would act on, or why it cannot
    QString hover;
    QString shortcut;
    Icon icon = Icon::ChevronRight;
    QList<int> marks; ///< characters of `text` that the search found
    bool enabled = true;
    std::function<void()> run;
};

/// What the palette shows for what was typed: actions, views, operators, tensors, runs, recent files, each under a heading and
/// best first. `>` at the start asks for actions only, `@` operators, `#` tensors, `:` runs. An empty search lists actions, views
/// and files.
class PaletteModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role : int { MarksRole = Qt::UserRole + 1, DetailRole, ShortcutRole, KindRole, IconRole };

    /// `openFile` opens a recent file.
    PaletteModel(Workspace &workspace, const ActionRegistry &actions, std::function<void(const QString &)> openFile,
                 QObject *parent = nullptr);

    void setSearch(const QString &text);
    [[nodiscard]] const PaletteEntry &entry(int row) const { return m_entries[static_cast<std::size_t>(row)]; }
    /// Lines that can be chosen, shown and found in all (a group shows its best ones only).
    [[nodiscard]] int shownCount() const { return m_shown; }
    [[nodiscard]] int foundCount() const { return m_found; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;

private:
    struct Scored {
        int score = 0;
        PaletteEntry entry;
    };
    void addGroup(const QString &title, std::vector<Scored> found, std::size_t most);
    void addActions(const FuzzyQuery &query, std::size_t most);
    [[nodiscard]] std::vector<Scored> findActions(const FuzzyQuery &query, bool views) const;
    void addOperators(const FuzzyQuery &query, std::size_t most);
    void addTensors(const FuzzyQuery &query, std::size_t most);
    void addRuns(const FuzzyQuery &query, std::size_t most);
    void addFiles(const FuzzyQuery &query, std::size_t most);
    void addFilter(const QString &text);

    Workspace &m_workspace;
    const ActionRegistry &m_actions;
    std::function<void(const QString &)> m_openFile;
    std::vector<PaletteEntry> m_entries;
    int m_shown = 0, m_found = 0;
};

} // namespace nordlys::studio
