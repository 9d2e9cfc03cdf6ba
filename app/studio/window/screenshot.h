// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSize>
#include <QString>
#include <QTimer>

namespace nordlys::studio {

class MainWindow;

/// What to do before the picture is taken.
struct ScreenshotRequest {
    QString file, view, picture;
    QString calibrate; ///< inputs; empty: not
    QString evaluate;  ///< inputs; empty: not
    QString labels, select;
    int run = 0; ///< inferences; 0: not
};

/// Opens, calibrates, evaluates and runs as asked, one step after the other, shows the view, saves a picture and ends the
/// program.
class Screenshot : public QObject {
    Q_OBJECT

public:
    Screenshot(MainWindow &window, ScreenshotRequest request);

private:
    void next();
    void fail(const QString &what, int code);
    void take();

    MainWindow &m_window;
    ScreenshotRequest m_request;
    QTimer m_poll;
    int m_step = 0;
};

} // namespace nordlys::studio
