// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/recent_files.h>

#include <QWidget>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace nordlys::studio {

/// First screen: where to drop a file, the bundled sample, the four steps, and recent files.
class StartView : public QWidget {
    Q_OBJECT

public:
    explicit StartView(QWidget *parent = nullptr);
    /// Reads the recent files again.
    void refresh();
    /// While a file is dragged over the window.
    void setDropActive(bool active);

Q_SIGNALS:
    void openRequested();
    void fileRequested(const QString &path);

protected:
    void paintEvent(QPaintEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void showRecentMenu(const QString &path, const QPoint &at);
    QWidget *makeDropCard();
    QWidget *makeSampleCard();
    QWidget *makeSteps();

    class DropCard;
    DropCard *m_drop = nullptr;
    QLabel *m_recentTitle, *m_recentCount;
    QWidget *m_recentList;
    QVBoxLayout *m_recentRows;
};

} // namespace nordlys::studio
