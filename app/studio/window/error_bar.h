// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <core/base/error.h>

#include <QWidget>

class QLabel;
class QPushButton;

namespace nordlys::studio {

/// An error in place: what, why, what to do, and a button that closes it. The rest of the window stays usable.
class ErrorBar : public QWidget {
    Q_OBJECT

public:
    explicit ErrorBar(QWidget *parent = nullptr);
    void show(const core::Error &error);
    /// A note that is no error (warnings of an opened project, a finished build).
    void showNotice(const QString &text);
    [[nodiscard]] QString text() const;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void present(bool isError, const QString &title, const QString &text);
    QLabel *m_icon, *m_title, *m_text;
    QPushButton *m_close;
    bool m_isError = true;
};

} // namespace nordlys::studio
