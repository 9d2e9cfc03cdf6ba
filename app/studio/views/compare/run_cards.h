// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compare_set.h"

#include <QWidget>

namespace nordlys::studio {

/// One run as a card: name, condition, median with interval, change against the baseline on the scale that all cards share. A click
/// (Space, Enter) chooses it; arrow keys go to the neighbours.
class RunCard : public QWidget {
    Q_OBJECT

public:
    RunCard(Workspace &workspace, CompareSet &set, QWidget *parent);

    void setRun(const RunRecord *run, const QString &role);
    [[nodiscard]] const RunRecord *run() const { return m_run; }
    void setScale(double low, double high);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void chosen(const nordlys::studio::RunRecord *run);
    void opened(const nordlys::studio::RunRecord *run); ///< double click
    void menuRequested(const nordlys::studio::RunRecord *run, const QPoint &globalAt);
    void neighbourWanted(int step);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    void paintNumbers(QPainter &painter, QRect line) const;

    Workspace &m_workspace;
    CompareSet &m_set;
    const RunRecord *m_run = nullptr;
    QString m_role;
    double m_low = -10, m_high = 10;
};

} // namespace nordlys::studio
