// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/recent_files.h>

#include <QAbstractButton>

namespace nordlys::studio {

/// One recent file as a wide button: name, folder, last result with its verdict, when.
class RecentRow : public QAbstractButton {
    Q_OBJECT

public:
    RecentRow(const RecentFile &file, bool last, QWidget *parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    RecentFile m_file;
    bool m_last, m_exists;
};

/// "today 09:41", "yesterday", "Friday", "12 Nov".
QString relativeDate(const QDateTime &when, const QDateTime &now);

} // namespace nordlys::studio
