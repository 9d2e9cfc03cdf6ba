// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QLocale>
#include <QObject>
#include <QSize>
#include <QString>
#include <QStringList>
#include <QTimer>

#include <memory>

namespace nordlys::studio {

class MainWindow;

/// What to do before pictures are taken, and which.
struct ScreenshotRequest {
    QString file;
    QString calibrate; ///< inputs; empty: not
    QString evaluate;  ///< inputs; empty: not
    QString labels, select;
    QString build;   ///< folder to build into; empty: not
    QString palette; ///< what is typed into the command palette; null: it stays closed
    int run = 0;     ///< inferences; 0: not

    QString picture; ///< one picture of the first view, theme and language; empty: all of them into `folder`
    QString folder;
    QStringList views;
    QStringList themes; ///< "dark", "light", "system"
    QStringList languages;
    QList<QSize> sizes;
};

/// Opens, calibrates, evaluates and runs as asked, one step after the other, saves the pictures and ends the program: with 0, or
/// with the exit code of what failed and one line on stderr.
class Screenshot : public QObject {
    Q_OBJECT

public:
    explicit Screenshot(ScreenshotRequest request);
    ~Screenshot() override;

private:
    struct Shot {
        QSize size;
        QString theme, view, path;
    };
    void startLanguage();
    void prepare();
    void nextShot();
    void take(const Shot &shot);
    void fail(const QString &what, int code);
    [[nodiscard]] QString pathOf(const QString &view, const QString &theme, const QSize &size) const;

    ScreenshotRequest m_request;
    std::unique_ptr<MainWindow> m_window;
    QTimer m_poll;
    QString m_language;
    QList<Shot> m_shots;
    int m_step = 0;
    bool m_failed = false;
};

} // namespace nordlys::studio
