// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "placement_fixes.h"

#include <studio/widgets/chip.h>
#include <studio/widgets/ink_label.h>
#include <studio/widgets/key_value_grid.h>
#include <studio/workspace/action_registry.h>

#include <QWidget>

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace nordlys::studio {

/// Why the current operator is (not) on the HTP, what it costs, the smallest changes with a button that makes them, and what the
/// other backends say. Previous and next go through the operators that the HTP refuses.
class ReasonPane : public QWidget {
    Q_OBJECT

public:
    ReasonPane(Workspace &workspace, ActionRegistry &actions, QWidget *parent = nullptr);

    /// The cards that are shown, in their order.
    [[nodiscard]] const std::vector<PlacementFix> &fixes() const { return m_fixes; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void queueRefresh();
    void refresh();
    void showNode(const core::PlacementPlan &plan, core::NodeId node);
    void showNothing(const QString &title, const QString &text);
    void showBanner(const core::NodePlacement &place);
    void showCards();
    [[nodiscard]] QWidget *makeCard(const PlacementFix &fix, bool first);
    [[nodiscard]] QList<KeyValue> costRows(const core::PlacementPlan &plan, core::NodeId node) const;
    [[nodiscard]] QList<KeyValue> backendRows(const core::NodePlacement &place) const;
    [[nodiscard]] QList<KeyValue> effectRows(const core::Change &change) const;
    void apply(const PlacementFix &fix);
    void go(int step);

    Workspace &m_workspace;
    ActionRegistry &m_actions;
    std::vector<PlacementFix> m_fixes;
    std::vector<core::NodeId> m_refused; ///< what the HTP does not take, in model order
    InkLabel *m_title, *m_at, *m_name, *m_where, *m_what;
    QWidget *m_banner;
    QLabel *m_bannerIcon;
    InkLabel *m_bannerTitle, *m_bannerText;
    KeyValueGrid *m_cost, *m_backends;
    InkLabel *m_changesTitle, *m_backendsTitle;
    QVBoxLayout *m_cards;
    QToolButton *m_previous, *m_next;
    bool m_queued = false;
    ChipKind m_bannerKind = ChipKind::Neutral;
};

} // namespace nordlys::studio
